#include "adapters/paper_book.hpp"

#include "messages/json_writer.hpp"
#include "rules/decimal.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace holdfast {

namespace {

namespace mp = boost::multiprecision;

constexpr unsigned scale = 38;
/// Quantities that follow from an amount of money end here.
constexpr unsigned lot_decimals = 8;

const mp::cpp_int& one() {
  static const mp::cpp_int value = mp::pow(mp::cpp_int{10}, scale);
  return value;
}

const mp::cpp_int& lot() {
  static const mp::cpp_int value =
      mp::pow(mp::cpp_int{10}, scale - lot_decimals);
  return value;
}

struct assets {
  std::string base;
  std::string quote;
};

/// BTCUSDT is BTC priced in USDT; without a known ending there is no telling.
assets split(const std::string& symbol) {
  static constexpr std::array<std::string_view, 7> quotes{
      "USDT", "USDC", "USD", "EUR", "BTC", "ETH", "BNB"};
  for (auto quote : quotes)
    if (symbol.size() > quote.size() && symbol.ends_with(quote)) {
      auto base = symbol.substr(0, symbol.size() - quote.size());
      while (!base.empty() &&
             (base.back() == '_' || base.back() == '-' || base.back() == '/'))
        base.pop_back();
      return {base, std::string{quote}};
    }
  return {symbol, "USDT"};
}

order_report rejected(std::string code, std::string why) {
  return {order_report::rejected, {}, std::move(code), std::move(why), 0};
}

} // namespace

bool is_amount(std::string_view text) {
  auto point = text.find('.');
  auto points = std::ranges::count(text, '.');
  // The zero of "0.5" is none of the digits: it stands only for the eye.
  auto others =
      static_cast<std::size_t>(points) + (text.starts_with("0.") ? 1 : 0);
  return !text.empty() && points <= 1 && point != 0 &&
         point != text.size() - 1 && text.size() - others <= scale &&
         text.find_first_not_of("0123456789.") == std::string_view::npos;
}

paper_book::paper_book(const paper_options& options)
    : orders_max_(options.orders_max),
      default_price_(parse(options.default_price, "default_price")),
      counts_money_(!options.balances.empty()) {
  for (const auto& [symbol, price] : options.prices)
    prices_[symbol] = parse(price, "the price of " + symbol);
  for (const auto& [asset, balance] : options.balances)
    balances_[asset] = parse(balance, "the balance of " + asset);
}

paper_book::amount paper_book::parse(const std::string& text,
                                     const std::string& what) {
  if (!is_amount(text))
    throw std::invalid_argument{what +
                                " must be a decimal number such as "
                                "\"100\" or \"0.5\", not \"" +
                                text + "\""};
  auto point = text.find('.');
  auto fraction =
      point == std::string::npos ? std::string{} : text.substr(point + 1);
  // A leading zero would make it an octal number.
  auto digits = text.substr(0, point) + fraction +
                std::string(scale - fraction.size(), '0');
  auto first = digits.find_first_not_of('0');
  return first == std::string::npos ? amount{0} : amount{digits.substr(first)};
}

std::string paper_book::text_of(const amount& x) {
  auto digits = x.str();
  if (digits.size() <= scale)
    digits.insert(0, scale - digits.size() + 1, '0');
  digits.insert(digits.size() - scale, 1, '.');
  digits.erase(digits.find_last_not_of('0') + 1);
  if (digits.back() == '.')
    digits.pop_back();
  return digits;
}

paper_book::amount paper_book::price_of(const std::string& symbol) const {
  auto found = prices_.find(symbol);
  return found == prices_.end() ? default_price_ : found->second;
}

paper_book::fill paper_book::fill_of(const place_order& order,
                                     const amount& price) {
  if (!order.quantity.empty()) {
    auto quantity = parse(order.quantity, "quantity");
    return {quantity, quantity * price / one()};
  }
  auto money = parse(order.quote_quantity, "quoteQuantity");
  amount quantity = money * one() / price;
  quantity -= quantity % lot();
  return {quantity, quantity * price / one()};
}

std::string paper_book::pay(const place_order& order, const fill& what) {
  if (!counts_money_)
    return {};
  auto [base, quote] = split(order.symbol);
  auto buys = order.side == "BUY";
  auto& from = balances_[buys ? quote : base];
  const auto& cost = buys ? what.quote : what.quantity;
  if (from < cost)
    return "balance of " + (buys ? quote : base) + " is " + text_of(from) +
           ", but " + text_of(cost) + " is needed";
  from -= cost;
  balances_[buys ? base : quote] += buys ? what.quantity : what.quote;
  return {};
}

void paper_book::remember(const std::string& client_order_id,
                          order_report report, bool rests) {
  if (orders_.size() >= orders_max_) {
    orders_.erase(oldest_first_.front());
    oldest_first_.pop_front();
  }
  orders_.emplace(client_order_id, known_order{std::move(report), rests});
  oldest_first_.push_back(client_order_id);
}

order_report paper_book::accepted(const std::string& client_order_id,
                                  std::string_view status, const fill& done,
                                  const amount& price) {
  order_report report{order_report::accepted, {}, {}, {}, 0};
  json_writer to{report.order};
  to.begin_object()
      .member("orderId", "paper-" + client_order_id)
      .member("clientOrderId", client_order_id)
      .member("status", status)
      .member("executedQuantity", text_of(done.quantity))
      .member("executedQuoteQuantity", text_of(done.quote));
  if (done.quantity != 0)
    to.member("averagePrice", text_of(price));
  to.end_object();
  return report;
}

order_report paper_book::place(const place_order& order) {
  if (auto known = orders_.find(order.client_order_id); known != orders_.end())
    return known->second.report;
  for (const auto& text : {order.quantity, order.quote_quantity, order.price})
    if (!text.empty() && !is_amount(text))
      return rejected("700004", "'" + text + "' is no amount");
  auto price = price_of(order.symbol);
  if (price == 0)
    return rejected("10007", "symbol " + order.symbol + " is not traded");
  auto fills = true;
  if (!order.price.empty()) {
    auto limit = parse(order.price, "price");
    fills = order.side == "BUY" ? limit >= price : limit <= price;
  }
  if (fills && order.type == "LIMIT_MAKER")
    return rejected("30029", "a LIMIT_MAKER order at " + order.price +
                                 " would fill at once");
  fill done;
  if (fills) {
    done = fill_of(order, price);
    if (done.quantity == 0)
      return rejected("30002", "quoteQuantity " + order.quote_quantity +
                                   " is less than the smallest quantity");
    if (auto why = pay(order, done); !why.empty())
      return rejected("10101", why);
  }
  auto rests = order.type == "LIMIT" || order.type == "LIMIT_MAKER";
  auto report = accepted(order.client_order_id,
                         fills   ? "FILLED"
                         : rests ? "NEW"
                                 : "CANCELED",
                         done, price);
  remember(order.client_order_id, report, rests && !fills);
  return report;
}

order_report paper_book::find(const find_order& what) const {
  auto known = orders_.find(what.client_order_id);
  if (known != orders_.end())
    return known->second.report;
  return {order_report::not_found, {}, {}, "there is no such order", 0};
}

order_report paper_book::cancel(const cancel_order& what) {
  auto known = orders_.find(what.client_order_id);
  if (known == orders_.end())
    return find({what.client_order_id, what.symbol});
  auto& [report, rests] = known->second;
  if (rests) {
    report = accepted(what.client_order_id, "CANCELED", {}, 0);
    rests = false;
  }
  return report;
}

} // namespace holdfast
