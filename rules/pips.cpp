// The size of a pip by instrument, and how many of them a position has won.
// Must not know reports, CAF, HTTP or storage.
#include "rules/ascii.hpp"
#include "rules/decimal.hpp"
#include "rules/glob.hpp"
#include "rules/position_rules.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace holdfast {

namespace {

constexpr std::size_t size_digits_max = 38;
constexpr std::size_t pattern_bytes_max = 64;
constexpr std::size_t pips_places = 2;
/// Prices and pip sizes have 38 digits on either side of the point.
constexpr std::size_t pips_digits_max = 200;

/// ISO 4217, what brokers quote.
constexpr std::array<std::string_view, 42> currencies{
    "AED", "ARS", "AUD", "BGN", "BHD", "BRL", "CAD", "CHF", "CLP", "CNH", "CNY",
    "COP", "CZK", "DKK", "EGP", "EUR", "GBP", "HKD", "HUF", "IDR", "ILS", "INR",
    "ISK", "JPY", "KES", "KRW", "KWD", "MXN", "MYR", "NOK", "NZD", "PHP", "PLN",
    "RON", "RUB", "SAR", "SEK", "SGD", "THB", "TRY", "USD", "ZAR"};

/// Two currency codes in front of a broker's suffix, if it is that.
struct currency_pair {
  std::string base;
  std::string quote;
};

std::optional<currency_pair> read_pair(std::string_view symbol) {
  auto is_currency = [](std::string_view code) {
    return std::ranges::find(currencies, code) != currencies.end();
  };
  currency_pair pair{in_capitals(symbol.substr(0, 3)), {}};
  symbol.remove_prefix(std::min<std::size_t>(3, symbol.size()));
  if (symbol.starts_with('/'))
    symbol.remove_prefix(1);
  pair.quote = in_capitals(symbol.substr(0, 3));
  symbol.remove_prefix(std::min<std::size_t>(3, symbol.size()));
  auto suffix =
      symbol.empty() || !(is_upper(symbol.front()) || is_digit(symbol.front()));
  // Metals have codes of their own, and are worth something in currencies.
  auto metal = pair.base == "XAU" || pair.base == "XAG";
  if (!suffix || !is_currency(pair.quote) || !(metal || is_currency(pair.base)))
    return std::nullopt;
  return pair;
}

} // namespace

std::optional<std::string> pip_table::add(std::string pattern,
                                          std::string size) {
  if (pattern.empty() || pattern.size() > pattern_bytes_max)
    return "the pattern must have 1 to " + std::to_string(pattern_bytes_max) +
           " bytes, such as \"XAU*\"";
  if (!is_glob(pattern))
    return "the pattern \"" + pattern + "\" has a [ without its ]";
  std::optional<std::string> plain;
  if (is_number(size)) {
    auto value = parse_decimal(size);
    if (!value.negative && !value.is_zero())
      plain = to_plain_text(value, size_digits_max);
  }
  if (!plain)
    return "the size must be a decimal greater than 0 of at most " +
           std::to_string(size_digits_max) +
           " digits, such as \"0.0001\", not \"" + size.substr(0, 64) + '"';
  patterns_.insert_or_assign(std::move(pattern), *plain);
  return std::nullopt;
}

std::string pip_table::size_of(std::string_view symbol) const {
  const std::pair<const std::string, std::string>* best = nullptr;
  for (const auto& row : patterns_)
    if (glob_matches(row.first, symbol) &&
        (best == nullptr || row.first.size() > best->first.size()))
      best = &row;
  if (best != nullptr)
    return best->second;
  auto pair = read_pair(symbol);
  if (!pair)
    return "1";
  if (pair->base == "XAU")
    return "0.1";
  if (pair->base == "XAG")
    return "0.01";
  return pair->quote == "JPY" ? "0.01" : "0.0001";
}

std::string pips_between(position_side side, std::string_view open_price,
                         std::string_view close_price,
                         std::string_view pip_size) {
  auto won = parse_decimal(close_price) - parse_decimal(open_price);
  if (side == position_side::sell)
    won = -won;
  return to_plain_text(divide(won, parse_decimal(pip_size), pips_places),
                       pips_digits_max)
      .value();
}

} // namespace holdfast
