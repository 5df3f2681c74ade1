#include "adapters/mexc_replies.hpp"

#include "adapters/json_object.hpp"
#include "messages/json_text.hpp"
#include "messages/json_writer.hpp"
#include "rules/decimal.hpp"

#include <boost/multiprecision/cpp_int.hpp>

#include <algorithm>
#include <utility>
#include <vector>

namespace holdfast {

namespace {

namespace mp = boost::multiprecision;

constexpr std::size_t reply_digits_max = 38;
constexpr unsigned price_decimals = 18;
constexpr std::size_t id_bytes_max = 64;

bool is_number(std::string_view text) {
  json_reader in{text, {}};
  return in.next() == json_reader::token::number && in.raw() == text &&
         in.next() == json_reader::token::end;
}

/// An amount that is not negative, as a plain decimal text.
std::optional<std::string> amount_of(const json_object& from,
                                     std::string_view name) {
  auto text = from.text(name);
  if (!is_number(text))
    return std::nullopt;
  auto value = parse_decimal(text);
  if (value.negative)
    return std::nullopt;
  return to_plain_text(value, reply_digits_max);
}

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= id_bytes_max &&
         std::ranges::all_of(text, [](char c) { return c > ' ' && c <= '~'; });
}

bool is_status(std::string_view text) {
  return is_name(text) && std::ranges::all_of(text, [](char c) {
           return (c >= 'A' && c <= 'Z') || c == '_';
         });
}

/// An integer and the power of ten that it is divided by.
struct scaled {
  mp::cpp_int digits;
  unsigned decimals = 0;
};

scaled scaled_of(const std::string& plain) {
  auto point = plain.find('.');
  auto fraction =
      point == std::string::npos ? std::string{} : plain.substr(point + 1);
  auto digits = plain.substr(0, point) + fraction;
  // A leading zero would make it an octal number.
  auto first = digits.find_first_not_of('0');
  return {first == std::string::npos ? mp::cpp_int{0}
                                     : mp::cpp_int{digits.substr(first)},
          static_cast<unsigned>(fraction.size())};
}

mp::cpp_int power_of_ten(unsigned n) { return mp::pow(mp::cpp_int{10}, n); }

bool is_less(const std::string& plain, const std::string& than) {
  auto x = scaled_of(plain);
  auto y = scaled_of(than);
  return x.digits * power_of_ten(y.decimals) <
         y.digits * power_of_ten(x.decimals);
}

std::int64_t decimals_of(const std::string& number) {
  return std::max<std::int64_t>(0, -parse_decimal(number).exponent);
}

order_report refused(std::string code, std::string why) {
  return {order_report::rejected,
          {},
          std::move(code),
          std::move(why) + " (seen before sending)",
          0};
}

bool names_symbol(const json_object& x, std::string_view symbol) {
  return x.text("symbol") == symbol;
}

std::int64_t decimals_in(const json_object& from, std::string_view name) {
  auto value = from.integer(name);
  return value && *value >= 0 ? *value : -1;
}

mexc_symbol symbol_of(const json_object& from) {
  mexc_symbol result;
  auto status = from.text("status");
  auto allowed = from.find("isSpotTradingAllowed");
  result.tradable = (status == "1" || status == "ENABLED") && allowed &&
                    allowed->value == "true";
  result.quantity_min =
      amount_of(from, "baseSizePrecision").value_or(std::string{});
  result.quantity_decimals = decimals_in(from, "baseAssetPrecision");
  result.price_decimals = decimals_in(from, "quotePrecision");
  return result;
}

} // namespace

std::optional<std::int64_t> read_mexc_time(std::string_view body) {
  json_object reply{body};
  auto ms = reply.integer("serverTime");
  // 2001 to 5138: whatever is not milliseconds is another number.
  return ms && *ms > 1'000'000'000'000 && *ms < 100'000'000'000'000
             ? ms
             : std::nullopt;
}

std::string read_mexc_order_id(std::string_view body) {
  auto id = json_object{body}.text("orderId");
  return is_name(id) ? id : std::string{};
}

std::optional<std::string> read_mexc_order(std::string_view body,
                                           const mexc_expected& expected) {
  json_object reply{body};
  auto differs = [&](std::string_view name, const std::string& wanted) {
    auto text = reply.text(name);
    return !text.empty() && !wanted.empty() && text != wanted;
  };
  auto id = reply.text("orderId");
  auto status = reply.text("status");
  auto executed = amount_of(reply, "executedQty");
  if (!is_name(id) || !is_status(status) || !executed ||
      differs("orderId", expected.order_id) ||
      differs("symbol", expected.symbol) ||
      differs("clientOrderId", expected.client_order_id))
    return std::nullopt;
  std::string order;
  json_writer to{order};
  to.begin_object()
      .member("orderId", id)
      .member("clientOrderId", expected.client_order_id)
      .member("status", status)
      .member("executedQuantity", *executed);
  if (auto quote = amount_of(reply, "cummulativeQuoteQty")) {
    to.member("executedQuoteQuantity", *quote);
    if (*executed != "0")
      to.member("averagePrice", divide_amounts(*quote, *executed));
  }
  to.end_object();
  return order;
}

std::string unknown_mexc_order(const std::string& client_order_id,
                               const std::string& order_id) {
  std::string order;
  json_writer{order}
      .begin_object()
      .member("orderId", order_id)
      .member("clientOrderId", client_order_id)
      .member("status", "UNKNOWN")
      .end_object();
  return order;
}

std::string divide_amounts(const std::string& dividend,
                           const std::string& divisor) {
  auto x = scaled_of(dividend);
  auto y = scaled_of(divisor);
  mp::cpp_int above = x.digits * power_of_ten(y.decimals + price_decimals);
  mp::cpp_int below = y.digits * power_of_ten(x.decimals);
  mp::cpp_int rounded = (2 * above + below) / (2 * below);
  auto digits = rounded.str();
  if (digits.size() <= price_decimals)
    digits.insert(0, price_decimals - digits.size() + 1, '0');
  digits.insert(digits.size() - price_decimals, 1, '.');
  digits.erase(digits.find_last_not_of('0') + 1);
  if (digits.back() == '.')
    digits.pop_back();
  return digits;
}

mexc_symbol_reply read_mexc_symbol(std::string_view body,
                                   std::string_view symbol) {
  json_object reply{body};
  auto list = reply.find("symbols");
  std::vector<json_element> symbols;
  std::string why;
  if (!list || !split_elements(list->value, {}, symbols, why))
    return {};
  for (const auto& x : symbols)
    if (json_object entry{x.value}; names_symbol(entry, symbol))
      return {mexc_symbol_reply::found, symbol_of(entry)};
  return {mexc_symbol_reply::not_listed, {}};
}

std::optional<order_report> check_mexc_order(const mexc_symbol& rules,
                                             const place_order& order) {
  if (!rules.tradable)
    return refused("10007", "symbol " + order.symbol +
                                " is not open for trading at MEXC now");
  if (!order.quantity.empty() && !rules.quantity_min.empty() &&
      is_less(order.quantity, rules.quantity_min))
    return refused("30002", "quantity " + order.quantity + " is less than " +
                                rules.quantity_min + ", the minimum of " +
                                order.symbol);
  auto too_fine = [](const std::string& amount, std::int64_t decimals) {
    return !amount.empty() && decimals >= 0 && decimals_of(amount) > decimals;
  };
  auto finer = [&](std::string_view name, const std::string& amount,
                   std::int64_t decimals) {
    return refused({}, std::string{name} + ' ' + amount +
                           " has more than the " + std::to_string(decimals) +
                           " decimals that " + order.symbol + " takes");
  };
  if (too_fine(order.quantity, rules.quantity_decimals))
    return finer("quantity", order.quantity, rules.quantity_decimals);
  if (too_fine(order.price, rules.price_decimals))
    return finer("price", order.price, rules.price_decimals);
  return std::nullopt;
}

} // namespace holdfast
