// The calls that change a lock, and what its time does; reads are in
// lock_reads.cpp. Must not know Holdfast's code.
#include "tests/history/lock_model.hpp"

#include <algorithm>

namespace linear {

namespace {

/// Leases are whole milliseconds, of another clock than the clients'.
constexpr std::int64_t rounding_us = 5000;

std::int64_t later(std::int64_t at_us, std::int64_t by_us) {
  return at_us > forever - by_us ? forever : at_us + by_us;
}

void start_lease(lock_state& state, std::int64_t lease_us, const step& by) {
  state.current.lease_us = lease_us;
  state.current.expires_from = state.decided_us + lease_us - rounding_us;
  state.current.expires_by = later(by.limit_us(), lease_us + rounding_us);
}

bool is_read(call kind) {
  return kind == call::read_lock || kind == call::read_entry ||
         kind == call::read_resource;
}

/// Position of the waiter, or 0.
int position_of(const lock_state& state, name wanted, name waiter::*member) {
  auto found = std::ranges::find(state.waiters, wanted, member);
  return found == state.waiters.end()
             ? 0
             : static_cast<int>(found - state.waiters.begin()) + 1;
}

/// Behind everybody of the same or a better priority.
int place(std::vector<waiter>& waiters, const waiter& who) {
  auto at =
      std::ranges::upper_bound(waiters, who.priority, {}, &waiter::priority);
  auto placed = waiters.insert(at, who);
  return static_cast<int>(placed - waiters.begin()) + 1;
}

} // namespace

lock_model::states lock_model::after(const lock_state& from,
                                     const step& x) const {
  states found;
  expire_and_apply(from, x, found);
  return found;
}

void lock_model::expire_and_apply(const lock_state& from, const step& x,
                                  states& into) const {
  apply(from, x, into);
  if (!from.held || from.current.expires_from > x.limit_us())
    return;
  auto over = from;
  over.decided_us = std::max(over.decided_us, over.current.expires_from);
  states expired;
  end_lock(std::move(over), fate::expired, 0, x, expired);
  for (const auto& state : expired)
    expire_and_apply(state, x, into);
}

void lock_model::apply(lock_state from, const step& x, states& into) const {
  if (!is_read(x.op->kind))
    from.decided_us = std::max(from.decided_us, x.op->invoked_us);
  if (from.decided_us > x.limit_us())
    return; // it was over before what came before it
  auto keep_if = [&](bool so) {
    if (so)
      into.push_back(from);
  };
  switch (x.op->kind) {
  case call::acquire:
    return acquire(from, x, into);
  case call::renew:
    return renew(from, x, into);
  case call::release:
    return release(from, x, into);
  case call::force:
    return force(from, x, into);
  case call::cancel:
    return cancel(from, x, into);
  case call::read_lock:
    return keep_if(shows_lock(from, x));
  case call::read_entry:
    return keep_if(shows_entry(from, x));
  case call::read_resource:
    return keep_if(shows_resource(from, x));
  }
}

void lock_model::acquire(const lock_state& from, const step& x,
                         states& into) const {
  auto answer = x.op->answer;
  auto keep_if = [&](bool so) {
    if (so)
      into.push_back(from);
  };
  if (auto known = from.known.of(x.work); known.how == fate::succeeded)
    return keep_if(answer == verdict::replayed && x.lock == known.lock &&
                   x.content == known.content);
  if (from.held && from.current.work == x.work)
    return keep_if(answer == verdict::in_progress &&
                   x.lock == from.current.lock);
  if (auto position = position_of(from, x.work, &waiter::work))
    return keep_if(
        answer == verdict::queued && x.op->position == position &&
        x.entry == from.waiters[static_cast<std::size_t>(position) - 1].entry);
  if (!from.held) {
    if (answer == verdict::granted || answer == verdict::none)
      grant(from, {0, x.work, x.op->priority, x.op->lease_us}, x, into);
  } else if (x.op->queue) {
    enqueue(from, x, into);
  } else {
    keep_if(answer == verdict::held &&
            (x.lock == 0 || x.lock == from.current.lock));
  }
}

/// A call without an answer may have made an entry that others saw later, or
/// one that nobody ever saw.
void lock_model::enqueue(const lock_state& from, const step& x,
                         states& into) const {
  auto enter = [&](name entry) {
    auto state = from;
    auto position =
        place(state.waiters, {entry, x.work, x.op->priority, x.op->lease_us});
    if (!x.op->answered() || position == x.op->position)
      into.push_back(std::move(state));
  };
  if (x.op->answered()) {
    if (x.op->answer == verdict::queued && unborn_entry(from, x.entry))
      enter(x.entry);
    return;
  }
  enter(0);
  for (const auto& [entry, seen] : all_.entries) {
    if (seen.work == x.work && open_.to(entry) && unborn_entry(from, entry))
      enter(entry);
  }
}

void lock_model::renew(const lock_state& from, const step& x,
                       states& into) const {
  auto holds = addresses_holder(from, x);
  if (holds && from.decided_us <= from.current.expires_by &&
      x.op->answer != verdict::stale) {
    auto state = from;
    auto lease = x.op->lease_us != 0 ? x.op->lease_us : from.current.lease_us;
    start_lease(state, lease, x);
    into.push_back(std::move(state));
  } else if (!holds && x.op->answer == verdict::stale) {
    into.push_back(from);
  }
}

void lock_model::release(const lock_state& from, const step& x,
                         states& into) const {
  auto how = x.op->content.starts_with("error") ? fate::failed : fate::released;
  if (addresses_holder(from, x)) {
    if (from.decided_us <= from.current.expires_by &&
        x.op->answer != verdict::stale)
      end_lock(from, how, x.content, x, into);
    return;
  }
  auto ended = from.known.of(x.lock);
  bool born =
      ended.how != fate::open || (from.held && from.current.lock == x.lock);
  bool repeats = ended == fact{how, 0, x.content} &&
                 all_.locks.at(x.lock).token == x.op->token;
  if (born && x.op->answer == (repeats ? verdict::done : verdict::stale))
    into.push_back(from);
}

void lock_model::force(const lock_state& from, const step& x,
                       states& into) const {
  bool holds = from.held && from.current.lock == x.lock;
  if (holds && x.op->answer != verdict::stale)
    end_lock(from, fate::forced, 0, x, into);
  else if (!holds && x.op->answer == verdict::stale &&
           from.known.of(x.lock).how != fate::open)
    into.push_back(from);
}

void lock_model::cancel(const lock_state& from, const step& x,
                        states& into) const {
  auto position = position_of(from, x.entry, &waiter::entry);
  if (position != 0 && x.op->answer != verdict::not_waiting) {
    auto state = from;
    state.waiters.erase(state.waiters.begin() + position - 1);
    learn(state, x.entry, {fate::cancelled, 0, 0});
    into.push_back(std::move(state));
  } else if (position == 0 && x.op->answer == verdict::not_waiting &&
             from.known.of(x.entry).how != fate::open) {
    into.push_back(from);
  }
}

void lock_model::end_lock(lock_state from, fate how, name content,
                          const step& by, states& into) const {
  auto lock = from.current;
  learn(from, lock.lock, {how, 0, content});
  if (how == fate::released)
    learn(from, lock.work, {fate::succeeded, lock.lock, content});
  from.held = false;
  from.current = {};
  if (from.waiters.empty()) {
    into.push_back(std::move(from));
    return;
  }
  auto next = from.waiters.front();
  from.waiters.erase(from.waiters.begin());
  grant(from, next, by, into);
}

void lock_model::grant(const lock_state& from, const waiter& who,
                       const step& by, states& into) const {
  bool told = who.entry == 0 && by.op->answer == verdict::granted;
  if (told && by.work == who.work)
    return grant_as(from, who, by.lock, by, into);
  auto seen = all_.entries.find(who.entry);
  if (seen != all_.entries.end() && seen->second.lock != 0)
    return grant_as(from, who, seen->second.lock, by, into);
  grant_as(from, who, 0, by, into);
  for (const auto& [lock, about] : all_.locks) {
    if ((about.work == who.work || about.work == 0) && about.entry == 0)
      grant_as(from, who, lock, by, into);
  }
}

void lock_model::grant_as(lock_state state, const waiter& who, name lock,
                          const step& by, states& into) const {
  if (lock != 0) {
    const auto& about = all_.locks.at(lock);
    bool unborn = open_.to(lock) && state.known.of(lock).how == fate::open;
    bool token_rises = about.token == 0 || about.token > state.last_token;
    // Of a lock that only a refusal named, nobody knows whose it was.
    bool same = (about.work == who.work || about.work == 0) &&
                (about.entry == 0 || about.entry == who.entry);
    if (!same || !unborn || !token_rises)
      return;
    state.last_token = std::max(state.last_token, about.token);
  }
  state.held = true;
  state.current.lock = lock;
  state.current.work = who.work;
  start_lease(state, who.lease_us, by);
  learn(state, who.entry, {fate::granted, lock, 0});
  into.push_back(std::move(state));
}

bool lock_model::unborn_entry(const lock_state& state, name entry) const {
  return position_of(state, entry, &waiter::entry) == 0 &&
         state.known.of(entry).how == fate::open;
}

bool lock_model::addresses_holder(const lock_state& state,
                                  const step& x) const {
  return state.held && state.current.lock == x.lock &&
         all_.locks.at(x.lock).token == x.op->token;
}

void lock_model::learn(lock_state& state, name who, const fact& what) const {
  if (who != 0 && open_.to(who))
    state.known.set(who, what);
}

void lock_model::forget(lock_state& state, const step& x) const {
  auto forget_one = [&](name who) {
    if (!open_.to(who))
      state.known.forget(who);
  };
  for (auto who : {x.work, x.lock, x.entry})
    forget_one(who);
  for (const auto& row : x.queue_shown) {
    forget_one(row.entry);
    forget_one(row.work);
  }
}

} // namespace linear
