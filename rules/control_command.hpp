// What an operator asks for in a chat, read from the text of his message.
// Must not know who he is, Telegram's calls, or what comes of it.
#pragma once

#include "messages/commands.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace holdfast {

enum class control_verb : std::uint8_t {
  none, ///< the message is not meant for the bot
  unknown,
  help,
  status,
  locks,
  queue,
  doubts, ///< `/unknown`
  release,
  resolve,
  pause,
  resume,
  confirm,
};

/// As it is typed, without the slash; for logs.
std::string_view to_string(control_verb x);

struct control_command {
  control_verb verb = control_verb::none;
  /// Of `locks` and `queue`: a key, or empty for all; of `release`: a key or a
  /// lock's id; of `resolve`: an effect's id; of `confirm`: the code.
  std::string subject;
  resolution outcome = resolution::done;
  std::string reference; ///< of `resolve`, if it was given
  std::string reason;    ///< of `release` and `resolve`
  std::string wrong;     ///< not empty: what is, and what would be right
};

/// `/name` or `/name@bot`, then what belongs to it. `bot_name` is the bot's own
/// name without `@`; commands for others are `none`. `alone`: nobody else is in
/// the chat, so that everything in it is meant for the bot.
control_command read_control_command(std::string_view text,
                                     std::string_view bot_name, bool alone);

} // namespace holdfast
