// Passes quickly over what a JSON string holds as it is.
// Must not know what the text is about.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace holdfast {

/// How many of the first bytes are ASCII without control characters, quotes
/// and backslashes: neither check nor escape is needed for them. Possibly
/// fewer: what follows has to be looked at one by one anyway.
inline std::size_t plain_length(std::string_view text) {
  // Eight bytes at a time; the top bit of each byte tells of it.
  constexpr std::uint64_t ones = 0x0101010101010101;
  constexpr std::uint64_t tops = 0x8080808080808080;
  auto below = [](std::uint64_t x, std::uint64_t n) {
    return (x - ones * n) & ~x;
  };
  std::size_t pos = 0;
  for (; pos + sizeof(std::uint64_t) <= text.size();
       pos += sizeof(std::uint64_t)) {
    std::uint64_t x = 0;
    std::memcpy(&x, text.data() + pos, sizeof x);
    auto special = x | below(x, 0x20) | below(x ^ ones * '"', 1) |
                   below(x ^ ones * '\\', 1);
    if ((special & tops) != 0)
      break;
  }
  auto is_plain = [](unsigned char c) {
    return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
  };
  while (pos < text.size() && is_plain(static_cast<unsigned char>(text[pos])))
    ++pos;
  return pos;
}

} // namespace holdfast
