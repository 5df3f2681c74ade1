// The text of identities, e.g. `lock-5f3a9c1e-42`.
// Must not know CAF or storage.
#include "messages/ids.hpp"

#include <charconv>
#include <system_error>

namespace holdfast {

namespace {

constexpr std::size_t tag_digits = 8;

std::string_view prefix_of(id_kind kind) {
  switch (kind) {
  case id_kind::lock:
    return "lock-";
  case id_kind::entry:
    return "entry-";
  case id_kind::dead_letter:
    return "dead-";
  case id_kind::trade:
    return "trade-";
  case id_kind::effect:
    return "effect-";
  case id_kind::signal:
    return "signal-";
  }
  return "unknown-";
}

bool parse_tag(std::string_view text, std::uint32_t& store) {
  for (char c : text)
    if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
      return false;
  auto end = text.data() + text.size();
  return std::from_chars(text.data(), end, store, 16).ptr == end;
}

bool parse_number(std::string_view text, std::uint64_t& number) {
  // A leading zero would give one id two texts; zero itself names nothing.
  if (text.empty() || text.front() < '1' || text.front() > '9')
    return false;
  auto end = text.data() + text.size();
  auto [ptr, failure] = std::from_chars(text.data(), end, number);
  return failure == std::errc{} && ptr == end;
}

} // namespace

std::string to_text(id_kind kind, std::uint32_t store, std::uint64_t number) {
  std::string text{prefix_of(kind)};
  for (int shift = 28; shift >= 0; shift -= 4)
    text += "0123456789abcdef"[(store >> shift) & 15];
  text += '-';
  text += std::to_string(number);
  return text;
}

bool parse_id(id_kind kind, std::string_view text, std::uint32_t& store,
              std::uint64_t& number) {
  auto prefix = prefix_of(kind);
  if (!text.starts_with(prefix))
    return false;
  text.remove_prefix(prefix.size());
  if (text.size() <= tag_digits || text[tag_digits] != '-')
    return false;
  std::uint32_t tag = 0;
  std::uint64_t count = 0;
  if (!parse_tag(text.substr(0, tag_digits), tag) ||
      !parse_number(text.substr(tag_digits + 1), count))
    return false;
  store = tag;
  number = count;
  return true;
}

} // namespace holdfast
