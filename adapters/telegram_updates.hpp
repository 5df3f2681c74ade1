// How a Telegram bot asks who it is and what was written to it, and how the
// answers are read.
// Must not know CAF's actors, connections, or what a message means.
#pragma once

#include "actors/control_channel.hpp"
#include "adapters/telegram_bot.hpp"

#include <chrono>
#include <cstdint>
#include <string>

namespace holdfast {

/// How long a request waits at Telegram for a message to come.
inline constexpr std::chrono::seconds updates_wait{25};

http_call telegram_self_request(const telegram_options& at);

/// Sets `bot_name`; what is wrong otherwise is as in `read_telegram_updates`.
fetched_chat read_telegram_self(const telegram_options& at,
                                const http_reply& reply);

http_call telegram_updates_request(const telegram_options& at,
                                   std::int64_t offset);

/// Messages that a person wrote now: none that were forwarded, or written by a
/// bot, or in the name of a chat. `bot_name` stays empty.
fetched_chat read_telegram_updates(const telegram_options& at,
                                   const http_reply& reply);

} // namespace holdfast
