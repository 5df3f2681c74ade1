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

decision<transition> decide_resolve(const resource_state& state,
                                    const resolve_lock& cmd,
                                    const std::optional<flight_joiner>& joiner,
                                    const circumstances& at) {
  if (!state.holder || state.holder->id != cmd.id ||
      state.holder->status != lock_status::in_doubt)
    return stale(cmd.id, "the lock is not in doubt");
  transition_builder build{state, at};
  build.journal(
      event_kind::resolved, state.holder->work, state.holder->id, cmd.actor,
      detail{}
          .text("outcome", cmd.outcome == resolution::done     ? "done"
                           : cmd.outcome == resolution::failed ? "failed"
                                                               : "retry")
          .text("reason", cmd.reason)
          .done());
  if (cmd.outcome == resolution::retry) {
    auto lock = *state.holder;
    lock.status = lock_status::active;
    lock.attempts += 1;
    lock.retry_boot_us = 0;
    transition_builder::start_lease(lock, at);
    build.step.held = std::move(lock);
  } else if (cmd.outcome == resolution::done) {
    build.end({lock_status::released, cmd.result, {}, cmd.actor, false},
              joiner);
  } else {
    build.end({lock_status::failed, {}, cmd.reason, cmd.actor, false}, joiner);
  }
  return build.finish();
}

namespace {

void schedule_retry(transition_builder& build, const resource_state& state,
                    const task_result& result, std::uint64_t random,
                    const circumstances& at) {
  auto lock = *state.holder;
  auto delay_ms =
      retry_delay(lock.attempts, at.limits.retry_base_ms,
                  at.limits.retry_max_ms, result.retry_after_ms, random);
  build.journal(event_kind::retry_scheduled, lock.work, lock.id, {},
                detail{}
                    .number("attempt", lock.attempts)
                    .number("delayMs", delay_ms)
                    .text("error", result.error)
                    .done());
  lock.attempts += 1;
  lock.retry_boot_us = at.now.boot_us + delay_ms * 1000;
  transition_builder::start_lease(lock, at);
  build.step.held = std::move(lock);
}

} // namespace

transition decide_task_result(const resource_state& state,
                              const task_result& result, std::uint64_t random,
                              const std::optional<flight_joiner>& joiner,
                              const circumstances& at) {
  transition_builder build{state, at};
  const auto& lock = *state.holder;
  switch (result.kind) {
  case task_result::done:
    build.end({lock_status::released, result.result, {}, {}}, joiner);
    break;
  case task_result::retryable:
    if (lock.attempts <= lock.work.max_retries) {
      schedule_retry(build, state, result, random, at);
      break;
    }
    [[fallthrough]];
  case task_result::failed:
    build.end({lock_status::failed, {}, result.error, {}, true}, joiner);
    break;
  case task_result::unknown: {
    build.journal(event_kind::in_doubt, lock.work, lock.id, {},
                  detail{}.text("error", result.error).done());
    auto doubtful = lock;
    doubtful.status = lock_status::in_doubt;
    doubtful.error = result.error;
    build.step.held = std::move(doubtful);
    break;
  }
  }
  return build.finish();
}

} // namespace holdfast
