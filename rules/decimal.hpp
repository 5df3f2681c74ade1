// The exact decimal value of a JSON number, whatever its spelling.
// Must not know floating point.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
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

/// The value without exponent or superfluous zeros: "0.001", "-12", "0". Empty
/// when that takes more than `digits_max` digits.
std::optional<std::string> to_plain_text(const decimal& x,
                                         std::size_t digits_max);

} // namespace holdfast
