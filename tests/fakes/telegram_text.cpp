// UTF-8 by hand: the fake links nothing that could do it.
// Must not know markup or messages.
#include "tests/fakes/telegram_text.hpp"

#include <algorithm>

namespace fake {

namespace {

constexpr std::string_view white_space = " \t\n\v\f\r";

/// How many bytes a sequence has that begins with `lead`; 0: none does.
std::size_t sequence_length(unsigned char lead) {
  if (lead < 0x80)
    return 1;
  if (lead >= 0xc2 && lead < 0xe0)
    return 2;
  if (lead >= 0xe0 && lead < 0xf0)
    return 3;
  return lead >= 0xf0 && lead < 0xf5 ? 4 : 0;
}

bool is_sequence(std::string_view bytes) {
  auto at = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  for (std::size_t i = 1; i < bytes.size(); ++i)
    if (at(i) < 0x80 || at(i) >= 0xc0)
      return false;
  if (bytes.size() < 3)
    return true;
  auto overlong =
      (at(0) == 0xe0 && at(1) < 0xa0) || (at(0) == 0xf0 && at(1) < 0x90);
  auto surrogate = at(0) == 0xed && at(1) >= 0xa0;
  auto too_large = at(0) == 0xf4 && at(1) >= 0x90;
  return !overlong && !surrogate && !too_large;
}

} // namespace

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    auto length = sequence_length(static_cast<unsigned char>(text.front()));
    if (length == 0 || length > text.size() ||
        !is_sequence(text.substr(0, length)))
      return false;
    text.remove_prefix(length);
  }
  return true;
}

std::size_t utf16_length(std::string_view text) {
  std::size_t units = 0;
  for (unsigned char c : text)
    units += (c < 0x80 || c >= 0xc0) + (c >= 0xf0); // a pair for four bytes
  return units;
}

void append_utf8(std::string& text, char32_t code) {
  auto tail = [&](int shift) {
    text += static_cast<char>(0x80 | ((code >> shift) & 0x3f));
  };
  if (code < 0x80) {
    text += static_cast<char>(code);
  } else if (code < 0x800) {
    text += static_cast<char>(0xc0 | (code >> 6));
    tail(0);
  } else if (code < 0x10000) {
    text += static_cast<char>(0xe0 | (code >> 12));
    tail(6);
    tail(0);
  } else {
    text += static_cast<char>(0xf0 | (code >> 18));
    tail(12);
    tail(6);
    tail(0);
  }
}

formatted_text trimmed(const formatted_text& whole) {
  auto first =
      std::min(whole.text.find_first_not_of(white_space), whole.text.size());
  auto end = whole.text.find_last_not_of(white_space) + 1; // npos + 1 is 0
  formatted_text result;
  if (first < end)
    result.text = whole.text.substr(first, end - first);
  auto units = utf16_length(result.text);
  for (auto each : whole.entities) {
    auto last = each.offset + each.length;
    auto from = each.offset - std::min(each.offset, first);
    auto to = std::min(last - std::min(last, first), units);
    if (from >= to)
      continue;
    each.offset = from;
    each.length = to - from;
    result.entities.push_back(each);
  }
  return result;
}

} // namespace fake
