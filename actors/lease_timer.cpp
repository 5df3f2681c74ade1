#include "actors/lease_timer.hpp"

#include <algorithm>

namespace holdfast {

namespace {

/// The actor clock stands still while the machine sleeps, the boot clock does
/// not: never rely on a longer delay than this.
constexpr std::int64_t tick_max_us = 1'000'000;

} // namespace

lease_timer::lease_timer(caf::actor_config& cfg, surroundings_ptr around,
                         directory_actor directory,
                         std::vector<arm_timer> first)
    : timer_actor::base(cfg), around_(std::move(around)),
      directory_(std::move(directory)) {
  due_.reserve(first.size());
  for (auto& what : first)
    arm(std::move(what));
}

void lease_timer::on_exit() { let_go(directory_); }

lease_timer::behavior_type lease_timer::make_behavior() {
  schedule();
  return {
      [this](arm_timer& what) {
        arm(std::move(what));
        schedule();
      },
      [this](tick) {
        // One that came earlier than the last may still be followed by
        // others: as long as one is under way, it is enough.
        --ticks_under_way_;
        if (ticks_under_way_ == 0 ||
            around_->time->now().boot_us >= scheduled_boot_us_)
          scheduled_boot_us_ = 0;
        wake_due();
        schedule();
      },
  };
}

void lease_timer::arm(arm_timer&& what) {
  if (what.due_boot_us == never_due)
    return disarm(what.resource);
  auto [i, fresh] =
      due_.try_emplace(std::move(what.resource), what.due_boot_us);
  if (!fresh) {
    if (i->second <= what.due_boot_us)
      return;
    order_.erase({i->second, &i->first});
    i->second = what.due_boot_us;
  }
  order_.emplace(i->second, &i->first);
}

void lease_timer::disarm(const std::string& resource) {
  auto i = due_.find(resource);
  if (i == due_.end())
    return;
  order_.erase({i->second, &i->first});
  due_.erase(i);
}

void lease_timer::wake_due() {
  auto now_us = around_->time->now().boot_us;
  while (!order_.empty() && order_.begin()->first <= now_us) {
    auto i = due_.find(*order_.begin()->second);
    order_.erase(order_.begin());
    send(directory_, wake_resource{i->first});
    due_.erase(i);
  }
}

void lease_timer::schedule() {
  if (order_.empty())
    return;
  auto now_us = around_->time->now().boot_us;
  auto next_us =
      std::clamp(order_.begin()->first, now_us, now_us + tick_max_us);
  if (scheduled_boot_us_ != 0 && scheduled_boot_us_ <= next_us)
    return;
  scheduled_boot_us_ = next_us;
  ++ticks_under_way_;
  delayed_send(this, std::chrono::microseconds{next_us - now_us}, tick{});
}

} // namespace holdfast
