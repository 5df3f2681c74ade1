// Letters as the protocols know them, whatever the locale.
// Must not know Unicode.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace holdfast {

constexpr bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
constexpr bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

inline std::string in_capitals(std::string_view text) {
  std::string out{text};
  std::ranges::transform(out, out.begin(), [](char c) {
    return is_lower(c) ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return out;
}

} // namespace holdfast
