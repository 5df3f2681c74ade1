// The refusals Holdfast can answer, and the details that go with one.
// Must not know CAF, HTTP or storage.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace holdfast {

/// Why a request was refused. The texts of `to_string` are the stable `code`
/// of problem+json answers.
enum class errc : std::uint8_t {
  none = 0,
  invalid,              ///< the request itself is wrong; repeating cannot help
  not_found,            ///< no such lock, entry or dead letter
  held,                 ///< another transaction holds the resource
  in_progress,          ///< this very transaction is being worked on
  in_doubt,             ///< an effect's outcome is unknown; operator needed
  wait_timeout,         ///< `wait` was not granted within `wait_ms`
  key_mismatch,         ///< the idempotency key belongs to other data
  queue_full,           ///< the resource's queue is at its limit
  stale_lock,           ///< wrong token, or the lock has ended
  not_waiting,          ///< the queue entry has left the queue
  rate_limited,         ///< too many requests in flight
  storage_unavailable,  ///< the commit failed; nothing happened
  shutting_down,        ///< the node is stopping
  cancelled,            ///< the waiting request was cancelled
  order_rejected,       ///< the exchange has refused the order
  exchange_unavailable, ///< no order was sent, and none will be
  outcome_unknown,      ///< the order may stand or not; operator needed
  forbidden,            ///< the caller may not do this
};

/// The stable text of a refusal, e.g. "stale-lock".
std::string_view to_string(errc code);

/// A refusal with what a caller can act on. Empty or zero means "not given".
struct problem {
  errc code = errc::none;
  std::string detail;  ///< one sentence: what is wrong, what would be right
  std::string holder;  ///< owner of the lock in the way
  std::string lock_id; ///< the lock in the way, or the one meant
  std::int64_t position = 0;       ///< place in the queue, from 1
  std::int64_t retry_after_ms = 0; ///< when trying again may help
};

} // namespace holdfast
