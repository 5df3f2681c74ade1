// A lock, a queue entry, and the records kept of them.
// Must not know CAF, HTTP or storage.
#pragma once

#include "messages/ids.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace holdfast {

enum class lock_status : std::uint8_t {
  active,
  released,       ///< the work succeeded
  failed,         ///< the work failed
  expired,        ///< the lease ran out
  force_released, ///< ended by an operator
  in_doubt,       ///< an effect's outcome is unknown; blocks until resolved
};

enum class owner_type : std::uint8_t { user, system, workflow };

enum class transaction_type : std::uint8_t { trade, cancel, update, signal };

enum class entry_status : std::uint8_t {
  waiting,
  granted,   ///< it holds the lock named in the entry
  cancelled, ///< left the queue without a grant
  finished,  ///< the lock it was granted has ended
};

std::string_view to_string(lock_status x);
std::string_view to_string(owner_type x);
std::string_view to_string(transaction_type x);
std::string_view to_string(entry_status x);

/// Reads a name as `to_string` writes it; false when there is no such name.
bool from_string(std::string_view text, lock_status& x);
bool from_string(std::string_view text, owner_type& x);
bool from_string(std::string_view text, transaction_type& x);

/// SHA-256.
using digest = std::array<std::uint8_t, 32>;

/// What somebody wants to do under a lock, after validation: the part of a
/// request that a lock, a queue entry and a dead letter carry alike.
struct transaction {
  std::string resource;
  std::string owner_id;
  owner_type owner = owner_type::user;
  transaction_type type = transaction_type::trade;
  std::string data;            ///< compact JSON text; empty: none
  std::string idempotency_key; ///< empty: a plain mutex, never replayed
  digest fingerprint{};        ///< of owner, type and canonical data
  std::string task;          ///< executor that does the work; empty: the client
  std::uint8_t priority = 5; ///< 1 is served first, 10 last
  std::int64_t timeout_ms = 0;   ///< length of the lease
  std::uint32_t max_retries = 0; ///< of a task, under the same lock
};

/// One grant of a resource to an owner, as kept in the store.
struct lock_record {
  lock_id id; ///< `id.number` is also the fencing token
  transaction work;
  lock_status status = lock_status::active;
  std::uint32_t attempts = 0;      ///< of the task, the running one included
  std::int64_t acquired_at_ms = 0; ///< wall clock, like all `_at_ms`
  std::int64_t expires_at_ms = 0;
  std::int64_t released_at_ms = 0; ///< 0 while it has not ended
  std::string result;              ///< JSON text; empty: none given
  std::string error;               ///< why it failed or was forced
  std::string ended_by;            ///< the operator, when forced or resolved

  std::int64_t deadline_boot_us = 0; ///< end of the lease on the boot clock
  std::uint64_t boot_id = 0;         ///< which boot `deadline_boot_us` is of
  std::int64_t retry_boot_us = 0;    ///< when a task's next attempt is due
  entry_id entry;                    ///< the queue entry it came from, if any
  bool claimed = true; ///< false: granted from the queue, not yet heard of
  std::int64_t requested_at_ms = 0; ///< queued, or else acquired
  effect_id effect;    ///< the act under it that the ledger has, if any
  std::string failure; ///< JSON object: what is known of it beside `error`
  bool beside = false; ///< an emergency: works beside the resource's holder

  std::uint64_t token() const { return id.number; }
  bool holds() const {
    return status == lock_status::active || status == lock_status::in_doubt;
  }
};

/// A queued acquire, as kept in the store. Statuses stored: waiting, granted,
/// cancelled; `finished` follows from the state of the granted lock.
struct entry_record {
  entry_id id; ///< `id.number` orders entries of one priority
  transaction work;
  entry_status status = entry_status::waiting;
  bool lasting = true; ///< false: lives only with the connections that wait
  std::int64_t queued_at_ms = 0;
  std::int64_t settled_at_ms = 0; ///< when it left the queue; 0 while waiting
  lock_id granted;                ///< the lock it was given
};

/// How the last transaction of one idempotency key ended.
struct outcome_record {
  std::string resource;
  std::string idempotency_key;
  digest fingerprint{};
  lock_status status = lock_status::released; ///< never active
  lock_id lock; ///< none for an entry that was cancelled
  std::int64_t ended_at_ms = 0;
};

/// A transaction that ended badly and waits for an operator.
struct dead_letter {
  dead_letter_id id;
  std::string kind; ///< "task_failed", "unclaimed" or "message_failed"
  transaction work; ///< of a message: its resource and owner alone
  lock_id lock;
  entry_id entry;
  effect_id effect; ///< the message that failed
  std::string reason;
  std::uint32_t attempts = 0;
  std::int64_t at_ms = 0;
};

} // namespace holdfast
