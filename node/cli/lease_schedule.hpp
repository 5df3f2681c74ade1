// When a lock must be renewed, and when the command under it must end.
// Must not know clocks, HTTP or processes: all times are given.
#pragma once

#include <chrono>

namespace holdfast {

/// A point of the boot clock, which goes on while the machine sleeps.
using boot_time = std::chrono::microseconds;

/// What is to be done now. Each outranks those before it.
enum class lease_duty { nothing, renew, terminate, kill };

/// The lease as this side may believe in it: each confirmation counts from
/// before its request was sent, so the node's lease never ends earlier.
///
///   asked            renew          TERM      KILL  end
///     ├───── ttl/3 ─────┤  ... retries ...│       │    │
///                                         └─ grace ────┘
class lease_schedule {
public:
  /// The grant or renewal that was asked for at `asked_at` was confirmed.
  lease_schedule(std::chrono::milliseconds ttl, std::chrono::milliseconds grace,
                 boot_time asked_at);

  /// A sixth of the lease, at least 100 ms.
  static std::chrono::milliseconds default_grace(std::chrono::milliseconds ttl);

  /// Shortest lease that leaves room to renew, end and kill.
  static constexpr std::chrono::milliseconds least_ttl{1000};
  static constexpr std::chrono::milliseconds least_grace{100};

  /// Never shortens the lease: answers may come in any order.
  void confirmed(boot_time asked_at);

  /// A renewal failed without telling that the lock is lost.
  void postpone(boot_time now);

  lease_duty duty(boot_time now) const;

  /// When `duty` changes next; the end of the lease when it does not any more.
  boot_time next_change(boot_time now) const;

  boot_time terminate_at() const { return end_ - grace_; }
  boot_time kill_at() const { return end_ - margin_; }
  boot_time end() const { return end_; }

  /// How long one attempt to renew may take before the next is made.
  std::chrono::milliseconds attempt_timeout() const;

private:
  boot_time ttl_;
  boot_time grace_;
  boot_time margin_; ///< between KILL and the end
  boot_time end_;
  boot_time renew_at_;
};

} // namespace holdfast
