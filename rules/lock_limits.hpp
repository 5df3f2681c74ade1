// The configured limits and defaults of locks. Milliseconds throughout.
#pragma once

#include <cstdint>

namespace holdfast {

struct lock_limits {
  std::int64_t timeout_ms = 30'000;        ///< lease when none is asked for
  std::int64_t timeout_max_ms = 3'600'000; ///< longest lease
  std::uint32_t queue_depth_max = 1000;    ///< waiters per resource
  std::uint32_t max_retries = 3;           ///< of a task when none is asked for
  std::int64_t retry_base_ms = 200;
  std::int64_t retry_max_ms = 30'000;
  std::int64_t outcome_retention_ms = 86'400'000; ///< replays are answered
};

} // namespace holdfast
