// Small texts the tests need: percent-encoding, RFC 3339 times, unique names.
// Must not know the node.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace holdfast::test {

/// `text` as one path segment or query value: everything but unreserved
/// characters becomes %XX.
std::string percent_encoded(std::string_view text);

/// True for `2026-01-31T23:59:59.123Z`: UTC with exactly milliseconds.
bool is_timestamp(const std::string& text);

/// Milliseconds since the epoch. @throws std::runtime_error
std::int64_t to_ms(const std::string& timestamp);

/// The wall clock, in milliseconds since the epoch.
std::int64_t wall_ms();

/// Whether `what` is a part of `text`.
bool mentions(const std::string& text, const std::string& what);

/// `name` with a number no other call in this process gets.
std::string unique(std::string_view name);

} // namespace holdfast::test
