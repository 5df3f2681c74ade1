#include "node/cli/lease_schedule.hpp"

#include <algorithm>

namespace holdfast {

using std::chrono::duration_cast;
using std::chrono::milliseconds;

namespace {

/// Time for the kernel to end a process, and for clocks that differ in speed.
boot_time margin_of(boot_time ttl, boot_time grace) {
  auto wanted =
      std::clamp<boot_time>(ttl / 20, milliseconds{50}, milliseconds{1000});
  return std::min(wanted, grace / 2);
}

} // namespace

lease_schedule::lease_schedule(milliseconds ttl, milliseconds grace,
                               boot_time asked_at)
    : ttl_(ttl), grace_(grace), margin_(margin_of(ttl, grace)),
      end_(asked_at + ttl), renew_at_(asked_at + ttl_ / 3) {}

milliseconds lease_schedule::default_grace(milliseconds ttl) {
  return std::max(ttl / 6, least_grace);
}

void lease_schedule::confirmed(boot_time asked_at) {
  if (asked_at + ttl_ <= end_)
    return;
  end_ = asked_at + ttl_;
  renew_at_ = asked_at + ttl_ / 3;
}

void lease_schedule::postpone(boot_time now) {
  renew_at_ = now + std::clamp<boot_time>(ttl_ / 12, milliseconds{50},
                                          milliseconds{1000});
}

lease_duty lease_schedule::duty(boot_time now) const {
  if (now >= kill_at())
    return lease_duty::kill;
  if (now >= terminate_at())
    return lease_duty::terminate;
  return now >= renew_at_ ? lease_duty::renew : lease_duty::nothing;
}

boot_time lease_schedule::next_change(boot_time now) const {
  for (auto at : {renew_at_, terminate_at(), kill_at()})
    if (at > now && (at != renew_at_ || at < terminate_at()))
      return at;
  return end_;
}

milliseconds lease_schedule::attempt_timeout() const {
  return duration_cast<milliseconds>(
      std::clamp<boot_time>(ttl_ / 6, milliseconds{100}, milliseconds{5000}));
}

} // namespace holdfast
