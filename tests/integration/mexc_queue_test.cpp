// Trades that wait for one another while the exchange is slow, and those that
// do not wait.
// Must not know how the node is built: only the contract's words.
#include "tests/integration/mexc_scene.hpp"

#include <doctest/doctest.h>

using namespace holdfast::test;

namespace {

/// A resource whose first trade hangs at the exchange, which has its order.
struct slow_exchange : mexc_scene {
  explicit slow_exchange(const std::string& side = "BUY") {
    trouble(asset, {{{"on", "order"}, {"fault", "hang_after"}, {"ms", 9000}},
                    {{"on", "query"}, {"fault", "500_before"}, {"times", 3}}});
    first.http.begin("POST", "/v1/trades",
                     market_buy(asset, {{"side", side}}).dump());
    REQUIRE(eventually([&] { return orders(asset).size() == 1; }));
  }
  std::string asset = symbol();
  api first = client();
};

struct slow_sale : slow_exchange {
  slow_sale() : slow_exchange("SELL") {}
};

} // namespace

TEST_CASE_FIXTURE(slow_exchange, "a queued trade is polled, waited for, or "
                                 "cancelled while it waits") {
  auto node = client();
  auto queued = node.http.post(
      "/v1/trades",
      market_buy(asset, {{"quantity", "1"}, {"onLocked", "queue"}}));
  REQUIRE(queued.status == 202);
  CHECK(queued.body["entry"]["position"] == 1);
  auto unwanted = node.http.post(
      "/v1/trades",
      market_buy(asset, {{"quantity", "2"}, {"onLocked", "queue"}}));
  REQUIRE(unwanted.status == 202);
  auto waiter = client();
  waiter.http.begin("POST", "/v1/trades",
                    market_buy(asset, {{"quantity", "3"}}).dump());
  REQUIRE(waiting(node, "trade:" + asset + ":BUY:one", 3));
  check_problem(
      node.http.post("/v1/trades", market_buy(asset, {{"quantity", "4"},
                                                      {"onLocked", "reject"}})),
      409, "held");
  CHECK(node.cancel(unwanted.body["entry"]["entryId"]).status == 200);
  CHECK(orders(asset).size() == 1); // nobody overtook
  auto done = first.http.finish();
  CHECK(done.status == 201);
  CHECK(waiter.http.finish().status == 201);
  reaches(queued.body["tradeId"], "filled");
  reaches(unwanted.body["tradeId"], "cancelled");
  auto all = orders(asset);
  REQUIRE(all.size() == 3);
  CHECK(all[1]["quantity"] == "1");
  CHECK(all[2]["quantity"] == "3");
  check_book(done.body["tradeId"], 3);
  check_book(queued.body["tradeId"], 3);
}

TEST_CASE_FIXTURE(slow_exchange, "equal trades that come while the first is "
                                 "under way are no second order") {
  auto node = client();
  for (auto i = 0; i < 5; ++i)
    check_problem(node.http.post("/v1/trades",
                                 market_buy(asset, {{"onLocked", "reject"}})),
                  409, "in-progress");
  auto twin = client();
  twin.http.begin("POST", "/v1/trades", market_buy(asset).dump());
  auto done = first.http.finish();
  CHECK(done.status == 201);
  auto same = twin.http.finish();
  CHECK((same.status == 200 || same.status == 201));
  CHECK(same.body["order"] == done.body["order"]);
  check_book(done.body["tradeId"]);
}

TEST_CASE_FIXTURE(slow_sale, "an emergency is sent beside an order that hangs, "
                             "once, and takes its waiting twin along") {
  auto node = client();
  auto twin = market_buy(
      asset, {{"side", "SELL"}, {"quantity", "1"}, {"onLocked", "queue"}});
  auto queued = node.http.post("/v1/trades", twin);
  REQUIRE(queued.status == 202);
  twin["emergency"] = true;
  auto urgent = node.http.post("/v1/trades", twin);
  INFO(urgent.text);
  CHECK(urgent.status == 201);
  CHECK(urgent.body["tradeId"] == queued.body["tradeId"]);
  CHECK(orders(asset).size() == 2);
  CHECK(node.http.post("/v1/trades", twin).status == 200);
  auto done = first.http.finish();
  CHECK(done.status == 201);
  check_book(done.body["tradeId"], 2);
  check_book(urgent.body["tradeId"], 2);
}
