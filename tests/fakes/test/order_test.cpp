// What an order must be, what the answers hold, and how orders are filled.
#include "tests/fakes/test/mexc_client.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace holdfast::test;
using namespace std::chrono_literals;

namespace {

struct order_scene {
  int code_of(const parameter_list& order) {
    return client.place(order).body.value("code", 0);
  }

  fake_exchange exchange;
  mexc_client client{exchange};
};

std::set<std::string> names_in(const json& object) {
  std::set<std::string> names;
  for (const auto& item : object.items())
    names.insert(item.key());
  return names;
}

parameter_list limit(const std::string& type, const std::string& price,
                     const std::string& client_id) {
  return with(with(resting_order(client_id), "type", type), "price", price);
}

} // namespace

TEST_CASE_FIXTURE(order_scene, "placing answers neither status nor client id") {
  auto answer = client.place(market_order("a"));
  CHECK(answer.status == 200);
  CHECK(names_in(answer.body) ==
        std::set<std::string>{"symbol", "orderId", "orderListId", "price",
                              "origQty", "type", "side", "transactTime"});
  CHECK(answer.body["orderId"].is_string());
  CHECK(answer.body["orderListId"] == -1);
}

TEST_CASE_FIXTURE(order_scene, "a market order is filled at once, by default") {
  auto placed = client.place(market_order("a")).body;
  auto state = client.query("a").body;
  CHECK(state["orderId"] == placed["orderId"]);
  CHECK(state["clientOrderId"] == "a");
  CHECK(state["status"] == "FILLED");
  CHECK(state["executedQty"] == "0.01");
  CHECK(state["cummulativeQuoteQty"] == "500");
  auto kept = exchange.orders_of("a").at(0);
  CHECK(kept["status"] == "FILLED");
  CHECK(kept["executedQuantity"] == "0.01");
  CHECK(kept["executedQuote"] == "500");
}

TEST_CASE_FIXTURE(order_scene, "M23: timeInForce is refused by its name") {
  auto answer = client.place(with(market_order("a"), "timeInForce", "GTC"));
  CHECK(answer.status == 400);
  CHECK(answer.body["code"] == 700004);
  CHECK(answer.body["msg"].get<std::string>().find("timeInForce") !=
        std::string::npos);
  auto book = exchange.book();
  CHECK(book["refused"]["parameter"] == 1);
  CHECK(book["orders"].empty());
}

TEST_CASE_FIXTURE(order_scene,
                  "a client order id may come twice: the book has two") {
  auto first = client.place(market_order("a")).body["orderId"];
  auto second = client.place(market_order("a")).body["orderId"];
  CHECK(first != second);
  CHECK(exchange.orders_of("a").size() == 2);
}

TEST_CASE_FIXTURE(order_scene, "client order ids have at most 32 characters") {
  CHECK(code_of(market_order(std::string(32, 'x'))) == 0);
  CHECK(code_of(market_order(std::string(33, 'x'))) == 700004);
}

TEST_CASE_FIXTURE(order_scene, "each type has its own mandatory parameters") {
  auto order = market_order("a");
  CHECK(code_of(with(order, "type", "IOC")) == 700004);
  CHECK(code_of(with(order, "side", "buy")) == 700004);
  CHECK(code_of(with(order, "price", "50000")) == 700004);
  CHECK(code_of(with(order, "quoteOrderQty", "100")) == 700004);
  CHECK(code_of(with(order, "quantity", "1e-2")) == 700004);
  for (auto type :
       {"LIMIT", "LIMIT_MAKER", "IMMEDIATE_OR_CANCEL", "FILL_OR_KILL"}) {
    CHECK(code_of(with(order, "type", type)) == 700004);
    CHECK(code_of(limit(type, "40000", "b")) == 0);
  }
}

TEST_CASE_FIXTURE(order_scene, "symbol, sizes and precision are checked") {
  auto order = market_order("a");
  CHECK(code_of(with(order, "symbol", "NOPEUSDT")) == 10007);
  CHECK(code_of(with(order, "symbol", "PAUSEDUSDT")) == 10007);
  CHECK(code_of(with(order, "quantity", "0.000001")) == 30002);
  CHECK(code_of(with(order, "quantity", "0.00001")) == 30002);
  CHECK(code_of(with(order, "quantity", "0.00002")) == 0);
  CHECK(code_of(with(order, "quantity", "81")) == 30003);
  CHECK(code_of(limit("LIMIT", "40000.001", "b")) == 400);
  CHECK(exchange.orders_of("b").empty());
}

TEST_CASE_FIXTURE(order_scene, "an order beyond the balance is refused") {
  exchange.market({{"balances", {{"USDT", "900"}, {"BTC", "0"}}}});
  CHECK(code_of(with(market_order("s"), "side", "SELL")) == 10101);
  CHECK(code_of(market_order("a")) == 0);
  CHECK(code_of(market_order("b")) == 10101);
  CHECK(code_of(with(market_order("s"), "side", "SELL")) == 0);
  CHECK(code_of(market_order("b")) == 0);
}

TEST_CASE_FIXTURE(order_scene, "a cancelled order gives its balance back") {
  exchange.market({{"balances", {{"USDT", "800"}}}});
  CHECK(code_of(resting_order("a")) == 0);
  CHECK(code_of(resting_order("b")) == 10101);
  exchange.fill("a", "0.01");
  client.cancel("a");
  CHECK(code_of(with(resting_order("b"), "quantity", "0.01001")) == 10101);
  CHECK(code_of(with(resting_order("b"), "quantity", "0.01")) == 0);
}

TEST_CASE_FIXTURE(order_scene, "a purchase by quote gets what it pays for") {
  parameter_list order{{"symbol", "BTCUSDT"},
                       {"side", "BUY"},
                       {"type", "MARKET"},
                       {"quoteOrderQty", "100"},
                       {"newClientOrderId", "a"}};
  CHECK(code_of(order) == 0);
  auto state = client.query("a").body;
  CHECK(state["executedQty"] == "0.002");
  CHECK(state["cummulativeQuoteQty"] == "100");
}

TEST_CASE_FIXTURE(order_scene,
                  "an order is found by either id and its symbol") {
  auto id = client.place(market_order("a")).body["orderId"].get<std::string>();
  auto by_id = client.send("GET", "/api/v3/order",
                           {{"symbol", "BTCUSDT"}, {"orderId", id}});
  CHECK(by_id.body["clientOrderId"] == "a");
  CHECK(client.query("a", "ETHUSDT").body["code"] == -2013);
  auto missing = client.query("b");
  CHECK(missing.status == 400);
  CHECK(missing.body["code"] == -2013);
  auto unnamed = client.send("GET", "/api/v3/order", {{"symbol", "BTCUSDT"}});
  CHECK(unnamed.body["code"] == 700004);
}

TEST_CASE_FIXTURE(order_scene, "only an open order can be cancelled") {
  client.place(resting_order("a"));
  CHECK(client.query("a").body["status"] == "NEW");
  auto cancelled = client.cancel("a");
  CHECK(cancelled.status == 200);
  CHECK(cancelled.body["status"] == "CANCELED");
  CHECK(client.cancel("a").body["code"] == -2011);
  CHECK(client.cancel("b").body["code"] == -2011);
  client.place(market_order("c"));
  CHECK(client.cancel("c").body["code"] == -2011);
}

TEST_CASE_FIXTURE(order_scene,
                  "a resting order is filled when the test says so") {
  client.place(resting_order("a"));
  CHECK(exchange.fill("a", "0.005")["status"] == "PARTIALLY_FILLED");
  CHECK(client.query("a").body["executedQty"] == "0.005");
  CHECK(client.query("a").body["cummulativeQuoteQty"] == "200");
  CHECK_THROWS_AS(exchange.fill("a", "0.02"), std::runtime_error);
  CHECK(exchange.fill("a")["status"] == "FILLED");
  CHECK_THROWS_AS(exchange.fill("a"), std::runtime_error);
  client.place(resting_order("b"));
  exchange.fill("b", "0.005");
  CHECK(client.cancel("b").body["status"] == "PARTIALLY_CANCELED");
}

TEST_CASE_FIXTURE(order_scene, "what does not cross rests, or ends at once") {
  for (auto type : {"LIMIT", "LIMIT_MAKER"}) {
    client.place(limit(type, "40000", type));
    CHECK(client.query(type).body["status"] == "NEW");
  }
  for (auto type : {"IMMEDIATE_OR_CANCEL", "FILL_OR_KILL"}) {
    client.place(limit(type, "40000", type));
    CHECK(client.query(type).body["status"] == "CANCELED");
  }
  client.place(limit("LIMIT", "51000", "crosses"));
  auto state = client.query("crosses").body;
  CHECK(state["status"] == "FILLED");
  CHECK(state["cummulativeQuoteQty"] == "1000");
}

TEST_CASE_FIXTURE(order_scene, "fill never: nothing is executed") {
  exchange.market({{"fill", "never"}});
  client.place(market_order("a"));
  CHECK(client.query("a").body["status"] == "NEW");
  client.place(limit("IMMEDIATE_OR_CANCEL", "51000", "b"));
  CHECK(client.query("b").body["status"] == "CANCELED");
  CHECK(client.query("b").body["executedQty"] == "0");
}

TEST_CASE_FIXTURE(order_scene, "fill partial: half at once, the rest later") {
  exchange.market({{"fill", "partial"}, {"fillDelayMs", 600'000}});
  client.place(market_order("half"));
  auto half = client.query("half").body;
  CHECK(half["status"] == "PARTIALLY_FILLED");
  CHECK(half["executedQty"] == "0.005");
  exchange.market({{"fillDelayMs", 20}});
  client.place(market_order("a"));
  client.place(limit("IMMEDIATE_OR_CANCEL", "51000", "b"));
  client.place(limit("FILL_OR_KILL", "51000", "c"));
  CHECK(client.query("c").body["status"] == "CANCELED");
  CHECK(client.await("a", "FILLED")["executedQty"] == "0.01");
  auto cut = client.await("b", "PARTIALLY_CANCELED");
  CHECK(cut["status"] == "PARTIALLY_CANCELED");
  CHECK(cut["executedQty"] == "0.01");
}

TEST_CASE_FIXTURE(order_scene, "fill late: all of it, later") {
  exchange.market({{"fill", "late"}, {"fillDelayMs", 600'000}});
  client.place(market_order("b"));
  CHECK(client.query("b").body["status"] == "NEW");
  exchange.market({{"fillDelayMs", 20}});
  client.place(market_order("a"));
  CHECK(client.await("a", "FILLED")["executedQty"] == "0.01");
}

TEST_CASE_FIXTURE(order_scene, "a dry run checks and leaves no order") {
  auto path = "/api/v3/order/test";
  auto answer = client.send("POST", path, market_order("a"));
  CHECK(answer.status == 200);
  CHECK(answer.body == json::object());
  auto bad = with(market_order("a"), "symbol", "NOPEUSDT");
  CHECK(client.send("POST", path, bad).body["code"] == 10007);
  auto book = exchange.book();
  CHECK(book["orders"].empty());
  CHECK(book["requests"]["test"] == 2);
}

TEST_CASE_FIXTURE(order_scene,
                  "exchangeInfo has both spellings of the status") {
  auto all = client.http().get("/api/v3/exchangeInfo").body["symbols"];
  std::set<std::string> spellings;
  for (const auto& each : all)
    spellings.insert(each["status"]);
  CHECK(spellings == std::set<std::string>{"1", "2", "ENABLED"});
  auto one = client.http().get("/api/v3/exchangeInfo?symbol=ETHUSDT").body;
  REQUIRE(one["symbols"].size() == 1);
  CHECK(one["symbols"][0]["baseSizePrecision"] == "0.00001");
}

TEST_CASE_FIXTURE(order_scene, "a test may list symbols of its own") {
  exchange.symbols(json::array({{{"symbol", "ABCUSDT"},
                                 {"baseAsset", "ABC"},
                                 {"baseSizePrecision", "5"}}}));
  exchange.market({{"prices", {{"ABCUSDT", "2"}}}});
  auto order = with(market_order("a"), "symbol", "ABCUSDT");
  CHECK(code_of(with(order, "quantity", "4")) == 30002);
  CHECK(code_of(with(order, "quantity", "5")) == 0);
  CHECK(code_of(market_order("b")) == 10007);
}
