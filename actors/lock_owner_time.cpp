// The side of a lock owner that time drives: leases, retries, deadlines.
#include "actors/lock_owner.hpp"

#include <algorithm>
#include <functional>

namespace holdfast {

using namespace owner_impl;

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
  drive_tasks();
  end_overdue_calls();
  arm();
}

/// They hear how things stand.
void lock_owner::end_overdue_watches(std::int64_t now_us) {
  auto overdue = [&](const auto& call) {
    return call.deadline_boot_us <= now_us;
  };
  auto end = [&](auto& all, auto look) {
    auto due = all;
    std::erase_if(due, std::not_fn(overdue));
    std::erase_if(all, overdue);
    for (auto& call : due)
      try {
        look(call);
      } catch (const storage_error& e) {
        refuse(call.to, {errc::storage_unavailable, e.what(), "", "", 0, 1000});
      }
  };
  end(watches_, [this](const watch_call& call) {
    watch(watch_entry{state_.resource, call.entry, 0, call.caller, call.claims},
          call.to);
  });
  end(trade_watches_, [this](const trade_call& call) {
    watch(watch_trade{state_.resource, call.trade, {}, 0, call.caller},
          call.to);
  });
}

void lock_owner::end_overdue_calls() {
  auto now_us = around_->time->now().boot_us;
  end_overdue_watches(now_us);
  end_overdue_reports(now_us);
  auto overdue = [&](const auto& call) {
    return call.deadline_boot_us <= now_us;
  };
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
    refuse_acquire(call.to, std::move(why));
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
  auto forget = [&](auto& call) {
    if (call.caller != caller)
      return false;
    refuse(call.to, {errc::cancelled, "the caller is gone", "", "", 0, 0});
    return true;
  };
  std::erase_if(watches_, forget);
  std::erase_if(trade_watches_, forget);
  std::vector<wait_call> gone;
  auto theirs = [&](const auto& call) { return call.caller == caller; };
  std::ranges::copy_if(calls_, std::back_inserter(gone), theirs);
  std::erase_if(calls_, theirs);
  for (auto& call : gone) {
    refuse_acquire(call.to,
                   {errc::cancelled, "the caller is gone", "", "", 0, 0});
    if (call.entry)
      leave_place(call.entry, "the waiting caller hung up");
  }
}

void lock_owner::arm() {
  auto due = never_due;
  if (runs_task(state_)) {
    due = renewal_due(*state_.holder);
    // Zero: it starts as soon as its intent is durable, without a timer.
    if (state_.holder->retry_boot_us > around_->time->now().boot_us)
      due = std::min(due, state_.holder->retry_boot_us);
  } else if (state_.holder && state_.holder->status == lock_status::active) {
    due = state_.holder->deadline_boot_us;
  }
  for (const auto& flight : state_.beside)
    if (flight.status == lock_status::active &&
        flight.retry_boot_us > around_->time->now().boot_us)
      due = std::min(due, flight.retry_boot_us);
  auto sooner = [&](const auto& call) {
    due = std::min(due, call.deadline_boot_us);
  };
  std::ranges::for_each(calls_, sooner);
  std::ranges::for_each(watches_, sooner);
  std::ranges::for_each(trade_watches_, sooner);
  std::ranges::for_each(reports_, sooner);
  if (due == never_due || (armed_boot_us_ != 0 && armed_boot_us_ <= due))
    return;
  armed_boot_us_ = due;
  send(links_.timer, arm_timer{state_.resource, due});
}

} // namespace holdfast
