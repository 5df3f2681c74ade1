// The calls that a lock owner keeps open: waiting acquires, long polls.
// Must not decide anything; the owner does.
#pragma once

#include "messages/commands.hpp"

#include <caf/response_promise.hpp>

#include <cstdint>
#include <optional>
#include <vector>

namespace holdfast {

/// An `acquire_lock` that waits: for its entry's turn, or, without an entry,
/// for the outcome of the transaction in flight.
struct wait_call {
  caf::response_promise to;
  std::uint64_t caller = 0;
  std::uint64_t number = 0; ///< under which it came
  entry_id entry;           ///< none: it waits for the flight's outcome
  transaction work;         ///< only without an entry
  std::int64_t deadline_boot_us = 0;
};

/// A `watch_entry` that waits for a change.
struct watch_call {
  caf::response_promise to;
  std::uint64_t caller = 0;
  entry_id entry;
  std::int64_t deadline_boot_us = 0;
  bool claims = true; ///< to hear of the grant is to claim the lock
};

/// A `watch_trade` that waits until the trade is settled.
struct trade_call {
  caf::response_promise to;
  std::uint64_t caller = 0;
  trade_id trade;
  std::int64_t deadline_boot_us = 0;
};

/// A `report_position` that has become a lock or a place in the queue, or waits
/// for the one that has.
struct report_call {
  caf::response_promise to;
  position_event event;
  lock_id lock;
  entry_id entry;
  std::int64_t deadline_boot_us = 0;
};

} // namespace holdfast
