#include "node/cli/text_table.hpp"

#include "messages/utf8.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <sys/ioctl.h>
#include <unistd.h>

namespace holdfast {

namespace {

struct span_of_code_points {
  std::uint32_t first;
  std::uint32_t last;
};

template <std::size_t N>
bool is_in(const std::array<span_of_code_points, N>& spans, std::uint32_t c) {
  return std::ranges::any_of(
      spans, [c](auto& x) { return c >= x.first && c <= x.last; });
}

/// C0, DEL and C1; zero width and direction marks, line separators, byte order
/// mark, tags.
constexpr std::array<span_of_code_points, 9> dangerous{{{0x00, 0x1f},
                                                        {0x7f, 0x9f},
                                                        {0xad, 0xad},
                                                        {0x61c, 0x61c},
                                                        {0x200b, 0x200f},
                                                        {0x2028, 0x202e},
                                                        {0x2060, 0x206f},
                                                        {0xfeff, 0xfeff},
                                                        {0xe0000, 0xe007f}}};

/// The common combining characters of Unicode.
constexpr std::array<span_of_code_points, 6> combining{{{0x300, 0x36f},
                                                        {0x483, 0x489},
                                                        {0x591, 0x5bd},
                                                        {0x1ab0, 0x1aff},
                                                        {0x20d0, 0x20ff},
                                                        {0xfe00, 0xfe0f}}};

/// East Asian wide characters (UAX #11) and emoji, by their blocks.
constexpr std::array<span_of_code_points, 8> wide{{{0x1100, 0x115f},
                                                   {0x2e80, 0x303e},
                                                   {0x3041, 0xa4cf},
                                                   {0xac00, 0xd7a3},
                                                   {0xf900, 0xfaff},
                                                   {0xfe30, 0xfe6f},
                                                   {0xff00, 0xff60},
                                                   {0x1f300, 0x3fffd}}};

std::uint32_t code_point(std::string_view character) {
  auto byte = [&](std::size_t i) {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(character[i]));
  };
  switch (character.size()) {
  case 1:
    return byte(0);
  case 2:
    return (byte(0) & 0x1f) << 6 | (byte(1) & 0x3f);
  case 3:
    return (byte(0) & 0x0f) << 12 | (byte(1) & 0x3f) << 6 | (byte(2) & 0x3f);
  default:
    return (byte(0) & 0x07) << 18 | (byte(1) & 0x3f) << 12 |
           (byte(2) & 0x3f) << 6 | (byte(3) & 0x3f);
  }
}

std::string hex(std::uint32_t x) {
  char text[16];
  std::snprintf(text, sizeof text, "%x", x);
  return text;
}

/// Calls `each(character)` for every UTF-8 character, or byte that is none.
template <class F>
void for_each_character(std::string_view text, F each) {
  while (!text.empty()) {
    auto length = utf8_length(text);
    if (!each(text.substr(0, std::max<std::size_t>(length, 1)), length > 0))
      return;
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
}

std::size_t width_of(std::uint32_t c) {
  return is_in(combining, c) ? 0 : is_in(wide, c) ? 2 : 1;
}

constexpr std::string_view gap = "  ";
constexpr std::string_view ellipsis = "…";
/// No column is cut to less.
constexpr std::size_t least_width = 6;

} // namespace

std::string escaped_for_terminal(std::string_view text) {
  std::string out;
  for_each_character(text, [&](std::string_view c, bool valid) {
    if (!valid)
      out += "\\x" + hex(static_cast<unsigned char>(c[0]));
    else if (is_in(dangerous, code_point(c)))
      out += "\\u{" + hex(code_point(c)) + '}';
    else
      out += c;
    return true;
  });
  return out;
}

std::size_t display_width(std::string_view text) {
  std::size_t sum = 0;
  for_each_character(text, [&](std::string_view c, bool valid) {
    sum += valid ? width_of(code_point(c)) : 1;
    return true;
  });
  return sum;
}

std::string cut_to_width(std::string_view text, std::size_t width) {
  if (display_width(text) <= width)
    return std::string{text};
  std::string out;
  std::size_t sum = 0;
  for_each_character(text, [&](std::string_view c, bool valid) {
    auto more = valid ? width_of(code_point(c)) : 1;
    if (sum + more + 1 > width)
      return false;
    sum += more;
    out += c;
    return true;
  });
  return width == 0 ? std::string{} : out.append(ellipsis);
}

text_table::text_table(std::vector<std::string> heads)
    : heads_(std::move(heads)) {}

void text_table::add(std::vector<std::string> cells) {
  cells.resize(heads_.size());
  for (auto& cell : cells)
    cell = escaped_for_terminal(cell);
  rows_.push_back(std::move(cells));
}

bool text_table::is_numeric(std::size_t column) const {
  return !rows_.empty() && std::ranges::all_of(rows_, [&](auto& row) {
    return row[column].find_first_not_of("0123456789.-") == std::string::npos;
  });
}

std::vector<std::size_t> text_table::widths(std::size_t limit) const {
  std::vector<std::size_t> result;
  std::size_t sum = 0;
  for (std::size_t i = 0; i < heads_.size(); ++i) {
    auto most = display_width(heads_[i]);
    for (auto& row : rows_)
      most = std::max(most, display_width(row[i]));
    result.push_back(most);
    sum += most + (i > 0 ? gap.size() : 0);
  }
  while (limit > 0 && sum > limit) {
    auto widest = std::ranges::max_element(result);
    if (*widest <= least_width)
      break;
    --*widest;
    --sum;
  }
  return result;
}

std::string text_table::text(std::size_t width) const {
  auto columns = widths(width);
  std::string out;
  auto line = [&](const std::vector<std::string>& cells) {
    std::string text;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      auto cell = cut_to_width(cells[i], columns[i]);
      std::string padding(columns[i] - display_width(cell), ' ');
      text += i > 0 ? gap : "";
      text += is_numeric(i) ? padding + cell : cell + padding;
    }
    text.erase(text.find_last_not_of(' ') + 1);
    out += (width > 0 ? cut_to_width(text, width) : text) + '\n';
  };
  line(heads_);
  for (auto& row : rows_)
    line(row);
  return out;
}

std::size_t terminal_width() {
  winsize size{};
  if (isatty(STDOUT_FILENO) != 1 ||
      ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0)
    return 0;
  return size.ws_col;
}

} // namespace holdfast
