// This machine's wall clock, for adapters that were given no other.
// Must not know what the time is for.
#pragma once

#include <chrono>
#include <cstdint>

namespace holdfast {

/// In ms since 1970.
inline std::int64_t wall_clock_ms() {
  using namespace std::chrono;
  auto now = system_clock::now().time_since_epoch();
  return duration_cast<milliseconds>(now).count();
}

} // namespace holdfast
