// What other services say, made fit to be told on.
// Must not know any service.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace holdfast {

/// `text` with a space for each control character, U+0080 to U+009F too. Line
/// breaks may be kept.
std::string without_controls(std::string_view text, bool keep_lines);

/// One line that fits into a journal row: without control characters, and cut
/// off after 256 bytes.
std::string one_line(std::string_view text);

/// `text` with "…" wherever `secret` stands in it: services may repeat in a
/// message what was sent to them. An empty secret is in no text.
std::string without_secret(std::string text, std::string_view secret);

/// The seconds of a Retry-After header, in ms, between 1 s and a day; empty
/// when it is a date, or nothing.
std::optional<std::int64_t> read_retry_after(std::string_view text);

} // namespace holdfast
