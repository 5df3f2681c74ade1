#include "adapters/reply_text.hpp"

#include <algorithm>
#include <charconv>

namespace holdfast {

namespace {

constexpr std::size_t line_bytes_max = 256;
constexpr std::int64_t pause_max_s = 86'400;

} // namespace

std::string without_controls(std::string_view text, bool keep_lines) {
  std::string result;
  result.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto byte = static_cast<unsigned char>(text[i]);
    auto next =
        static_cast<unsigned char>(i + 1 < text.size() ? text[i + 1] : '\0');
    // U+0080 to U+009F take two bytes.
    auto two = byte == 0xC2 && next >= 0x80 && next < 0xA0;
    auto breaks = keep_lines && byte == '\n';
    auto control = two || byte < 0x20 || byte == 0x7F;
    result += control && !breaks ? ' ' : text[i];
    i += two ? 1 : 0;
  }
  return result;
}

std::string one_line(std::string_view text) {
  auto line = without_controls(text, false);
  if (line.size() > line_bytes_max) {
    auto end = line_bytes_max;
    while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xC0) == 0x80)
      --end; // not in the middle of a character
    line.resize(end);
    line += "…";
  }
  return line;
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
