// Reads JSON text token by token and checks every rule of RFC 8259 on the way.
// Must not know what the text is about, CAF or HTTP.
#include "messages/json_reader.hpp"

#include "messages/json_plain.hpp"
#include "messages/json_writer.hpp"
#include "messages/utf8.hpp"

#include <algorithm>
#include <utility>

namespace holdfast {

namespace {

constexpr std::string_view prefix = "not valid JSON: ";

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string at_byte(std::size_t pos) {
  return " at byte " + std::to_string(pos + 1);
}

} // namespace

json_reader::json_reader(std::string_view json, json_limits limits)
    : json_(json), limits_(limits) {}

json_reader::token json_reader::next() {
  if (!why_.empty())
    return token::refused;
  skip_space();
  from_ = pos_;
  switch (state_) {
  case state::value:
    return read_value();
  case state::value_or_close:
    return peek() == ']' ? close() : read_value();
  case state::name_or_close:
    return peek() == '}' ? close() : read_name();
  case state::more_or_close:
    return read_more_or_close();
  case state::over:
    break;
  }
  return at_end() ? token::end : expected("nothing more");
}

void json_reader::skip_space() {
  while (!at_end()) {
    char c = json_[pos_];
    if (c != ' ' && c != '\n' && c != '\r' && c != '\t')
      return;
    ++pos_;
  }
}

json_reader::token json_reader::read_value() {
  // What comes behind this value, unless it opens a level of its own.
  state_ = levels_.empty() ? state::over : state::more_or_close;
  switch (peek()) {
  case '{':
    return open(true);
  case '[':
    return open(false);
  case '"':
    return read_string() ? token::string : token::refused;
  case 't':
    return read_literal("true", token::boolean);
  case 'f':
    return read_literal("false", token::boolean);
  case 'n':
    return read_literal("null", token::null);
  default:
    return read_number();
  }
}

json_reader::token json_reader::read_name() {
  if (peek() != '"')
    return expected("a member's name in double quotes");
  auto start = pos_;
  if (!read_string())
    return token::refused;
  bool had_escapes = text_.data() == decoded_.data();
  names_.push_back(
      {had_escapes ? unescaped_names_.emplace_front(text_) : text_, start});
  skip_space();
  if (peek() != ':')
    return expected("':' behind a member's name");
  ++pos_;
  state_ = state::value;
  return token::name;
}

json_reader::token json_reader::read_more_or_close() {
  bool object = levels_.back().object;
  if (peek() == (object ? '}' : ']'))
    return close();
  if (peek() != ',')
    return expected(object ? "',' or '}'" : "',' or ']'");
  ++pos_;
  skip_space();
  from_ = pos_;
  return object ? read_name() : read_value();
}

json_reader::token json_reader::read_number() {
  if (peek() == '-')
    ++pos_;
  if (!is_digit(peek()))
    return expected(pos_ == from_ ? "a value" : "a digit");
  if (peek() == '0')
    ++pos_;
  else
    skip_digits();
  if (peek() == '.') {
    ++pos_;
    if (!skip_digits())
      return expected("a digit");
  }
  if (peek() == 'e' || peek() == 'E') {
    ++pos_;
    if (peek() == '+' || peek() == '-')
      ++pos_;
    if (!skip_digits())
      return expected("a digit");
  }
  return token::number;
}

json_reader::token json_reader::read_literal(std::string_view word,
                                             token kind) {
  if (json_.substr(pos_, word.size()) != word)
    return expected("a value");
  pos_ += word.size();
  return kind;
}

json_reader::token json_reader::open(bool object) {
  if (levels_.size() >= limits_.depth_max)
    return refuse("nested deeper than " + std::to_string(limits_.depth_max) +
                  " levels" + at_byte(pos_));
  ++pos_;
  levels_.push_back({object, names_.size()});
  state_ = object ? state::name_or_close : state::value_or_close;
  return object ? token::begin_object : token::begin_array;
}

json_reader::token json_reader::close() {
  auto [object, first_name] = levels_.back();
  if (object && !names_are_unique(first_name))
    return token::refused;
  ++pos_;
  names_.resize(first_name);
  levels_.pop_back();
  state_ = levels_.empty() ? state::over : state::more_or_close;
  return object ? token::end_object : token::end_array;
}

/// Sorting once per object keeps a hostile one with many names cheap.
bool json_reader::names_are_unique(std::size_t first) {
  auto begin = names_.begin() + static_cast<std::ptrdiff_t>(first);
  std::sort(begin, names_.end(), [](const auto& a, const auto& b) {
    return std::pair{a.text, a.at} < std::pair{b.text, b.at};
  });
  auto twin =
      std::adjacent_find(begin, names_.end(), [](const auto& a, const auto& b) {
        return a.text == b.text;
      });
  if (twin == names_.end())
    return true;
  std::string name;
  append_json_string(name, shortened(twin->text));
  refuse("the name " + name + " stands twice in one object," +
         at_byte((twin + 1)->at));
  return false;
}

bool json_reader::read_string() {
  auto first = ++pos_;
  pos_ += plain_length(json_.substr(pos_));
  while (!at_end() && json_[pos_] != '"' && json_[pos_] != '\\')
    if (!check_character())
      return false;
  text_ = json_.substr(first, pos_ - first);
  if (peek() == '\\' && !read_escaped_rest())
    return false;
  if (at_end()) {
    expected("the end of a string");
    return false;
  }
  ++pos_;
  return true;
}

bool json_reader::read_escaped_rest() {
  decoded_.assign(text_);
  while (!at_end() && json_[pos_] != '"') {
    auto start = pos_;
    if (json_[pos_] == '\\') {
      if (!read_escape())
        return false;
    } else if (check_character()) {
      decoded_ += json_.substr(start, pos_ - start);
    } else {
      return false;
    }
  }
  text_ = decoded_;
  return true;
}

bool json_reader::read_escape() {
  static constexpr std::string_view letters = "\"\\/bfnrt";
  static constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
  auto start = pos_++;
  auto index = letters.find(peek());
  if (!at_end() && index != std::string_view::npos) {
    decoded_ += meanings[index];
    ++pos_;
    return true;
  }
  if (peek() != 'u') {
    refuse("a string has an unknown escape" + at_byte(start));
    return false;
  }
  ++pos_;
  std::uint32_t unit = 0;
  if (!read_hex4(unit))
    return false;
  if (unit >= 0xD800 && unit < 0xDC00 && json_.substr(pos_, 2) == "\\u") {
    std::uint32_t low = 0;
    pos_ += 2;
    if (!read_hex4(low))
      return false;
    if (low >= 0xDC00 && low < 0xE000)
      unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
  }
  if (unit >= 0xD800 && unit < 0xE000) {
    refuse("a string has half a surrogate pair" + at_byte(start));
    return false;
  }
  append_utf8(decoded_, unit);
  return true;
}

bool json_reader::read_hex4(std::uint32_t& unit) {
  static constexpr std::string_view digits = "0123456789abcdef";
  for (int left = 4; left > 0; --left) {
    char c = peek();
    if (c >= 'A' && c <= 'F')
      c = static_cast<char>(c - 'A' + 'a');
    auto value = digits.find(c);
    if (value == std::string_view::npos) {
      expected("four hexadecimal digits behind \\u");
      return false;
    }
    unit = unit << 4 | static_cast<std::uint32_t>(value);
    ++pos_;
  }
  return true;
}

/// Steps over one character of a string that is no escape.
bool json_reader::check_character() {
  auto c = static_cast<unsigned char>(json_[pos_]);
  if (c < 0x20) {
    refuse("a string has an unescaped control character" + at_byte(pos_));
    return false;
  }
  auto length = c < 0x80 ? 1 : utf8_length(json_.substr(pos_));
  if (length == 0) {
    refuse("a string is not valid UTF-8" + at_byte(pos_));
    return false;
  }
  pos_ += length;
  return true;
}

bool json_reader::skip_digits() {
  auto start = pos_;
  while (is_digit(peek()))
    ++pos_;
  return pos_ != start;
}

json_reader::token json_reader::refuse(std::string why) {
  why_ = std::string{prefix} + std::move(why);
  return token::refused;
}

json_reader::token json_reader::expected(std::string_view what) {
  std::string why = "expected " + std::string{what} + " but ";
  if (at_end())
    return refuse(why + (json_.empty() ? "it is empty" : "it ends") +
                  (json_.empty() ? "" : at_byte(pos_)));
  auto c = static_cast<unsigned char>(json_[pos_]);
  if (c > 0x20 && c < 0x7F)
    return refuse(why + "found '" + json_[pos_] + "'" + at_byte(pos_));
  why += "found the byte 0x";
  why += "0123456789abcdef"[c >> 4];
  why += "0123456789abcdef"[c & 15];
  return refuse(why + at_byte(pos_));
}

} // namespace holdfast
