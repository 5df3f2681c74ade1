// The clock that the exchange tells, which a test may put wrong.
// Must not know calls.
#pragma once

#include "tests/fakes/fake_clock.hpp"

namespace fake {

struct server_clock {
  std::int64_t offset_ms = 0; ///< ahead of the machine's

  /// Milliseconds since the epoch, as the exchange tells them.
  std::int64_t now_ms() const { return wall_ms() + offset_ms; }
};

} // namespace fake
