// The work that the node does itself under a lock.
// Must not know CAF (see type_ids.hpp), HTTP or storage.
#pragma once

#include "messages/effect.hpp"
#include "messages/lock.hpp"
#include "messages/position.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace holdfast {

/// Asks an executor to do the work of `lock.work` under the lock. Attempts are
/// counted in `lock.attempts`. After a crash, or when the executor died, the
/// same attempt is asked for again with `recovered`: the executor finds out
/// what of it already happened.
struct run_task {
  lock_record lock;
  bool recovered = false;
};

/// Asks, just before an act on the outside world, whether the lock still
/// stands, and writes down what is about to happen. Answered by the effect in
/// `sending` when that is durable; refused with `errc::stale_lock` when the
/// lock has ended, and nothing may be done then. Sent by executors.
struct begin_effect {
  std::string resource; ///< filled in by `lock_directory` from `lock`
  lock_id lock;         ///< its number is the fencing token that is checked
  std::string kind;   ///< of the first attempt; later ones keep it; no message
  std::string intent; ///< JSON object
};

/// How an attempt ended.
struct task_result {
  enum kind_type : std::uint8_t {
    done,      ///< `result` is the outcome
    retryable, ///< failed; another attempt may succeed
    failed,    ///< failed for good
    unknown,   ///< it may have happened: the lock becomes `in_doubt`
  };
  kind_type kind = done;
  std::string result;              ///< JSON text, with `done`; empty: none
  std::string error;               ///< otherwise
  std::int64_t retry_after_ms = 0; ///< with `retryable`: not sooner than this
  std::string failure = {}; ///< JSON object, unless done: e.g. its `code`
  /// Of `signal_task` alone, with `done`: at most one.
  std::vector<signal_change> signal = {};
};

} // namespace holdfast
