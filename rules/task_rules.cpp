// Locks whose work the node does itself: attempts, retries, unknown outcomes.
// Must not know CAF, storage, the clock or randomness: all are handed in.
#include "rules/lock_rules.hpp"
#include "rules/refusals.hpp"
#include "rules/retry_policy.hpp"
#include "rules/transition_builder.hpp"

namespace holdfast {

transition extend_task_lease(const resource_state& state,
                             const circumstances& at) {
  transition_builder build{state, at};
  build.step.held = state.holder;
  transition_builder::start_lease(*build.step.held, at);
  return build.finish();
}

decision<transition> decide_begin_effect(const resource_state& state,
                                         const begin_effect& cmd,
                                         const circumstances& at) {
  const auto* flight = state.find_flight(cmd.lock);
  if (!flight || flight->status != lock_status::active)
    return stale(cmd.lock, "the lock has ended");
  if (channel of{}; channel_of(cmd.kind, of))
    return refuse(errc::invalid, "an effect of kind " + cmd.kind +
                                     " is a message, which no task begins");
  transition_builder build{state, at};
  effect_record effect;
  if (const auto* begun = state.find_effect(cmd.lock)) {
    effect = *begun;
  } else {
    effect.id = {at.store, at.ids.next()};
    effect.kind = cmd.kind;
    effect.resource = state.resource;
    effect.owner_id = flight->work.owner_id;
    effect.lock = flight->id;
    effect.beside = flight->beside;
    effect.created_at_ms = at.now.wall_ms;
    auto lock = *flight;
    lock.effect = effect.id;
    build.go_on(std::move(lock));
  }
  effect.intent = cmd.intent;
  effect.state = effect_state::sending;
  effect.attempts += 1;
  effect.updated_at_ms = at.now.wall_ms;
  build.journal(event_kind::effect_sending, flight->work,
                flight->beside ? lock_id{} : flight->id, {},
                detail{}
                    .text("effectId", to_string(effect.id))
                    .text("kind", effect.kind)
                    .number("attempt", effect.attempts)
                    .flag_if("emergency", flight->beside)
                    .json("intent", effect.intent)
                    .done());
  build.step.effect = std::move(effect);
  return build.finish();
}

namespace {

/// The trade of a lock that goes on, as it stands now.
void tell_trade(transition_builder& build, const lock_record& lock,
                const circumstances& at) {
  if (lock.work.task != trade_task)
    return;
  build.step.trades.push_back(to_trade(lock));
  build.step.trades.back().updated_at_ms = at.now.wall_ms;
}

} // namespace

decision<transition> decide_resolve(const resource_state& state,
                                    const resolve_lock& cmd,
                                    const std::optional<flight_joiner>& joiner,
                                    const circumstances& at) {
  const auto* flight = state.find_flight(cmd.id);
  if (flight)
    if (auto why = foreign(cmd.bound_to, flight->work))
      return *why;
  if (flight && flight->status == lock_status::active &&
      !flight->work.task.empty())
    return refuse_for(errc::in_progress,
                      "the lock is not in doubt: its task is under way",
                      *flight, at);
  if (!flight || flight->status != lock_status::in_doubt)
    return stale(cmd.id, "the lock is not in doubt");
  transition_builder build{state, at};
  build.journal(event_kind::resolved, flight->work,
                flight->beside ? lock_id{} : flight->id, cmd.actor,
                detail{}
                    .text("outcome", to_string(cmd.outcome))
                    .text("reason", cmd.reason)
                    .done());
  if (cmd.outcome == resolution::retry) {
    build.settle_effect(*flight, effect_state::pending, {}, cmd.actor);
    auto lock = *flight;
    lock.status = lock_status::active;
    lock.attempts += 1;
    lock.retry_boot_us = 0;
    lock.error.clear();
    lock.failure.clear();
    transition_builder::start_lease(lock, at);
    tell_trade(build, lock, at);
    build.go_on(std::move(lock));
  } else if (cmd.outcome == resolution::done) {
    build.settle_effect(*flight, effect_state::done, cmd.result, cmd.actor);
    build.end(*flight,
              {lock_status::released, cmd.result, {}, cmd.actor, false},
              joiner);
  } else {
    build.settle_effect(*flight, effect_state::failed, {}, cmd.actor);
    build.end(*flight, {lock_status::failed, {}, cmd.reason, cmd.actor, false},
              joiner);
  }
  return build.finish();
}

namespace {

void schedule_retry(transition_builder& build, const lock_record& flight,
                    const task_result& result, std::uint64_t random,
                    const circumstances& at) {
  auto lock = flight;
  auto delay_ms =
      retry_delay(lock.attempts, at.limits.retry_base_ms,
                  at.limits.retry_max_ms, result.retry_after_ms, random);
  build.settle_effect(flight, effect_state::pending, result.failure, {});
  build.journal(event_kind::retry_scheduled, lock.work,
                lock.beside ? lock_id{} : lock.id, {},
                detail{}
                    .number("attempt", lock.attempts)
                    .number("delayMs", delay_ms)
                    .text("error", result.error)
                    .done());
  lock.attempts += 1;
  lock.retry_boot_us = at.now.boot_us + delay_ms * 1000;
  transition_builder::start_lease(lock, at);
  build.go_on(std::move(lock));
}

void leave_in_doubt(transition_builder& build, const lock_record& flight,
                    const task_result& result, const circumstances& at) {
  build.settle_effect(flight, effect_state::unknown, result.failure, {});
  // Of an emergency, which holds nothing back, the effect tells enough.
  if (!flight.beside)
    build.journal(event_kind::in_doubt, flight.work, flight.id, {},
                  detail{}.text("error", result.error).done());
  auto lock = flight;
  lock.status = lock_status::in_doubt;
  lock.error = result.error;
  lock.failure = result.failure;
  tell_trade(build, lock, at);
  build.go_on(std::move(lock));
}

} // namespace

transition decide_task_result(const resource_state& state,
                              const lock_record& flight,
                              const task_result& result, std::uint64_t random,
                              const std::optional<flight_joiner>& joiner,
                              const circumstances& at) {
  transition_builder build{state, at};
  switch (result.kind) {
  case task_result::done:
    build.settle_effect(flight, effect_state::done, result.result, {});
    if (flight.work.task == signal_task && !result.signal.empty())
      build.change_signal(result.signal.front());
    build.end(flight, {lock_status::released, result.result, {}, {}}, joiner);
    break;
  case task_result::retryable:
    if (flight.attempts <= flight.work.max_retries) {
      schedule_retry(build, flight, result, random, at);
      break;
    }
    [[fallthrough]];
  case task_result::failed:
    build.settle_effect(flight, effect_state::failed, result.failure, {});
    build.end(flight,
              {lock_status::failed, {}, result.error, {}, true, result.failure},
              joiner);
    break;
  case task_result::unknown:
    leave_in_doubt(build, flight, result, at);
    break;
  }
  return build.finish();
}

decision<transition> decide_update_trade(const resource_state& state,
                                         const trade_record& known,
                                         const std::string& order,
                                         const circumstances& at) {
  if (!rests(known))
    return stale(known.lock, "trade " + to_string(known.id) + " has ended");
  transition_builder build{state, at};
  auto trade = known;
  trade.order = order;
  trade.status = status_of_order(order);
  trade.updated_at_ms = at.now.wall_ms;
  build.end_trade(std::move(trade));
  return build.finish();
}

} // namespace holdfast
