// The exact decimal value of a JSON number, whatever its spelling.
// Must not know floating point.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace holdfast {

/// `digits` * 10^`exponent`, without leading or trailing zeros in `digits`, so
/// that equal values compare equal. No digits: zero, which has no sign.
struct decimal {
  bool negative = false;
  std::string digits;
  std::int64_t exponent = 0;

  friend bool operator==(const decimal&, const decimal&) = default;
};

/// Reads what the grammar of JSON numbers allows; the text must be one.
/// Exponents are read up to +-10^17, beyond any number a program can use.
decimal parse_decimal(std::string_view number);

} // namespace holdfast
