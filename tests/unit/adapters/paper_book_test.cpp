// The paper exchange: what fills, what rests, what is refused, who pays.
#include "adapters/paper_book.hpp"
#include "rules/decimal.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <stdexcept>

using namespace holdfast;
using nlohmann::json;

namespace {

paper_options options() {
  paper_options o;
  o.prices = {{"BTCUSDT", "50000.5"}, {"ETHUSDT", "2000"}};
  return o;
}

place_order order(const std::string& id, const std::string& side,
                  const std::string& type, const std::string& quantity,
                  const std::string& price = {}) {
  return {id, "BTCUSDT", side, type, quantity, "", price};
}

json accepted(const order_report& report) {
  REQUIRE(report.kind == order_report::accepted);
  return json::parse(report.order);
}

} // namespace

TEST_CASE("a MARKET order fills whole at the symbol's price") {
  paper_book book{options()};
  auto done = accepted(book.place(order("a", "BUY", "MARKET", "0.001")));
  CHECK(done["status"] == "FILLED");
  CHECK(done["executedQuantity"] == "0.001");
  CHECK(done["executedQuoteQuantity"] == "50.0005");
  CHECK(done["averagePrice"] == "50000.5");
  CHECK(done["clientOrderId"] == "a");
}

TEST_CASE("a symbol without a price of its own has the default price") {
  paper_book book{options()};
  auto x = order("a", "BUY", "MARKET", "2");
  x.symbol = "DOGEUSDT";
  CHECK(accepted(book.place(x))["averagePrice"] == "100");
}

TEST_CASE("by quoteQuantity as much is bought as there is money for") {
  paper_book book{options()};
  place_order x{"a", "BTCUSDT", "BUY", "MARKET", "", "100", ""};
  auto done = accepted(book.place(x));
  // 100 / 50000.5, rounded down to eight decimals.
  CHECK(done["executedQuantity"] == "0.00199998");
  CHECK(done["executedQuoteQuantity"] == "99.99999999");
  x.client_order_id = "b";
  x.quote_quantity = "0.0001";
  auto little = book.place(x);
  CHECK(little.kind == order_report::rejected);
  CHECK(little.exchange_code == "30002");
}

TEST_CASE(
    "M18: an order with a price fills where it is not worse, else it rests "
    "or ends as its type says") {
  struct row {
    const char* side;
    const char* type;
    const char* price;
    const char* status; ///< or the code of the refusal
  };
  const row rows[] = {
      {"BUY", "LIMIT", "50000.5", "FILLED"},
      {"BUY", "LIMIT", "50000.4", "NEW"},
      {"SELL", "LIMIT", "50000.5", "FILLED"},
      {"SELL", "LIMIT", "50000.6", "NEW"},
      {"BUY", "IMMEDIATE_OR_CANCEL", "50001", "FILLED"},
      {"BUY", "IMMEDIATE_OR_CANCEL", "49999", "CANCELED"},
      {"SELL", "FILL_OR_KILL", "49999", "FILLED"},
      {"SELL", "FILL_OR_KILL", "50001", "CANCELED"},
      {"BUY", "LIMIT_MAKER", "49999", "NEW"},
      {"BUY", "LIMIT_MAKER", "50001", "30029"},
  };
  paper_book book{options()};
  int n = 0;
  for (const auto& x : rows) {
    INFO(x.side << ' ' << x.type << ' ' << x.price);
    auto report =
        book.place(order(std::to_string(++n), x.side, x.type, "1", x.price));
    if (report.kind == order_report::rejected) {
      CHECK(report.exchange_code == x.status);
      continue;
    }
    auto done = accepted(report);
    CHECK(done["status"] == x.status);
    // What did not fill has no price and no quantity.
    auto filled = done["status"] == "FILLED";
    CHECK(done["executedQuantity"] == (filled ? "1" : "0"));
    CHECK(done.contains("averagePrice") == filled);
  }
}

TEST_CASE("one client order id is one order") {
  paper_book book{options()};
  auto first = book.place(order("a", "BUY", "MARKET", "1"));
  auto again = book.place(order("a", "BUY", "MARKET", "1"));
  CHECK(again.order == first.order);
  CHECK(book.find({"a", "BTCUSDT"}).order == first.order);
  CHECK(book.find({"b", "BTCUSDT"}).kind == order_report::not_found);
}

TEST_CASE("only a resting order can be cancelled, and stays cancelled") {
  paper_book book{options()};
  auto low = order("rests", "BUY", "LIMIT", "1");
  low.price = "0.01";
  REQUIRE(accepted(book.place(low))["status"] == "NEW");
  auto ended = book.cancel({"rests", "BTCUSDT"});
  CHECK(accepted(ended)["status"] == "CANCELED");
  CHECK(accepted(ended)["executedQuantity"] == "0");
  CHECK(book.cancel({"rests", "BTCUSDT"}).order == ended.order);
  CHECK(book.find({"rests", "BTCUSDT"}).order == ended.order);
  CHECK(book.place(low).order == ended.order);
  auto done = book.place(order("filled", "BUY", "MARKET", "1"));
  CHECK(book.cancel({"filled", "BTCUSDT"}).order == done.order);
  CHECK(book.cancel({"none", "BTCUSDT"}).kind == order_report::not_found);
}

TEST_CASE("with balances only what is there is traded, exactly") {
  auto o = options();
  o.balances = {{"USDT", "100.001"}, {"BTC", "0"}};
  paper_book book{o};
  auto poor = book.place(order("a", "BUY", "MARKET", "0.0021"));
  CHECK(poor.kind == order_report::rejected);
  CHECK(poor.exchange_code == "10101");
  CHECK(poor.message == "balance of USDT is 100.001, but 105.00105 is needed");
  accepted(book.place(order("b", "BUY", "MARKET", "0.002")));
  CHECK(book.place(order("c", "BUY", "MARKET", "0.00000001")).kind ==
        order_report::rejected);
  // A repeated order is not paid twice.
  accepted(book.place(order("b", "BUY", "MARKET", "0.002")));
  accepted(book.place(order("d", "SELL", "MARKET", "0.002")));
  CHECK(book.place(order("e", "SELL", "MARKET", "0.00000001")).kind ==
        order_report::rejected);
  accepted(book.place(order("f", "BUY", "MARKET", "0.002")));
}

TEST_CASE("a refused order may be placed again under its name") {
  auto o = options();
  o.balances = {{"BTC", "1"}};
  paper_book book{o};
  CHECK(book.place(order("a", "SELL", "MARKET", "2")).kind ==
        order_report::rejected);
  CHECK(book.find({"a", "BTCUSDT"}).kind == order_report::not_found);
}

TEST_CASE("only so many orders are remembered") {
  auto o = options();
  o.orders_max = 2;
  paper_book book{o};
  for (auto id : {"a", "b", "c"})
    book.place(order(id, "BUY", "MARKET", "1"));
  CHECK(book.find({"a", ""}).kind == order_report::not_found);
  CHECK(book.find({"b", ""}).kind == order_report::accepted);
  CHECK(book.find({"c", ""}).kind == order_report::accepted);
}

TEST_CASE("prices and balances must be amounts") {
  for (auto bad : {"", ".", "1.", ".5", "1.2.3", "-1", "1e3", "abc", "0x10"}) {
    INFO(bad);
    CHECK_FALSE(is_amount(bad));
    auto o = options();
    o.prices["X"] = bad;
    CHECK_THROWS_AS(paper_book{o}, std::invalid_argument);
  }
  for (auto good :
       {"0", "0.5", "010", "99999999999999999999999999999999999999"})
    CHECK(is_amount(good));
}

TEST_CASE("an amount has as many digits as the rules let a trade have") {
  for (std::size_t whole = 0; whole <= 38; ++whole) {
    auto text = whole == 0
                    ? "0." + std::string(38, '9')
                    : std::string(whole, '9') + (whole == 38 ? "" : ".") +
                          std::string(38 - whole, '9');
    CAPTURE(text);
    CHECK(to_plain_text(parse_decimal(text), 38) == text);
    CHECK(is_amount(text));
    CHECK_FALSE(is_amount(text + (whole == 38 ? ".9" : "9")));
    paper_book book{options()};
    auto done = book.place(order("a", "BUY", "MARKET", text));
    CHECK(done.kind == order_report::accepted);
    CHECK(done.order.find('"' + text + '"') != std::string::npos);
  }
}

TEST_CASE("an order whose amounts are none is rejected") {
  paper_book book{options()};
  for (auto bad : {"-1", "1e3", "abc", ".5"}) {
    auto bought = order("a", "BUY", "MARKET", bad);
    CHECK(book.place(bought).kind == order_report::rejected);
    bought = order("a", "BUY", "LIMIT", "1");
    bought.price = bad;
    CHECK(book.place(bought).kind == order_report::rejected);
  }
}
