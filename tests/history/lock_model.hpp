// What one lock should do, by the contract alone: the sequential model that a
// history is held against. Must not know Holdfast's code, or how it is
// searched for an order.
#pragma once

#include "tests/history/facts.hpp"
#include "tests/history/operation.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace linear {

struct shown_waiter {
  name entry = 0;
  name work = 0;
};

/// An operation with its names as numbers.
struct step {
  const operation* op = nullptr;
  name work = 0;
  name lock = 0;
  name entry = 0;
  name content = 0;
  std::vector<shown_waiter> queue_shown;

  /// It has taken effect until then, if it ever does.
  std::int64_t limit_us() const {
    return op->answered() ? op->answered_us : op->over_us;
  }
};

/// What the whole history tells of a lock: its transaction never changes, nor
/// its token, nor the entry that it was granted to.
struct lock_seen {
  name work = 0;
  std::uint64_t token = 0;
  name entry = 0;
};

struct entry_seen {
  name work = 0;
  name lock = 0;
};

/// All operations on one resource.
struct resource_history {
  explicit resource_history(const operations& all);

  std::vector<step> steps; ///< by the time of their call
  std::map<name, lock_seen> locks;
  std::map<name, entry_seen> entries;
  std::vector<std::string> texts; ///< of a name

private:
  name intern(char kind, const std::string& text);
  void learn(const step& x);

  std::map<std::string, name> names_;
};

struct holder {
  name lock = 0; ///< 0: nobody saw this grant
  name work = 0;
  std::int64_t lease_us = 0;     ///< of the next renewal that names none
  std::int64_t expires_from = 0; ///< no expiry before this
  std::int64_t expires_by = 0;   ///< the lease is surely over after this
};

struct waiter {
  name entry = 0; ///< 0: nobody saw it
  name work = 0;
  int priority = 5;
  std::int64_t lease_us = 0;
};

struct lock_state {
  /// The last change was decided no earlier than this: when it was asked for,
  /// or when a lease ran out. Leases count from the decision; reads may show
  /// what was before it until its commit.
  std::int64_t decided_us = 0;
  std::uint64_t last_token = 0; ///< the largest of a lock that was seen
  bool held = false;
  holder current;              ///< when held
  std::vector<waiter> waiters; ///< in the order of service
  facts known;                 ///< as long as anybody refers to them

  /// Tells states apart, with a probability of error of 2^-128 for each pair.
  std::array<std::uint64_t, 2> digest() const;
};

/// Who may still be referred to by operations that have no place yet.
class references {
public:
  explicit references(const resource_history& all);
  void take(const step& x) { count(x, -1); }
  void put_back(const step& x) { count(x, +1); }
  bool to(name x) const { return counts_[x] != 0; }

private:
  void count(const step& x, int by);
  std::vector<int> counts_;
};

class lock_model {
public:
  lock_model(const resource_history& all, const references& open)
      : all_(all), open_(open) {}

  /// Every state that the lock can be in after `x` took effect, and answered
  /// what it did, in state `from`; none when that cannot be. Leases may run
  /// out before it.
  std::vector<lock_state> after(const lock_state& from, const step& x) const;

  /// Forgets what no operation that is left refers to, now that `x` has its
  /// place.
  void forget(lock_state& state, const step& x) const;

  std::string describe(const lock_state& state) const;

private:
  using states = std::vector<lock_state>;

  void expire_and_apply(const lock_state& from, const step& x,
                        states& into) const;
  void apply(lock_state from, const step& x, states& into) const;
  void acquire(const lock_state& from, const step& x, states& into) const;
  void enqueue(const lock_state& from, const step& x, states& into) const;
  void renew(const lock_state& from, const step& x, states& into) const;
  void release(const lock_state& from, const step& x, states& into) const;
  void force(const lock_state& from, const step& x, states& into) const;
  void cancel(const lock_state& from, const step& x, states& into) const;
  bool shows_lock(const lock_state& from, const step& x) const;
  bool shows_entry(const lock_state& from, const step& x) const;
  bool shows_resource(const lock_state& from, const step& x) const;

  /// The holder's lock ends during `by`, the next waiter is granted.
  void end_lock(lock_state from, fate how, name content, const step& by,
                states& into) const;
  /// Grants to `who`; one state for each lock that this may be.
  void grant(const lock_state& from, const waiter& who, const step& by,
             states& into) const;
  void grant_as(lock_state state, const waiter& who, name lock, const step& by,
                states& into) const;
  bool unborn_entry(const lock_state& state, name entry) const;
  void learn(lock_state& state, name who, const fact& what) const;
  bool addresses_holder(const lock_state& state, const step& x) const;

  const resource_history& all_;
  const references& open_;
};

} // namespace linear
