// A Telegram bot as a messenger; docs/telegram.md.
// Must not know storage, positions, or what a message is about.
#pragma once

#include "actors/messenger.hpp"
#include "adapters/http_caller.hpp"

#include <caf/actor_system.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

namespace holdfast {

struct telegram_options {
  std::string base_url = "https://api.telegram.org"; ///< without '/' at the end
  /// The bot's: `123456:AbC-…`. Never part of a message, a log or an error.
  std::string token;
  /// Where messages go that name no chat: a number, or a channel's `@name`.
  std::string chat_id;
  std::chrono::milliseconds timeout{5000}; ///< of one request
};

/// Whether the text can be a bot's token: digits, a colon, and then letters,
/// digits, `-` and `_`.
bool is_telegram_token(std::string_view text);

/// Sends and edits messages as a bot, each request once, on a connection of
/// its own. Where a chat has moved to is told by the answer, not remembered.
/// Answers what is under way when it ends. The token stays in here.
/// @throws std::invalid_argument unless `is_telegram_token(options.token)`.
messenger_actor spawn_telegram_bot(caf::actor_system& sys,
                                   telegram_options options,
                                   std::shared_ptr<http_caller> http);

} // namespace holdfast
