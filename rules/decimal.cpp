// The exact decimal value of a JSON number, whatever its spelling.
// Must not know floating point.
#include "rules/decimal.hpp"

#include <algorithm>

namespace holdfast {

namespace {

constexpr std::int64_t exponent_max = 100'000'000'000'000'000;

std::int64_t parse_exponent(std::string_view text) {
  bool negative = text.front() == '-';
  if (negative || text.front() == '+')
    text.remove_prefix(1);
  std::int64_t value = 0;
  for (char c : text)
    value = std::min(value * 10 + (c - '0'), exponent_max);
  return negative ? -value : value;
}

} // namespace

decimal parse_decimal(std::string_view number) {
  decimal result;
  result.negative = number.front() == '-';
  if (result.negative)
    number.remove_prefix(1);
  auto mark = number.find_first_of("eE");
  if (mark != std::string_view::npos)
    result.exponent = parse_exponent(number.substr(mark + 1));
  number = number.substr(0, mark);
  auto point = number.find('.');
  result.digits = number.substr(0, point);
  if (point != std::string_view::npos) {
    auto fraction = number.substr(point + 1);
    result.digits += fraction;
    result.exponent -= static_cast<std::int64_t>(fraction.size());
  }
  auto last = result.digits.find_last_not_of('0');
  if (last == std::string::npos)
    return {};
  result.exponent += static_cast<std::int64_t>(result.digits.size() - last - 1);
  result.digits.resize(last + 1);
  result.digits.erase(0, result.digits.find_first_not_of('0'));
  return result;
}

std::optional<std::string> to_plain_text(const decimal& x,
                                         std::size_t digits_max) {
  if (x.digits.empty())
    return "0";
  // Far beyond any bound, and no room for it is wasted below.
  auto room = static_cast<std::int64_t>(digits_max);
  if (x.exponent > room || x.exponent < -room)
    return std::nullopt;
  auto text = x.digits;
  if (x.exponent >= 0) {
    text.append(static_cast<std::size_t>(x.exponent), '0');
  } else {
    auto fraction = static_cast<std::size_t>(-x.exponent);
    if (text.size() <= fraction)
      text.insert(0, fraction - text.size() + 1, '0');
    text.insert(text.size() - fraction, 1, '.');
  }
  auto digits = text.size() - (x.exponent < 0 ? 1 : 0);
  if (text.starts_with("0."))
    digits -= 1; // stands only for the eye
  if (digits > digits_max)
    return std::nullopt;
  return (x.negative ? "-" : "") + text;
}

} // namespace holdfast
