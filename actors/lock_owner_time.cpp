// The side of a lock owner that time drives: leases, retries, deadlines.
#include "actors/lock_owner.hpp"

#include <algorithm>
#include <limits>

namespace holdfast {

void lock_owner::expire_if_due() {
  if (lease_over(state_, around_->time->now()))
    commit(decide_expiry(state_, best_joiner(), deciding{*around_}));
}

/// Places that nobody waits behind any more: their callers were lost in a
/// restart, or were told that the store had failed.
void lock_owner::cancel_orphans() {
  std::vector<entry_id> orphans;
  for (const auto& [rank, entry] : state_.waiters)
    if (!entry.lasting)
      orphans.push_back(entry.id);
  for (auto id : orphans)
    commit(decide_cancel(state_, id, {}, "the waiting caller is gone",
                         deciding{*around_}));
}

void lock_owner::wake() {
  if (failed_ || draining_)
    return;
  expire_if_due();
  drive_task();
  end_overdue_calls();
  arm();
}

namespace {

bool runs_task(const resource_state& state) {
  return state.holder && state.holder->status == lock_status::active &&
         !state.holder->work.task.empty();
}

/// When half of its lease is over, a task's lock is renewed.
std::int64_t renewal_due(const lock_record& lock) {
  return lock.deadline_boot_us - lock.work.timeout_ms * 500;
}

} // namespace

void lock_owner::drive_task() {
  if (!runs_task(state_))
    return;
  auto now = around_->time->now();
  if (renewal_due(*state_.holder) <= now.boot_us)
    commit(extend_task_lease(state_, deciding{*around_}));
  const auto& lock = *state_.holder;
  auto durable = durable_task_ == lock.id && durable_attempt_ == lock.attempts;
  auto started = started_task_ == lock.id && started_attempt_ == lock.attempts;
  if (!durable || started || lock.retry_boot_us > now.boot_us)
    return;
  started_task_ = lock.id;
  started_attempt_ = lock.attempts;
  auto recovered = found_task_ == lock.id && found_attempt_ == lock.attempts;
  send(links_.runner, start_task{{lock, recovered}});
}

void lock_owner::end_overdue_calls() {
  auto now_us = around_->time->now().boot_us;
  auto overdue = [&](const auto& call) {
    return call.deadline_boot_us <= now_us;
  };
  std::vector<watch_call> watches;
  std::ranges::copy_if(watches_, std::back_inserter(watches), overdue);
  std::erase_if(watches_, overdue);
  for (auto& call : watches)
    try {
      watch({state_.resource, call.entry, 0, call.caller, call.claims},
            call.to);
    } catch (const storage_error& e) {
      refuse(call.to, {errc::storage_unavailable, e.what(), "", "", 0, 1000});
    }
  std::vector<wait_call> calls;
  std::ranges::copy_if(calls_, std::back_inserter(calls), overdue);
  std::erase_if(calls_, overdue);
  for (auto& call : calls) {
    problem why;
    why.code = errc::wait_timeout;
    why.detail = "the lock was not granted within waitMs";
    why.position = call.entry ? state_.waiters.position(call.entry) : 0;
    if (state_.holder) {
      why.holder = state_.holder->work.owner_id;
      why.lock_id = to_string(state_.holder->id);
      why.retry_after_ms = remaining_lease_ms(state_, around_->time->now());
    }
    if (call.entry)
      leave_place(call.entry, "not granted within waitMs");
    refuse(call.to, std::move(why));
  }
}

void lock_owner::leave_place(entry_id id, const std::string& reason) {
  const auto* entry = state_.waiters.find(id);
  auto shared = std::ranges::any_of(
      calls_, [&](const auto& other) { return other.entry == id; });
  if (entry && !entry->lasting && !shared)
    commit(decide_cancel(state_, id, {}, reason, deciding{*around_}));
}

void lock_owner::abandon(std::uint64_t caller) {
  if (failed_ || draining_ || caller == 0)
    return;
  std::erase_if(watches_, [&](auto& call) {
    if (call.caller != caller)
      return false;
    refuse(call.to, {errc::cancelled, "the caller is gone", "", "", 0, 0});
    return true;
  });
  std::vector<wait_call> gone;
  auto theirs = [&](const auto& call) { return call.caller == caller; };
  std::ranges::copy_if(calls_, std::back_inserter(gone), theirs);
  std::erase_if(calls_, theirs);
  for (auto& call : gone) {
    refuse(call.to, {errc::cancelled, "the caller is gone", "", "", 0, 0});
    if (call.entry)
      leave_place(call.entry, "the waiting caller hung up");
  }
}

void lock_owner::arm() {
  constexpr auto never = std::numeric_limits<std::int64_t>::max();
  auto due = never;
  if (runs_task(state_)) {
    due = renewal_due(*state_.holder);
    // Zero: it starts as soon as its intent is durable, without a timer.
    if (state_.holder->retry_boot_us > around_->time->now().boot_us)
      due = std::min(due, state_.holder->retry_boot_us);
  } else if (state_.holder && state_.holder->status == lock_status::active) {
    due = state_.holder->deadline_boot_us;
  }
  for (const auto& call : calls_)
    due = std::min(due, call.deadline_boot_us);
  for (const auto& call : watches_)
    due = std::min(due, call.deadline_boot_us);
  if (due == never || (armed_boot_us_ != 0 && armed_boot_us_ <= due))
    return;
  armed_boot_us_ = due;
  send(links_.timer, arm_timer{state_.resource, due});
}

} // namespace holdfast
