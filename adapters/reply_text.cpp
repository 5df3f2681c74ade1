#include "adapters/reply_text.hpp"

#include <algorithm>
#include <charconv>

namespace holdfast {

namespace {

constexpr std::size_t line_bytes_max = 256;
constexpr std::int64_t pause_max_s = 86'400;

} // namespace

std::string one_line(std::string text) {
  for (auto& c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F)
      c = ' ';
  if (text.size() > line_bytes_max) {
    auto end = line_bytes_max;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80)
      --end; // not in the middle of a character
    text.resize(end);
    text += "…";
  }
  return text;
}

std::string without_secret(std::string text, std::string_view secret) {
  constexpr std::string_view mark = "…";
  if (secret.empty())
    return text;
  for (auto at = text.find(secret); at != std::string::npos;
       at = text.find(secret, at + mark.size()))
    text.replace(at, secret.size(), mark);
  return text;
}

std::optional<std::int64_t> read_retry_after(std::string_view text) {
  std::int64_t seconds = 0;
  auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (end != text.data() + text.size() || text.starts_with('-'))
    return std::nullopt;
  if (error == std::errc::result_out_of_range)
    return pause_max_s * 1000;
  if (error != std::errc{})
    return std::nullopt;
  return std::clamp<std::int64_t>(seconds, 1, pause_max_s) * 1000;
}

} // namespace holdfast
