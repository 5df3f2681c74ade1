// What can be asked of the lock service, and what it answers.
// Must not know CAF (see type_ids.hpp), HTTP or storage.
#pragma once

#include "messages/errc.hpp"
#include "messages/lock.hpp"
#include "messages/position.hpp"
#include "messages/trade.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace holdfast {

/// What to do when the resource is held by another transaction.
enum class when_locked : std::uint8_t {
  reject, ///< refuse with `errc::held`
  queue,  ///< take a place in the queue and answer at once
  wait,   ///< answer when granted, or refuse after `wait_ms`
};

bool from_string(std::string_view text, when_locked& x);

/// Asks for exclusive ownership of `resource`. Answered by `acquire_answer`;
/// refused with `errc::invalid`, `held`, `in_progress`, `in_doubt`,
/// `wait_timeout`, `key_mismatch`, `queue_full`, `cancelled`.
struct acquire_lock {
  std::string resource; ///< 1-256 bytes UTF-8, no control characters
  std::string owner_id; ///< 1-256 bytes UTF-8, no control characters
  owner_type owner = owner_type::user;
  transaction_type type = transaction_type::trade;
  std::string data;            ///< JSON text; empty: none
  std::string idempotency_key; ///< empty: derived from `data`, if there is any
  std::uint8_t priority = 0;   ///< 1-10; 0: the default, 5
  std::int64_t timeout_ms = 0; ///< lease; 0: the configured default
  std::int64_t max_retries = -1; ///< of a task; -1: the configured default
  when_locked otherwise = when_locked::queue;
  std::int64_t wait_ms = 30000; ///< with `wait`: 1 to 300000
  std::string task;             ///< run this executor under the lock
  std::uint64_t caller = 0; ///< with `wait`: names this call for `abandon_wait`
  /// Works at once, beside the lock and the queue; needs a task and a key.
  bool emergency = false;
};

enum class acquire_outcome : std::uint8_t { granted, replayed, queued };

/// A queue entry as its owner sees it.
struct entry_view {
  entry_record record;
  std::int64_t position = 0; ///< 1 is served next; 0: not waiting
  bool has_lock = false;
  lock_record lock; ///< once granted
  /// Of a requeued dead letter that was a message: it, and nothing else.
  effect_id effect = {};
};

struct acquire_answer {
  acquire_outcome outcome = acquire_outcome::granted;
  lock_record lock; ///< granted: the new lock; replayed: the one that ended
  entry_view entry; ///< queued
};

/// Extends the lease of an active lock from now on. Refused with
/// `errc::stale_lock` when the token is not the lock's, or the lease is over.
struct renew_lock {
  std::string resource; ///< filled in by `lock_directory` from `id`
  lock_id id;
  std::uint64_t token = 0;
  std::int64_t timeout_ms = 0; ///< 0: as long as before
  std::string bound_to = {};   ///< see `release_lock`
};

/// Ends an active lock with its outcome. Repeating it is harmless.
struct release_lock {
  std::string resource;
  lock_id id;
  std::uint64_t token = 0;
  bool failed = false;
  std::string result; ///< JSON text, when not failed; empty: none
  std::string error;  ///< text of at most 4 KiB, when failed
  /// The caller may act for this owner alone; empty: for every owner. What
  /// belongs to another one is refused with `errc::forbidden`, untouched.
  std::string bound_to = {};
};

/// Ends a lock over its owner's head.
struct force_release {
  std::string resource;
  lock_id id;
  std::string actor;         ///< who
  std::string reason;        ///< why
  std::string bound_to = {}; ///< see `release_lock`
};

/// Ends every active lock of an owner. in_doubt when some could not be, as
/// `force_release` has it; the others have ended then all the same.
struct force_release_owner {
  std::string owner_id;
  std::string actor;
  std::string reason;
};

struct force_released {
  std::int64_t released = 0; ///< 0: it had already ended
};

/// Settles a lock in doubt. `retry` runs its task again.
enum class resolution : std::uint8_t { done, failed, retry };

std::string_view to_string(resolution x);
bool from_string(std::string_view text, resolution& x);

struct resolve_lock {
  std::string resource;
  lock_id id;
  resolution outcome = resolution::done;
  std::string result; ///< JSON text, with `done`
  std::string actor;
  std::string reason;
  std::string bound_to = {}; ///< see `release_lock`
};

/// An operator says what came of a message whose outcome is unknown. `done`
/// with its id, if he knows it, so that later changes edit it; `retry` sends it
/// again. `errc::stale_lock` when it is not unknown.
struct resolve_message {
  std::string resource;
  effect_id effect;
  resolution outcome = resolution::done;
  std::int64_t message_id = 0; ///< with `done`; 0: not known
  std::string actor;
  std::string reason;
  std::string bound_to = {}; ///< see `release_lock`
};

/// Tells what has become of an order that rests at the exchange while no lock
/// is held for it any more. `errc::stale_lock` when the trade has ended.
struct update_trade {
  std::string resource;
  trade_id id;
  std::string order; ///< JSON object, as the exchange reports it
};

/// Takes a waiting entry out of the queue; `errc::not_waiting` otherwise.
struct cancel_entry {
  std::string resource;
  entry_id id;
  std::string actor;
  std::string bound_to = {}; ///< see `release_lock`
};

/// Reads one entry, waiting up to `wait_ms` for its status to change. Its owner
/// claims the lock of a granted entry by reading it.
struct watch_entry {
  std::string resource;
  entry_id id;
  std::int64_t wait_ms = 0;
  std::uint64_t caller = 0;  ///< names this call for `abandon_wait`
  bool claims = true;        ///< false: only looks, whatever it finds
  std::string bound_to = {}; ///< looks only at what belongs to another owner
};

/// Reads a trade, waiting up to `wait_ms` until it is settled.
struct watch_trade {
  std::string resource; ///< empty: filled in by `lock_directory` from `id`
  trade_id id;
  lock_id lock; ///< with a resource and without `id`: the trade of this lock
  std::int64_t wait_ms = 0;
  std::uint64_t caller = 0; ///< names this call for `abandon_wait`
};

/// The connection behind a waiting call is gone. Not answered.
struct abandon_wait {
  std::string resource;
  std::uint64_t caller = 0;
};

/// Puts a dead letter's transaction back into its queue.
struct requeue_dead_letter {
  std::string resource;
  dead_letter_id id;
  std::string actor;
  std::string bound_to = {}; ///< see `release_lock`
};

/// Throws a dead letter away.
struct discard_dead_letter {
  std::string resource;
  dead_letter_id id;
  std::string actor;
  std::string bound_to = {}; ///< see `release_lock`
};

/// Stops or starts the beginning of tasks; everything else goes on.
struct set_paused {
  bool paused = true;
  std::string actor;
};

} // namespace holdfast
