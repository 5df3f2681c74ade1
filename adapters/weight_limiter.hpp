// Counts what requests weigh, so that an exchange need not refuse them.
// Must not know any exchange or clock.
#pragma once

#include <cstdint>
#include <deque>

namespace holdfast {

/// At most so much weight within any stretch of time that long. Not
/// thread-safe.
class weight_limiter {
public:
  weight_limiter(std::int64_t weight_max, std::int64_t window_ms)
      : weight_max_(weight_max), window_ms_(window_ms) {}

  /// Counts a request of `weight` (1 to the maximum) at `now_ms`, which never
  /// goes back; answers 0. If that were too much, counts nothing and answers
  /// in how many ms it will fit.
  std::int64_t take(std::int64_t weight, std::int64_t now_ms);

private:
  struct taken {
    std::int64_t at_ms;
    std::int64_t weight;
  };

  const std::int64_t weight_max_;
  const std::int64_t window_ms_;
  std::deque<taken> taken_; ///< oldest first; at most `weight_max_` of them
  std::int64_t sum_ = 0;
};

} // namespace holdfast
