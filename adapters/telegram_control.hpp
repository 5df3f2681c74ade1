// A Telegram bot as the chat in which operators write; docs/control-bot.md.
// Must not know storage, or what a command means.
#pragma once

#include "actors/control_channel.hpp"
#include "adapters/telegram_bot.hpp"

#include <caf/actor_system.hpp>

#include <memory>

namespace holdfast {

/// What `http` must take of an answer: twenty messages with all that Telegram
/// tells of them.
inline constexpr std::size_t updates_bytes_max = 8 << 20;

/// Fetches what was written to the bot by long polls, and writes answers, each
/// once. Repeats nothing by itself. Answers what is under way when it ends.
/// The token stays in here.
/// @throws std::invalid_argument unless `is_telegram_token(options.token)`.
control_channel_actor spawn_telegram_control(caf::actor_system& sys,
                                             telegram_options options,
                                             std::shared_ptr<http_caller> http);

} // namespace holdfast
