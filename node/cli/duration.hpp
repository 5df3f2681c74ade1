// Durations as people write them: 500ms, 30s, 2m, 1h.
// Must not know what is measured.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace holdfast {

/// Reads a whole number and a unit: `ms`, `s`, `m` or `h`.
/// @throws std::invalid_argument with a sentence that says what would be right.
std::chrono::milliseconds parse_duration(std::string_view text);

/// The shortest such text: 30000 ms is `30s`.
std::string to_text(std::chrono::milliseconds x);

} // namespace holdfast
