// The two clocks of the fakes: the one that dates what happens, and the one
// that their delays run on.
// Must not know calls.
#pragma once

#include <chrono>
#include <cstdint>

namespace fake {

/// Milliseconds on a clock that nobody sets.
inline std::int64_t steady_ms() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(steady_clock::now().time_since_epoch())
      .count();
}

/// Milliseconds since the epoch, by the machine's clock.
inline std::int64_t wall_ms() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch())
      .count();
}

} // namespace fake
