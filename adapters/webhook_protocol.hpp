// How signals are posted to a webhook, and what a reply means.
// Must not know actors, clocks or sockets.
#pragma once

#include "adapters/webhook_poster.hpp"

#include <cstdint>
#include <variant>

namespace holdfast {

/// The request that posts a message at this time, in seconds since 1970, or
/// why there is none to make.
std::variant<http_call, message_report>
webhook_request(const webhook_options& to, const deliver_message& what,
                std::int64_t now_s);

// What became of the message; a receiver knows a second one by its key:
//
//   nothing was sent ─► unavailable        429, or a 503 that says when ─► the
//   2xx ─► sent                            same, later
//   4xx but 408 and 425 ─► rejected        everything else ─► unknown
message_report read_webhook_reply(const webhook_options& to,
                                  const http_reply& reply);

} // namespace holdfast
