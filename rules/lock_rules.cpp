#include "rules/lock_rules.hpp"

#include "rules/canonical_json.hpp"
#include "rules/refusals.hpp"
#include "rules/transition_builder.hpp"

#include <algorithm>

namespace holdfast {

namespace {

problem mismatch(const transaction& work) {
  return refuse(errc::key_mismatch,
                "the idempotency key '" + work.idempotency_key +
                    "' belongs to a transaction with another owner, type or "
                    "data; send a key of its own");
}

/// Why `id` with `token` is not the lock that holds, if so.
std::optional<problem> not_holding(const resource_state& state, lock_id id,
                                   std::uint64_t token) {
  if (!state.holder || state.holder->id != id)
    return stale(id, "the lock has ended");
  if (state.holder->token() != token)
    return stale(id, "fencingToken " + std::to_string(token) +
                         " is not the lock's");
  return std::nullopt;
}

std::optional<problem> queue_full(const resource_state& state,
                                  const circumstances& at) {
  if (state.waiters.size() < at.limits.queue_depth_max)
    return std::nullopt;
  auto p = refuse_for(errc::queue_full,
                      "the queue of this resource is at its limit of " +
                          std::to_string(at.limits.queue_depth_max),
                      state, at);
  p.retry_after_ms = std::max<std::int64_t>(1000, p.retry_after_ms);
  return p;
}

/// What is already known of the key; nothing when it may begin.
std::optional<acquire_decision>
known_key(const resource_state& state, const acquire_request& cmd,
          const std::optional<outcome_record>& last, const circumstances& at) {
  const auto& work = cmd.work;
  if (work.idempotency_key.empty())
    return std::nullopt;
  if (const auto* flight = state.find_flight_of(work.idempotency_key)) {
    if (flight->work.fingerprint != work.fingerprint)
      return mismatch(work);
    if (cmd.otherwise == when_locked::wait)
      return join_flight{};
    if (flight->status == lock_status::in_doubt)
      return refuse_for(errc::in_doubt,
                        "the outcome of this transaction is unknown; an "
                        "operator has to resolve it",
                        *flight, at);
    return refuse_for(errc::in_progress, "this transaction is being worked on",
                      *flight, at);
  }
  if (const auto* entry = state.waiters.find_key(work.idempotency_key)) {
    if (entry->work.fingerprint != work.fingerprint)
      return mismatch(work);
    return same_entry{entry->id};
  }
  if (!last ||
      last->ended_at_ms + at.limits.outcome_retention_ms <= at.now.wall_ms)
    return std::nullopt;
  if (last->fingerprint != work.fingerprint)
    return mismatch(work);
  if (last->status == lock_status::released)
    return replay_outcome{last->lock};
  return std::nullopt;
}

} // namespace

const lock_record* resource_state::find_flight(lock_id id) const {
  if (holder && holder->id == id)
    return &*holder;
  auto found = std::ranges::find(beside, id, &lock_record::id);
  return found == beside.end() ? nullptr : &*found;
}

const lock_record* resource_state::find_flight_of(std::string_view key) const {
  if (key.empty())
    return nullptr;
  if (holder && holder->work.idempotency_key == key)
    return &*holder;
  auto found = std::ranges::find_if(
      beside, [&](const auto& x) { return x.work.idempotency_key == key; });
  return found == beside.end() ? nullptr : &*found;
}

const effect_record* resource_state::find_effect(lock_id id) const {
  auto found = std::ranges::find(effects, id, &effect_record::lock);
  return found == effects.end() ? nullptr : &*found;
}

std::int64_t remaining_lease_ms(const resource_state& state,
                                const instant& now) {
  if (!state.holder || state.holder->status != lock_status::active)
    return 0;
  return remaining_lease_ms(*state.holder, now);
}

std::int64_t remaining_lease_ms(const lock_record& lock, const instant& now) {
  auto left_us = lock.deadline_boot_us - now.boot_us;
  return std::max<std::int64_t>(1, (left_us + 999) / 1000);
}

acquire_decision decide_acquire(const resource_state& state,
                                const acquire_request& cmd,
                                const std::optional<outcome_record>& last,
                                const circumstances& at) {
  auto known = known_key(state, cmd, last, at);
  auto* waiting = known ? std::get_if<same_entry>(&*known) : nullptr;
  if (known && !(cmd.emergency && waiting))
    return *std::move(known);
  transition_builder build{state, at};
  if (cmd.emergency) {
    build.begin_beside(cmd.work,
                       waiting ? state.waiters.find(waiting->id) : nullptr);
    return build.finish();
  }
  if (!state.holder) {
    build.grant(cmd.work, {}, true, at.now.wall_ms);
    return build.finish();
  }
  if (cmd.otherwise == when_locked::reject) {
    if (state.holder->status == lock_status::in_doubt)
      return refuse_for(errc::in_doubt,
                        "the resource waits for an operator: the outcome of "
                        "an earlier transaction is unknown",
                        state, at);
    return refuse_for(errc::held, "another transaction holds the resource",
                      state, at);
  }
  if (auto full = queue_full(state, at))
    return *std::move(full);
  build.enqueue(cmd.work, at.ids.next(), cmd.otherwise == when_locked::queue);
  return build.finish();
}

bool lease_over(const resource_state& state, const instant& now) {
  return state.holder && state.holder->status == lock_status::active &&
         state.holder->work.task.empty() &&
         state.holder->deadline_boot_us <= now.boot_us;
}

transition decide_expiry(const resource_state& state,
                         const std::optional<flight_joiner>& joiner,
                         const circumstances& at) {
  transition_builder build{state, at};
  build.end(*state.holder, {lock_status::expired, {}, "the lease ran out", {}},
            joiner);
  return build.finish();
}

decision<transition> decide_renew(const resource_state& state,
                                  const renew_lock& cmd,
                                  const circumstances& at) {
  if (auto p = not_holding(state, cmd.id, cmd.token))
    return *std::move(p);
  if (state.holder->status == lock_status::in_doubt)
    return refuse_for(errc::in_doubt, "the lock waits for an operator", state,
                      at);
  if (cmd.timeout_ms < 0 || cmd.timeout_ms > at.limits.timeout_max_ms)
    return refuse(errc::invalid, "timeoutMs must be a whole number from 1 to " +
                                     std::to_string(at.limits.timeout_max_ms) +
                                     ", not " + std::to_string(cmd.timeout_ms));
  transition_builder build{state, at};
  auto lock = *state.holder;
  if (cmd.timeout_ms > 0)
    lock.work.timeout_ms = cmd.timeout_ms;
  lock.claimed = true;
  transition_builder::start_lease(lock, at);
  build.step.held = std::move(lock);
  return build.finish();
}

namespace {

bool same_json(const std::string& a, const std::string& b) {
  if (a == b)
    return true;
  auto x = canonicalize(a);
  auto y = canonicalize(b);
  auto* left = std::get_if<std::string>(&x);
  auto* right = std::get_if<std::string>(&y);
  return left && right && *left == *right;
}

bool repeats(const release_lock& cmd, const lock_record& ended) {
  return cmd.failed
             ? ended.status == lock_status::failed && ended.error == cmd.error
             : ended.status == lock_status::released &&
                   same_json(ended.result, cmd.result);
}

} // namespace

release_decision decide_release(const resource_state& state,
                                const release_lock& cmd,
                                const std::optional<lock_record>& ended,
                                const std::optional<flight_joiner>& joiner,
                                const circumstances& at) {
  if (!state.holder || state.holder->id != cmd.id) {
    if (!ended)
      return not_found(cmd.id);
    if (ended->token() == cmd.token && repeats(cmd, *ended))
      return already_released{*ended};
    return stale(cmd.id, "the lock has ended: it is " +
                             std::string{to_string(ended->status)});
  }
  if (auto p = not_holding(state, cmd.id, cmd.token))
    return *std::move(p);
  if (state.holder->status == lock_status::in_doubt)
    return refuse_for(errc::in_doubt, "the lock waits for an operator", state,
                      at);
  if (!state.holder->work.task.empty())
    return refuse_for(errc::in_progress,
                      "the node itself works under this lock and ends it when "
                      "that is done",
                      state, at);
  transition_builder build{state, at};
  if (cmd.failed)
    build.end(*state.holder, {lock_status::failed, {}, cmd.error, {}}, joiner);
  else
    build.end(*state.holder, {lock_status::released, cmd.result, {}, {}},
              joiner);
  return build.finish();
}

decision<transition> decide_force(const resource_state& state,
                                  const force_release& cmd,
                                  const std::optional<flight_joiner>& joiner,
                                  const circumstances& at) {
  const auto* effect = state.find_effect(cmd.id);
  if (state.holder->status == lock_status::in_doubt ||
      (effect && effect->state != effect_state::pending))
    return refuse_for(errc::in_doubt,
                      "an effect under this lock is on its way, or its outcome "
                      "is unknown; resolve that first",
                      state, at);
  transition_builder build{state, at};
  build.settle_effect(*state.holder, effect_state::failed, {}, cmd.actor);
  build.end(*state.holder,
            {lock_status::force_released, {}, cmd.reason, cmd.actor, false},
            joiner);
  return build.finish();
}

transition decide_cancel(const resource_state& state, entry_id id,
                         const std::string& actor, const std::string& reason,
                         const circumstances& at) {
  transition_builder build{state, at};
  build.cancel(*state.waiters.find(id), actor, reason);
  return build.finish();
}

transition decide_lasting(const resource_state& state, entry_id id,
                          const circumstances& at) {
  transition_builder build{state, at};
  auto entry = *state.waiters.find(id);
  entry.lasting = true;
  build.step.queued.push_back(std::move(entry));
  return build.finish();
}

transition decide_claim(const resource_state& state, const circumstances& at) {
  transition_builder build{state, at};
  build.step.held = state.holder;
  build.step.held->claimed = true;
  return build.finish();
}

decision<transition> decide_requeue(const resource_state& state,
                                    const dead_letter& what,
                                    const std::optional<outcome_record>& last,
                                    const std::string& actor,
                                    const circumstances& at) {
  auto known = known_key(state, {what.work, when_locked::queue}, last, at);
  if (known) {
    if (auto* p = std::get_if<problem>(&*known))
      return std::move(*p);
    return refuse(errc::in_progress,
                  "the transaction has been begun again or done since; "
                  "discard the dead letter");
  }
  if (auto full = queue_full(state, at))
    return *std::move(full);
  transition_builder build{state, at};
  auto number = at.ids.next();
  build.journal(event_kind::requeued, what.work, what.lock, actor,
                detail{}.text("deadLetterId", to_string(what.id)).done());
  build.enqueue(what.work, number, true);
  if (!state.holder) {
    auto entry = std::move(build.step.queued.back());
    build.step.queued.pop_back();
    // One trade, which is under way at once.
    build.step.trades.clear();
    build.grant(what.work, entry.id, false, entry.queued_at_ms);
    entry.status = entry_status::granted;
    entry.settled_at_ms = at.now.wall_ms;
    entry.granted = build.step.held->id;
    build.step.left.push_back(std::move(entry));
  }
  build.step.revived = what;
  return build.finish();
}

transition decide_discard(const resource_state& state, const dead_letter& what,
                          const std::string& actor, const circumstances& at) {
  transition_builder build{state, at};
  build.journal(event_kind::resolved, what.work, what.lock, actor,
                detail{}
                    .text("deadLetterId", to_string(what.id))
                    .text("outcome", "discarded")
                    .done());
  build.step.revived = what;
  return build.finish();
}

namespace {

/// Puts `x` in the place of what has the same `member`, or behind the others.
template <class T, class Member>
void put(std::vector<T>& all, const T& x, Member member) {
  auto found = std::ranges::find(all, x.*member, member);
  if (found == all.end())
    all.push_back(x);
  else
    *found = x;
}

bool open(effect_state x) {
  return x != effect_state::done && x != effect_state::failed;
}

} // namespace

void apply(resource_state& state, const transition& step) {
  for (const auto& entry : step.left)
    state.waiters.erase(entry);
  for (const auto& entry : step.queued)
    state.waiters.put(entry);
  if (step.ended)
    state.holder.reset();
  if (step.held)
    state.holder = step.held;
  if (step.beside_ended)
    std::erase_if(state.beside,
                  [&](const auto& x) { return x.id == step.beside_ended->id; });
  if (step.beside)
    put(state.beside, *step.beside, &lock_record::id);
  if (step.effect && open(step.effect->state))
    put(state.effects, *step.effect, &effect_record::id);
  else if (step.effect)
    std::erase_if(state.effects,
                  [&](const auto& x) { return x.id == step.effect->id; });
  if (step.position)
    state.position = step.position;
  for (const auto& message : step.messages)
    if (open(message.state))
      put(state.outbox, message, &effect_record::id);
    else
      std::erase_if(state.outbox,
                    [&](const auto& x) { return x.id == message.id; });
  state.version = state.in_use() ? step.version : 0;
}

} // namespace holdfast
