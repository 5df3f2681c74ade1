// Decimal amounts with eight places, without floating point.
// Must not know orders.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace fake {

__extension__ typedef __int128 int128;

struct amount {
  int128 units = 0; ///< of 1e-8
  auto operator<=>(const amount&) const = default;
};

constexpr int amount_places = 8;

/// `12.5`: digits, at most eleven before the point and eight after it. Eleven,
/// so that a product of two fits.
std::optional<amount> parse_amount(std::string_view text);

/// The shortest text: no trailing zeros, `0` for nothing.
std::string to_text(amount value);

/// How many digits follow the point, trailing zeros left out.
int places_of(amount value);

amount operator+(amount a, amount b);
amount operator-(amount a, amount b);
amount operator*(amount a, amount b); ///< rounded down
amount operator/(amount a, amount b); ///< rounded down; `b` is not zero

} // namespace fake
