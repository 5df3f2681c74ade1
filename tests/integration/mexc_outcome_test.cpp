// What a trade tells of its order: refusals, fills, replays, limits.
// Must not know how the node is built: only the contract's words.
#include "tests/integration/mexc_scene.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace holdfast::test;
using namespace std::chrono_literals;

namespace {

json limit_buy(const std::string& symbol, const std::string& price) {
  return market_buy(symbol, {{"type", "LIMIT"}, {"price", price}});
}

std::ptrdiff_t executions(api& node, const json& trade) {
  auto kinds = node.journal_kinds(trade.at("resourceId"));
  return std::count(kinds.begin(), kinds.end(), "trade_executed");
}

} // namespace

TEST_CASE_FIXTURE(mexc_scene, "M16: a refusal is told with the exchange's code "
                              "and text, and the same trade sends anew") {
  auto node = client();
  auto asset = symbol();
  trouble(asset, {{{"on", "order"},
                   {"fault", "reject"},
                   {"code", 10101},
                   {"msg", "Insufficient balance"}}});
  auto refused = node.http.post("/v1/trades", market_buy(asset));
  check_problem_naming(refused, 422, "order-rejected",
                       {"Insufficient balance"});
  CHECK(refused.body["exchangeCode"] == "10101");
  auto trade =
      node.http.get("/v1/trades/" + refused.body["tradeId"].get<std::string>())
          .body;
  CHECK(trade["status"] == "rejected");
  CHECK(node.lock(trade["lockId"])["status"] == "failed");
  CHECK(orders(asset).empty());
  auto again = node.http.post("/v1/trades", market_buy(asset));
  CHECK(again.status == 201);
  CHECK(again.body["tradeId"] != trade["tradeId"]);
  check_book(again.body["tradeId"]);
  CHECK(node.http.post("/v1/trades", market_buy(asset)).status == 200);
  check_book(again.body["tradeId"]);
}

TEST_CASE_FIXTURE(mexc_scene, "balance, minimum and symbol are refused as "
                              "business, and nothing is retried") {
  auto node = client();
  auto refused = [&](const json& body, const std::string& code) {
    auto answer = node.http.post("/v1/trades", body);
    check_problem(answer, 422, "order-rejected");
    CHECK(answer.body["exchangeCode"] == code);
  };
  refused(market_buy(symbol(), {{"quantity", "0.000001"}}), "30002");
  refused(market_buy("NOSUCHUSDT"), "10007");
  CHECK(exchange.book()["requests"].value("order", 0) == 0);
  exchange.market({{"balances", {{"USDT", "1"}}}});
  auto asset = symbol();
  refused(market_buy(asset), "10101");
  CHECK(exchange.book()["requests"]["order"] == 1);
  CHECK(orders(asset).empty());
}

TEST_CASE_FIXTURE(mexc_scene, "M17: another price or quantity is another "
                              "order") {
  auto node = client();
  auto asset = symbol();
  for (auto& body : {market_buy(asset), market_buy(asset, {{"quantity", "1"}}),
                     limit_buy(asset, "100"), limit_buy(asset, "101")})
    CHECK(node.http.post("/v1/trades", body).status == 201);
  CHECK(orders(asset).size() == 4);
}

TEST_CASE_FIXTURE(mexc_scene, "M18: what was executed is what the exchange "
                              "says, also on a replay, which writes nothing") {
  auto node = client();
  exchange.market({{"fill", "partial"}, {"fillDelayMs", 500}});
  auto partial =
      market_buy(symbol(), {{"type", "IMMEDIATE_OR_CANCEL"}, {"price", "100"}});
  auto part = node.http.post("/v1/trades", partial);
  INFO(part.text);
  REQUIRE(part.status == 201);
  CHECK(part.body["status"] == "partially_filled");
  CHECK(part.body["order"]["status"] == "PARTIALLY_CANCELED");
  CHECK(part.body["order"]["executedQuantity"] == "0.125");
  check_book(part.body["tradeId"]);
  auto again = node.http.post("/v1/trades", partial);
  CHECK(again.status == 200);
  CHECK(again.header("idempotent-replayed") == "true");
  CHECK(again.body["order"] == part.body["order"]);
  CHECK(executions(node, part.body) == 1);
  for (auto fill : {"partial", "late"}) {
    exchange.market({{"fill", fill}});
    auto whole = node.http.post("/v1/trades", market_buy(symbol()));
    CHECK(whole.status == 201);
    CHECK(whole.body["order"]["executedQuantity"] == "0.25");
    check_book(whole.body["tradeId"]);
  }
  exchange.market({{"fill", "never"}});
  auto none = node.http.post(
      "/v1/trades",
      market_buy(symbol(), {{"type", "FILL_OR_KILL"}, {"price", "100"}}));
  CHECK(none.status == 201);
  CHECK(none.body["status"] == "cancelled");
  check_book(none.body["tradeId"]);
}

TEST_CASE_FIXTURE(mexc_scene, "a MARKET order that is filled in part and then "
                              "lingers is cancelled, and keeps its part") {
  auto node = client();
  exchange.market({{"fill", "partial"}, {"fillDelayMs", 600000}});
  auto answer = node.http.post("/v1/trades", market_buy(symbol()));
  INFO(answer.text);
  REQUIRE(answer.status == 201);
  CHECK(answer.body["status"] == "partially_filled");
  CHECK(answer.body["order"]["executedQuantity"] == "0.125");
  check_book(answer.body["tradeId"]);
}

TEST_CASE_FIXTURE(mexc_scene, "a LIMIT order that rests is followed to its "
                              "end, without the lock") {
  auto node = client();
  auto placed = node.http.post("/v1/trades", limit_buy(symbol(), "90"));
  REQUIRE(placed.status == 201);
  CHECK(placed.body["status"] == "placed");
  std::string id = placed.body["tradeId"];
  CHECK(node.resource(placed.body["resourceId"])["locked"] == false);
  std::string name = placed.body["order"]["clientOrderId"];
  exchange.fill(name, "0.1");
  auto part = reaches(id, "partially_filled");
  CHECK(part["order"]["executedQuantity"] == "0.1");
  exchange.fill(name);
  auto whole = reaches(id, "filled");
  CHECK(whole["order"]["executedQuantity"] == "0.25");
  CHECK(whole["order"]["averagePrice"] == "90");
  CHECK(exchange.orders_of(name).size() == 1);
  CHECK(executions(node, whole) == 3);
}

TEST_CASE_FIXTURE(mexc_scene, "M21: a lock cannot be forced away from an order "
                              "under way, and a count is what was released") {
  auto node = client();
  auto asset = symbol();
  trouble(asset, {{{"on", "order"}, {"fault", "hang_after"}, {"ms", 3000}}});
  auto trader = client();
  trader.http.begin("POST", "/v1/trades", market_buy(asset).dump());
  REQUIRE(eventually([&] { return orders(asset).size() == 1; }));
  auto lock = node.resource("trade:" + asset + ":BUY:one")["lock"];
  check_problem(node.force_release(lock, "stuck"), 409, "in-doubt");
  auto done = trader.http.finish();
  CHECK(done.status == 201);
  check_book(done.body["tradeId"]);
  CHECK(node.force_release(lock, "late").body["released"] == 0);
  CHECK(node.lock(lock["lockId"])["status"] == "released");
}

TEST_CASE_FIXTURE(mexc_scene, "M23: timeInForce is never sent") {
  auto node = client();
  check_problem_naming(
      node.http.post("/v1/trades",
                     market_buy(symbol(), {{"timeInForce", "GTC"}})),
      400, "invalid", {"timeInForce"});
  auto today = node.http.post("/api/mexc/trade", {{"symbol", symbol()},
                                                  {"side", "BUY"},
                                                  {"type", "LIMIT"},
                                                  {"quantity", "0.25"},
                                                  {"price", "100"},
                                                  {"userId", "bot-1"},
                                                  {"timeInForce", "GTC"}});
  CHECK(today.status == 200);
  auto book = exchange.book();
  CHECK(book["orders"].size() == 1);
  CHECK(book["refused"]["parameter"] == 0);
}

TEST_CASE_FIXTURE(mexc_scene, "M24: 429 is answered by waiting, and not by "
                              "requests without end") {
  auto node = client();
  auto asset = symbol();
  trouble(asset, {{{"on", "order"},
                   {"fault", "429"},
                   {"retryAfterS", 1},
                   {"times", 100}}});
  auto start = std::chrono::steady_clock::now();
  auto answer = node.http.post("/v1/trades", market_buy(asset));
  check_problem(answer, 503, "exchange-unavailable");
  auto tries = exchange.book()["requests"]["order"].get<int>();
  CHECK(tries <= 4); // once, and three retries
  CHECK(tries >= 2);
  CHECK(std::chrono::steady_clock::now() - start >= (tries - 1) * 1000ms);
  check_book(answer.body["tradeId"], 0);
  exchange.clear_faults();
  REQUIRE(eventually([&] {
    return node.http.post("/v1/trades", market_buy(asset)).status == 201;
  }));
  CHECK(orders(asset).size() == 1);
  auto refused = exchange.book()["refused"];
  CHECK(refused["signature"] == 0);
  CHECK(refused["time"] == 0);
}

TEST_CASE_FIXTURE(mexc_scene, "exchangeInfo that cannot be read costs time, "
                              "not orders") {
  auto node = client();
  exchange.faults({{{"on", "info"}, {"fault", "malformed"}},
                   {{"on", "info"}, {"fault", "truncated"}},
                   {{"on", "info"}, {"fault", "huge"}}});
  auto answer = node.http.post("/v1/trades", market_buy(symbol()));
  INFO(answer.text);
  REQUIRE(answer.status == 201);
  check_book(answer.body["tradeId"]);
}
