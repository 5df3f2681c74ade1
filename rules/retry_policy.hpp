// How long a task waits before its next attempt.
// Must not know clocks or sources of randomness: both are the caller's.
#pragma once

#include <cstdint>

namespace holdfast {

/// Exponential back-off with full jitter: `random` (all 64 bits evenly
/// distributed) chooses evenly from 0 up to and including
/// min(`max_ms`, `base_ms` * 2^(`attempt` - 1)). `attempt` 1 is the first
/// retry. Never less than `retry_after_ms`, which may exceed `max_ms`: it is
/// what the other side asked for.
std::int64_t retry_delay(std::uint32_t attempt, std::int64_t base_ms,
                         std::int64_t max_ms, std::int64_t retry_after_ms,
                         std::uint64_t random);

} // namespace holdfast
