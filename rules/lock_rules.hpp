// What may happen to one resource: pure decisions, and carrying them out.
// Must not know CAF, storage, the clock or randomness: all are handed in.
#pragma once

#include "messages/alert.hpp"
#include "messages/commands.hpp"
#include "messages/journal.hpp"
#include "messages/tasks.hpp"
#include "rules/lock_limits.hpp"
#include "rules/waiter_queue.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace holdfast {

// A lock's life:
//
//   (free) ──grant──► active ──release──► released ─┐
//     ▲                 │ ├─── fail ────► failed    ├─► the next waiter is
//     └─────────────────┘ ├─── lease ───► expired   │   granted in the same
//                         ├─── force ───► forced   ─┘   transition
//                         └─── unknown ─► in_doubt ──resolve──► released,
//                                         (blocks)    failed, or active again

/// A moment on both clocks.
struct instant {
  std::int64_t boot_us = 0; ///< CLOCK_BOOTTIME: leases run on it
  std::int64_t wall_ms = 0; ///< for people, and across a reboot
};

/// Gives out numbers that this store has never given: entry numbers, versions,
/// fencing tokens. Each is larger than all before it.
class id_source {
public:
  virtual ~id_source() = default;
  virtual std::uint64_t next() = 0;
  /// For a grant: nobody else is given a token until this decision is on its
  /// way to the store, so that grants are committed in the order of tokens.
  virtual std::uint64_t next_token() = 0;
};

/// What a decision depends on besides state and command.
struct circumstances {
  instant now;
  id_source& ids;
  const lock_limits& limits;
  std::uint32_t store = 0;   ///< tag for new ids
  std::uint64_t boot_id = 0; ///< of `now.boot_us`
};

/// All that is known of one resource while it is held, waited for, or worked
/// on beside the lock. Nobody waits for a resource that is free.
struct resource_state {
  std::string resource;
  std::uint64_t version = 0; ///< 0: no record
  std::optional<lock_record> holder;
  waiter_queue waiters;
  std::vector<lock_record> beside;    ///< emergencies, active or in doubt
  std::vector<effect_record> effects; ///< not settled, of all of the above
  /// Of a position's resource: what is known of it.
  std::optional<position_record> position;
  std::vector<effect_record> outbox; ///< its messages that have not ended

  /// Free resources have no record.
  bool in_use() const { return holder || !beside.empty() || !outbox.empty(); }
  /// The holder or emergency of this id; none when it has ended.
  const lock_record* find_flight(lock_id id) const;
  /// The one that works for this key; none without a key.
  const lock_record* find_flight_of(std::string_view key) const;
  /// What was begun under this lock and is not settled.
  const effect_record* find_effect(lock_id id) const;
};

/// A decided change of one resource, to be committed as a whole.
struct transition {
  std::uint64_t base = 0;               ///< the version it was decided upon
  std::uint64_t version = 0;            ///< the version it leads to
  std::optional<lock_record> ended;     ///< the lock that ended
  std::optional<lock_record> held;      ///< the lock that holds afterwards
  std::vector<entry_record> queued;     ///< new or changed waiters
  std::vector<entry_record> left;       ///< granted or cancelled entries
  std::vector<outcome_record> outcomes; ///< of the keys that ended
  std::vector<journal_event> events;
  std::vector<dead_letter> dead;      ///< new dead letters
  std::optional<dead_letter> revived; ///< requeued or discarded
  std::optional<lock_record> beside;  ///< an emergency, begun or changed
  std::optional<lock_record> beside_ended;
  std::optional<effect_record> effect; ///< begun or changed
  std::vector<trade_record> trades;    ///< those concerned, as they are then
  std::optional<position_record> position;  ///< begun or changed
  std::vector<effect_record> messages;      ///< new, begun, or ended
  std::optional<position_outcome> reported; ///< of the report behind the lock
  std::optional<alert_state> alert;         ///< as it is from now on

  /// The flight that ended, or the one that goes on, of either kind.
  const std::optional<lock_record>& any_ended() const {
    return ended ? ended : beside_ended;
  }
};

template <class T>
using decision = std::variant<problem, T>;

/// A request after validation (see prepare in idempotency.hpp).
struct acquire_request {
  transaction work;
  when_locked otherwise = when_locked::queue;
  bool emergency = false; ///< beside lock and queue
};

/// The key is waiting already: this is its entry.
struct same_entry {
  entry_id id;
};
/// The key's work is under way, and the caller wants to wait for its outcome.
struct join_flight {};
/// The key's work was done: this lock's outcome answers the request.
struct replay_outcome {
  lock_id lock;
};

using acquire_decision =
    std::variant<problem, transition, same_entry, join_flight, replay_outcome>;

/// `last` is how the key's last transaction ended, if anything is known.
/// A transition grants the lock, queues an entry, or begins an emergency: at
/// once, and in place of an entry with its key that waits.
acquire_decision decide_acquire(const resource_state& state,
                                const acquire_request& cmd,
                                const std::optional<outcome_record>& last,
                                const circumstances& at);

/// True when the lease is over. A lock whose work the node does itself has no
/// such end: it is renewed, or settled by its task.
bool lease_over(const resource_state& state, const instant& now);

/// Those who wait for the outcome of the transaction in flight. If it does not
/// succeed, one of them takes its place by priority, with the number (from the
/// id source) under which it came.
struct flight_joiner {
  transaction work;
  std::uint64_t number = 0;
};

/// The lease ran out: ends the lock. Requires `lease_over`.
transition decide_expiry(const resource_state& state,
                         const std::optional<flight_joiner>& joiner,
                         const circumstances& at);

decision<transition> decide_renew(const resource_state& state,
                                  const renew_lock& cmd,
                                  const circumstances& at);

/// Extends the lease of a lock whose task is running. Requires such a holder.
transition extend_task_lease(const resource_state& state,
                             const circumstances& at);

/// The outcome is decided, or the release was done before and is repeated.
struct already_released {
  lock_record lock;
};
using release_decision = std::variant<problem, transition, already_released>;

/// `ended` is the lock as it ended, when it is not the holder any more.
release_decision decide_release(const resource_state& state,
                                const release_lock& cmd,
                                const std::optional<lock_record>& ended,
                                const std::optional<flight_joiner>& joiner,
                                const circumstances& at);

/// Requires that the holder is `cmd.id`.
decision<transition> decide_force(const resource_state& state,
                                  const force_release& cmd,
                                  const std::optional<flight_joiner>& joiner,
                                  const circumstances& at);

decision<transition> decide_resolve(const resource_state& state,
                                    const resolve_lock& cmd,
                                    const std::optional<flight_joiner>& joiner,
                                    const circumstances& at);

/// What the exchange says of an order that rests. Changes the trade alone.
decision<transition> decide_update_trade(const resource_state& state,
                                         const trade_record& known,
                                         const std::string& order,
                                         const circumstances& at);

/// What an attempt of a task came to. `random` is uniform over all 64-bit
/// numbers. Requires that `flight`, of this state, has a task and is active.
transition decide_task_result(const resource_state& state,
                              const lock_record& flight,
                              const task_result& result, std::uint64_t random,
                              const std::optional<flight_joiner>& joiner,
                              const circumstances& at);

/// Writes an act down before it happens. Requires an id in `cmd.lock`.
decision<transition> decide_begin_effect(const resource_state& state,
                                         const begin_effect& cmd,
                                         const circumstances& at);

/// Requires that the entry waits. `actor` and `reason` go to the journal.
transition decide_cancel(const resource_state& state, entry_id id,
                         const std::string& actor, const std::string& reason,
                         const circumstances& at);

/// A `queue` request shares the place of one that only waited.
transition decide_lasting(const resource_state& state, entry_id id,
                          const circumstances& at);

/// The owner has heard of its grant. Requires an unclaimed holder.
transition decide_claim(const resource_state& state, const circumstances& at);

/// Puts a dead letter's transaction back; granted at once when free. `last`
/// as for decide_acquire.
decision<transition> decide_requeue(const resource_state& state,
                                    const dead_letter& what,
                                    const std::optional<outcome_record>& last,
                                    const std::string& actor,
                                    const circumstances& at);

transition decide_discard(const resource_state& state, const dead_letter& what,
                          const std::string& actor, const circumstances& at);

/// Carries out a decided transition. Cannot fail.
void apply(resource_state& state, const transition& step);

/// Time until the holder's lease is over, at least 1; 0 when nothing holds or
/// the holder does not expire.
std::int64_t remaining_lease_ms(const resource_state& state,
                                const instant& now);
std::int64_t remaining_lease_ms(const lock_record& lock, const instant& now);

} // namespace holdfast
