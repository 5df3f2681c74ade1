// UTF-8 as RFC 3629 has it: no surrogates, no overlong forms, up to U+10FFFF.
// Must not know JSON or any field.
#include "messages/utf8.hpp"

namespace holdfast {

namespace {

std::uint8_t byte_at(std::string_view text, std::size_t index) {
  return static_cast<std::uint8_t>(text[index]);
}

bool continues(std::string_view text, std::size_t index) {
  return (byte_at(text, index) & 0xC0) == 0x80;
}

/// The second byte decides whether a form is overlong, a surrogate, or beyond
/// U+10FFFF (RFC 3629, section 4).
bool second_byte_fits(std::uint8_t lead, std::uint8_t second) {
  switch (lead) {
  case 0xE0:
    return second >= 0xA0 && second <= 0xBF;
  case 0xED:
    return second >= 0x80 && second <= 0x9F;
  case 0xF0:
    return second >= 0x90 && second <= 0xBF;
  case 0xF4:
    return second >= 0x80 && second <= 0x8F;
  default:
    return second >= 0x80 && second <= 0xBF;
  }
}

} // namespace

std::size_t utf8_length(std::string_view text) {
  if (text.empty())
    return 0;
  auto lead = byte_at(text, 0);
  if (lead < 0x80)
    return 1;
  if (lead < 0xC2 || lead > 0xF4)
    return 0;
  std::size_t length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  if (text.size() < length || !second_byte_fits(lead, byte_at(text, 1)))
    return 0;
  for (std::size_t index = 2; index < length; ++index)
    if (!continues(text, index))
      return 0;
  return length;
}

std::size_t find_invalid_utf8(std::string_view text) {
  std::size_t pos = 0;
  while (pos < text.size()) {
    if (byte_at(text, pos) < 0x80) {
      ++pos;
      continue;
    }
    auto length = utf8_length(text.substr(pos));
    if (length == 0)
      return pos;
    pos += length;
  }
  return std::string_view::npos;
}

void append_utf8(std::string& out, std::uint32_t code_point) {
  auto append = [&out](std::uint32_t byte) { out += static_cast<char>(byte); };
  auto append_rest = [&](int shift) {
    for (; shift >= 0; shift -= 6)
      append(0x80 | ((code_point >> shift) & 0x3F));
  };
  if (code_point < 0x80) {
    append(code_point);
  } else if (code_point < 0x800) {
    append(0xC0 | (code_point >> 6));
    append_rest(0);
  } else if (code_point < 0x10000) {
    append(0xE0 | (code_point >> 12));
    append_rest(6);
  } else {
    append(0xF0 | (code_point >> 18));
    append_rest(12);
  }
}

std::string shortened(std::string_view text, std::size_t max) {
  if (text.size() <= max)
    return std::string{text};
  auto end = max;
  while (end > 0 && continues(text, end))
    --end;
  return std::string{text.substr(0, end)} + "…";
}

} // namespace holdfast
