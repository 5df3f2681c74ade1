// The exact decimal value of a JSON number, whatever its spelling, and exact
// arithmetic with such values.
// Must not know floating point.
#pragma once

#include <compare>
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

  bool is_zero() const { return digits.empty(); }

  friend bool operator==(const decimal&, const decimal&) = default;
};

/// Whether `text` is a number as JSON writes it, and nothing else.
bool is_number(std::string_view text);

/// Reads what the grammar of JSON numbers allows; the text must be one.
/// Exponents are read up to +-10^17, beyond any number a program can use.
decimal parse_decimal(std::string_view number);

/// The value without exponent or superfluous zeros: "0.001", "-12", "0". Empty
/// when that takes more than `digits_max` digits.
std::optional<std::string> to_plain_text(const decimal& x,
                                         std::size_t digits_max);

// Arithmetic is for amounts of money: its time and memory grow with the
// distance of the exponents, so that these must come from plain texts, or from
// other bounded ones.

std::strong_ordering operator<=>(const decimal& a, const decimal& b);
decimal operator-(decimal x);
decimal operator+(const decimal& a, const decimal& b);
decimal operator-(const decimal& a, const decimal& b);

/// `a` / `b` with at most `places` digits behind the point, rounded half away
/// from zero. `b` must not be zero.
decimal divide(const decimal& a, const decimal& b, std::size_t places);

} // namespace holdfast
