// The exchange's two clocks: the one it tells, which a test may put wrong, and
// the one its delays run on.
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

struct server_clock {
  std::int64_t offset_ms = 0; ///< ahead of the machine's

  /// Milliseconds since the epoch, as the exchange tells them.
  std::int64_t now_ms() const {
    using namespace std::chrono;
    return duration_cast<milliseconds>(system_clock::now().time_since_epoch())
               .count() +
           offset_ms;
  }
};

} // namespace fake
