// Times of the wall clock as text.
// Must not know a clock.
#pragma once

#include <cstdint>
#include <string>

namespace holdfast {

/// RFC 3339, UTC, with milliseconds: `2026-11-22T15:36:35.123Z`. For times from
/// year 0 to 9999.
std::string timestamp(std::int64_t wall_ms);

} // namespace holdfast
