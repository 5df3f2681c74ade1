// What a run of a test is told from outside.
#pragma once

#include <cstdint>
#include <cstdlib>

namespace holdfast::test {

/// The number in an environment variable, or `otherwise`.
inline std::uint64_t number_from(const char* variable,
                                 std::uint64_t otherwise) {
  const char* text = std::getenv(variable);
  return text ? std::strtoull(text, nullptr, 10) : otherwise;
}

} // namespace holdfast::test
