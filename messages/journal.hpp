// The journal: what happened, in commit order.
// Must not know CAF or storage.
#pragma once

#include "messages/ids.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace holdfast {

enum class event_kind : std::uint8_t {
  granted = 1,
  queued = 2,
  released = 3,
  failed = 4,
  expired = 5,
  force_released = 6,
  cancelled = 7,
  retry_scheduled = 8,
  in_doubt = 9,
  resolved = 10,
  dead_lettered = 11,
  requeued = 12,
  paused = 13,
  resumed = 14,
  node_started = 15,
  node_stopped = 16,
  effect_sending = 18,
  effect_done = 19,
  effect_failed = 20,
  effect_unknown = 21,
  trade_executed = 22,
  trade_rejected = 23,
  signal_created = 24,
  signal_updated = 25,
  signal_closed = 26,
  telegram_sent = 27,
  telegram_edited = 28,
  telegram_failed = 29,
  feed_connected = 30,
  feed_disconnected = 31,
  alert_firing = 32,
  alert_resolved = 33,
};

std::string_view to_string(event_kind x);

/// One row of the journal. `seq` is given by the store when it commits.
struct journal_event {
  std::uint64_t seq = 0;
  std::int64_t at_ms = 0; ///< wall clock
  event_kind kind = event_kind::granted;
  std::string resource;
  lock_id lock; ///< its number is the fencing token
  std::string owner_id;
  std::string actor;  ///< who did it, where that is not the owner
  std::string detail; ///< JSON object text; empty: {}
};

} // namespace holdfast
