// Times as MetaApi writes them.
// Must not know accounts.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace fake {

/// Milliseconds since the epoch of `2026-01-31T23:59:59.123Z`; milliseconds
/// may be left out. Nothing when it is no such time.
std::optional<std::int64_t> parse_time(std::string_view text);

/// With milliseconds.
std::string time_text(std::int64_t ms);

} // namespace fake
