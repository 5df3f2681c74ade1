// A messenger that shows messages to whoever watches, instead of sending them.
// Must not know HTTP, storage, or what a message is about.
#pragma once

#include "actors/messenger.hpp"

#include <caf/actor_system.hpp>

#include <functional>
#include <string>
#include <string_view>

namespace holdfast {

struct console_options {
  /// The name of the chat for messages that name none.
  std::string chat_id;
  /// Takes one block of lines for each message, with a line break at its end
  /// and no other control characters. Called from the actor; must not throw.
  std::function<void(const std::string&)> print;
};

/// Shows Telegram messages as plain text. Always answers `sent`; the id of a
/// message is the number of the effect that sent it.
messenger_actor spawn_console_messenger(caf::actor_system& sys,
                                        console_options options);

/// What Telegram's HTML says, without tags and entities. Control characters
/// but for line breaks become spaces.
std::string plain_text_of(std::string_view html);

} // namespace holdfast
