// How long a task waits before its next attempt.
// Must not know clocks or sources of randomness: both are the caller's.
#include "rules/retry_policy.hpp"

#include <algorithm>

namespace holdfast {

namespace {

__extension__ using wide = unsigned __int128;

std::int64_t backoff_bound(std::uint32_t attempt, std::int64_t base_ms,
                           std::int64_t max_ms) {
  if (base_ms <= 0 || max_ms <= 0)
    return 0;
  std::uint32_t doublings = attempt > 0 ? attempt - 1 : 0;
  // Comparing before shifting: the product itself may not fit.
  if (doublings >= 63 || base_ms > (max_ms >> doublings))
    return max_ms;
  return base_ms << doublings;
}

} // namespace

std::int64_t retry_delay(std::uint32_t attempt, std::int64_t base_ms,
                         std::int64_t max_ms, std::int64_t retry_after_ms,
                         std::uint64_t random) {
  auto choices = static_cast<wide>(backoff_bound(attempt, base_ms, max_ms)) + 1;
  // The high half of the product spreads evenly without a biased modulo.
  auto jitter = static_cast<std::int64_t>((random * choices) >> 64);
  return std::max(jitter, retry_after_ms);
}

} // namespace holdfast
