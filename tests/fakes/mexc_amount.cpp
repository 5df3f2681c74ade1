// Fixed-point arithmetic on 128 bits.
// Must not know orders.
#include "tests/fakes/mexc_amount.hpp"

#include <algorithm>

namespace fake {

namespace {

constexpr std::size_t whole_digits_max = 11;
constexpr int128 one = 100'000'000;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

} // namespace

std::optional<amount> parse_amount(std::string_view text) {
  auto point = text.find('.');
  auto whole = text.substr(0, point);
  auto rest = point == text.npos ? std::string_view{} : text.substr(point + 1);
  if (whole.empty() || whole.size() > whole_digits_max ||
      rest.size() > amount_places || (point != text.npos && rest.empty()))
    return std::nullopt;
  auto digits = std::string{whole} + std::string{rest};
  digits.append(amount_places - rest.size(), '0');
  amount result;
  for (char c : digits) {
    if (!is_digit(c))
      return std::nullopt;
    result.units = result.units * 10 + (c - '0');
  }
  return result;
}

std::string to_text(amount value) {
  std::string reversed;
  auto rest = value.units;
  for (int place = 0; place < amount_places || rest > 0; ++place) {
    auto digit = static_cast<char>('0' + static_cast<int>(rest % 10));
    rest /= 10;
    if (place == amount_places && !reversed.empty())
      reversed += '.';
    if (place >= amount_places || digit != '0' || !reversed.empty())
      reversed += digit;
  }
  if (value.units < one)
    reversed += reversed.empty() ? "0" : ".0";
  return {reversed.rbegin(), reversed.rend()};
}

int places_of(amount value) {
  int places = amount_places;
  auto rest = value.units;
  for (; places > 0 && rest % 10 == 0; --places)
    rest /= 10;
  return places;
}

amount operator+(amount a, amount b) { return {a.units + b.units}; }
amount operator-(amount a, amount b) { return {a.units - b.units}; }
amount operator*(amount a, amount b) { return {a.units * b.units / one}; }
amount operator/(amount a, amount b) { return {a.units * one / b.units}; }

} // namespace fake
