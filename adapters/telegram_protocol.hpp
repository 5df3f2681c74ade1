// How Telegram's Bot API is spoken to: requests, and what a reply means.
// Must not know actors, clocks or sockets.
#pragma once

#include "adapters/telegram_bot.hpp"

#include <variant>

namespace holdfast {

/// The request that sends or edits a message, or, as `rejected` or `gone`,
/// why there is none to make. It goes to the chat that `what` names, or else
/// the known message's, the intent's, or the usual one.
std::variant<http_call, message_report>
telegram_request(const telegram_options& at, const deliver_message& what);

// What became of the message, by the Bot API's rule that a request has no name
// and cannot be asked about afterwards:
//
//   nothing was sent ─► unavailable        429 ─► unavailable, later
//   ok ─► sent                             "not modified" ─► sent
//   4xx ─► rejected (edits: or gone)       migrate_to_chat_id ─► moved
//   no complete reply, 5xx, 408, unreadable ─► unknown
message_report read_telegram_reply(const telegram_options& at,
                                   const deliver_message& what,
                                   const http_reply& reply);

} // namespace holdfast
