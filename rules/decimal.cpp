// The exact decimal value of a JSON number, whatever its spelling, and exact
// arithmetic with such values.
// Must not know floating point.
#include "rules/decimal.hpp"

#include "messages/json_reader.hpp"

#include <algorithm>
#include <utility>

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

/// Moves zeros out of `digits`, so that every value has one form.
decimal normalized(decimal x) {
  auto last = x.digits.find_last_not_of('0');
  if (last == std::string::npos)
    return {};
  x.exponent += static_cast<std::int64_t>(x.digits.size() - last - 1);
  x.digits.resize(last + 1);
  x.digits.erase(0, x.digits.find_first_not_of('0'));
  return x;
}

// Whole numbers without a sign: digit strings of one length, so that the
// order of texts is the order of values.

/// The digits of `x` in units of 10^`exponent`, at least `width` of them.
std::string scaled(const decimal& x, std::int64_t exponent,
                   std::size_t width = 0) {
  auto text = x.digits;
  if (!x.is_zero())
    text.append(static_cast<std::size_t>(x.exponent - exponent), '0');
  if (text.size() < width)
    text.insert(0, width - text.size(), '0');
  return text;
}

/// Adds `b` to `a`, which has room for what is carried.
void add_digits(std::string& a, const std::string& b) {
  int carry = 0;
  for (auto at = a.size(); at-- > 0;) {
    auto sum = a[at] - '0' + b[at] - '0' + carry;
    a[at] = static_cast<char>('0' + sum % 10);
    carry = sum / 10;
  }
}

/// Subtracts `b` from `a`, which is not less.
void subtract_digits(std::string& a, const std::string& b) {
  int borrow = 0;
  for (auto at = a.size(); at-- > 0;) {
    auto rest = a[at] - b[at] - borrow;
    borrow = rest < 0 ? 1 : 0;
    a[at] = static_cast<char>('0' + rest + borrow * 10);
  }
}

/// Both in the same units with the same number of digits, one to spare.
struct aligned {
  aligned(const decimal& x, const decimal& y)
      : exponent(x.is_zero()   ? y.exponent
                 : y.is_zero() ? x.exponent
                               : std::min(x.exponent, y.exponent)),
        a(scaled(x, exponent)), b(scaled(y, exponent)) {
    auto width = std::max(a.size(), b.size()) + 1;
    a.insert(0, width - a.size(), '0');
    b.insert(0, width - b.size(), '0');
  }

  std::int64_t exponent;
  std::string a;
  std::string b;
};

} // namespace

bool is_number(std::string_view text) {
  json_reader in{text, {}};
  return in.next() == json_reader::token::number && in.raw() == text &&
         in.next() == json_reader::token::end;
}

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
  return normalized(std::move(result));
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

std::strong_ordering operator<=>(const decimal& a, const decimal& b) {
  if (a.negative != b.negative)
    return a.negative ? std::strong_ordering::less
                      : std::strong_ordering::greater;
  aligned both{a, b};
  return a.negative ? both.b <=> both.a : both.a <=> both.b;
}

decimal operator-(decimal x) {
  x.negative = !x.is_zero() && !x.negative;
  return x;
}

decimal operator+(const decimal& a, const decimal& b) {
  aligned both{a, b};
  auto negative = a.negative;
  if (a.negative == b.negative) {
    add_digits(both.a, both.b);
  } else {
    if (both.a < both.b) {
      std::swap(both.a, both.b);
      negative = b.negative;
    }
    subtract_digits(both.a, both.b);
  }
  return normalized({negative, std::move(both.a), both.exponent});
}

decimal operator-(const decimal& a, const decimal& b) { return a + -b; }

decimal divide(const decimal& a, const decimal& b, std::size_t places) {
  if (a.is_zero())
    return {};
  // As whole numbers whose quotient counts units of the last place.
  auto unit = -static_cast<std::int64_t>(places);
  auto common = std::min(a.exponent - unit, b.exponent);
  auto above = scaled(a, common + unit);
  auto below = scaled(b, common);
  // Digit by digit, as on paper; the remainder has room for one more digit.
  below.insert(0, 1, '0');
  std::string rest(below.size(), '0');
  std::string quotient = "0";
  for (auto digit : above) {
    rest.erase(0, 1);
    rest += digit;
    char times = '0';
    for (; rest >= below; ++times)
      subtract_digits(rest, below);
    quotient += times;
  }
  auto twice = '0' + rest;
  add_digits(twice, '0' + rest);
  if (twice >= '0' + below)
    add_digits(quotient, std::string(quotient.size() - 1, '0') + '1');
  return normalized({a.negative != b.negative, std::move(quotient), unit});
}

} // namespace holdfast
