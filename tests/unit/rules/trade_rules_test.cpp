// Which trades are valid, what they lock, and what makes two of them one.
#include "rules/decimal.hpp"
#include "rules/idempotency.hpp"
#include "rules/trade_rules.hpp"
#include "tests/unit/contains.hpp"

#include <doctest/doctest.h>

using namespace holdfast;
using namespace holdfast::test;

namespace {

trade_request market(const std::string& quantity = "0.5") {
  trade_request asked;
  asked.symbol = "BTCUSDT";
  asked.side = "BUY";
  asked.type = "MARKET";
  asked.quantity = quantity;
  asked.owner_id = "bot-1";
  asked.snipe_target = "snipe-1";
  return asked;
}

acquire_lock accepted(const trade_request& asked,
                      const trade_settings& how = {}) {
  auto result = prepare_trade(asked, how);
  if (auto* why = std::get_if<problem>(&result))
    FAIL(why->detail);
  return std::get<acquire_lock>(result);
}

std::string refused(const trade_request& asked,
                    const trade_settings& how = {}) {
  auto result = prepare_trade(asked, how);
  REQUIRE(std::holds_alternative<problem>(result));
  CHECK(std::get<problem>(result).code == errc::invalid);
  return std::get<problem>(result).detail;
}

std::string key_of(const trade_request& asked) {
  auto checked = prepare(accepted(asked), {});
  return std::get<prepared>(checked).work.idempotency_key;
}

} // namespace

TEST_CASE("a trade is a task under the lock that the template names") {
  auto cmd = accepted(market());
  CHECK(cmd.resource == "trade:BTCUSDT:BUY:snipe-1");
  CHECK(cmd.task == "trade");
  CHECK(cmd.type == transaction_type::trade);
  CHECK(cmd.data == R"({"symbol":"BTCUSDT","side":"BUY","type":"MARKET",)"
                    R"("quantity":"0.5","snipeTargetId":"snipe-1"})");
  auto asked = market();
  asked.snipe_target.clear();
  CHECK(accepted(asked).resource == "trade:BTCUSDT:BUY:manual");
}

TEST_CASE("a SELL has priority 1 and a BUY 5, unless the caller says more") {
  auto asked = market();
  CHECK(accepted(asked).priority == 5);
  asked.side = "SELL";
  CHECK(accepted(asked).priority == 1);
  asked.priority = 7;
  CHECK(accepted(asked).priority == 7);
}

TEST_CASE("M22: a template without the side puts BUY and SELL on one "
          "resource") {
  trade_settings one{"trade:{symbol}:{snipeTargetId}", 30'000};
  auto buy = market();
  auto sell = market();
  sell.side = "SELL";
  CHECK(accepted(buy, one).resource == accepted(sell, one).resource);
  CHECK(accepted(buy, one).priority > accepted(sell, one).priority);
}

TEST_CASE("M3: the same trade locks the same resource, whenever it comes") {
  // Nothing of the template is a time, so that it does exclude.
  CHECK(accepted(market()).resource == accepted(market()).resource);
  CHECK(check_template("trade:{symbol}:{now}"));
}

TEST_CASE("equal trades have equal keys however they are written") {
  auto a = market("0.50");
  auto b = market("5e-1");
  b.symbol = "btcusdt";
  b.side = "buy";
  b.type = "market";
  CHECK(key_of(a) == key_of(b));
}

TEST_CASE("M17: price and quantity are part of the key") {
  auto limit = market();
  limit.type = "LIMIT";
  limit.price = "100";
  auto dearer = limit;
  dearer.price = "101";
  auto larger = limit;
  larger.quantity = "0.51";
  auto elsewhere = limit;
  elsewhere.owner_id = "bot-2";
  CHECK(key_of(limit) != key_of(dearer));
  CHECK(key_of(limit) != key_of(larger));
  CHECK(key_of(limit) != key_of(elsewhere));
}

TEST_CASE("an emergency has the key of the same trade without it") {
  auto asked = market();
  asked.side = "SELL";
  auto urgent = asked;
  urgent.emergency = true;
  CHECK(key_of(asked) == key_of(urgent));
  CHECK(accepted(urgent).emergency);
}

TEST_CASE("what is wrong with a trade is named with what would be right") {
  auto with = [](auto change) {
    auto asked = market();
    change(asked);
    return refused(asked);
  };
  CHECK(
      contains(with([](auto& x) { x.symbol = "BTC USDT"; }), "symbol must be"));
  CHECK(contains(with([](auto& x) { x.symbol = ""; }), "symbol must be"));
  CHECK(contains(with([](auto& x) { x.symbol = std::string(33, 'A'); }),
                 "symbol"));
  CHECK(contains(with([](auto& x) { x.side = "HOLD"; }),
                 "BUY or SELL, not 'HOLD'"));
  CHECK(contains(with([](auto& x) { x.type = "STOP"; }), "FILL_OR_KILL"));
  CHECK(contains(with([](auto& x) { x.quantity = "0"; }), "greater than 0"));
  CHECK(contains(with([](auto& x) { x.quantity = "-1"; }), "greater than 0"));
  CHECK(contains(with([](auto& x) { x.quantity = "1,5"; }), "not 1,5"));
  CHECK(contains(with([](auto& x) { x.quantity = "true"; }), "not true"));
  CHECK(contains(with([](auto& x) { x.quantity = " 1"; }), "quantity must be"));
  CHECK(contains(with([](auto& x) { x.quantity = ""; }),
                 "quantity or quoteQuan"));
  CHECK(contains(with([](auto& x) { x.quote_quantity = "5"; }), "not both"));
  CHECK(contains(with([](auto& x) { x.price = "5"; }),
                 "MARKET order has no price"));
  CHECK(contains(with([](auto& x) { x.type = "LIMIT"; }), "price is needed"));
  CHECK(contains(with([](auto& x) {
                   x.type = "FILL_OR_KILL";
                   x.price = "1";
                   x.quantity = "";
                 }),
                 "quantity is needed"));
  CHECK(contains(with([](auto& x) { x.emergency = true; }), "SELL alone"));
  CHECK(contains(with([](auto& x) { x.snipe_target = std::string(250, 'x'); }),
                 "at most 256"));
}

TEST_CASE("amounts have at most 38 digits") {
  std::string digits(38, '9');
  CHECK(contains(accepted(market(digits)).data, digits));
  CHECK(contains(refused(market(digits + '9')), "38 digits"));
  auto fraction = "0." + std::string(37, '0') + '1';
  CHECK(contains(accepted(market(fraction)).data, fraction));
  CHECK(contains(refused(market("0." + std::string(38, '0') + '1')),
                 "38 digits"));
  CHECK(contains(refused(market("1e99999999999999999999")), "38 digits"));
}

TEST_CASE("templates with unknown or without needed parts are refused") {
  CHECK_FALSE(check_template("trade:{symbol}:{side}:{snipeTargetId}"));
  CHECK_FALSE(check_template("{ownerId}/{symbol}"));
  CHECK(contains(*check_template("trade:{coin}"), "{coin}"));
  CHECK(contains(*check_template("trade:{symbol}:{side"), "{side"));
  CHECK(contains(*check_template("trade"), "{symbol}"));
}

TEST_CASE("plain texts of decimals have no exponent and no superfluous "
          "zeros") {
  auto plain = [](std::string_view x) {
    return to_plain_text(parse_decimal(x), 38).value_or("none");
  };
  CHECK(plain("0.500") == "0.5");
  CHECK(plain("1.5e3") == "1500");
  CHECK(plain("1e-3") == "0.001");
  CHECK(plain("-12.30") == "-12.3");
  CHECK(plain("0e5") == "0");
  CHECK(plain("1e38") == "none");
}

TEST_CASE("an order's name depends on resource, key and trade, and nothing "
          "else") {
  auto id = client_order_id("trade:BTCUSDT:BUY:x", "key", 7);
  CHECK(id.size() == 32);
  CHECK(id.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") ==
        std::string::npos);
  // Calculated with sha256sum and base32 of coreutils.
  CHECK(id == "3UV3SHZMASDSGTDI3MZR4YPI4NSEU4EX");
  CHECK(id == client_order_id("trade:BTCUSDT:BUY:x", "key", 7));
  CHECK(id != client_order_id("trade:BTCUSDT:BUY:x", "key", 8));
  // Lengths keep the parts apart.
  CHECK(client_order_id("ab", "c", 1) != client_order_id("a", "bc", 1));
}

TEST_CASE("the terms of an order are read from a trade's data") {
  auto terms = read_terms(accepted(market()).data);
  REQUIRE(terms);
  CHECK(terms->symbol == "BTCUSDT");
  CHECK(terms->quantity == "0.5");
  CHECK(terms->price.empty());
  CHECK_FALSE(read_terms("{}"));
  CHECK_FALSE(read_terms("no json"));
}
