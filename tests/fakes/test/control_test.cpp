// The control calls: which request a rule serves, chaos, reset, away.
#include "tests/fakes/test/mexc_client.hpp"
#include "tests/support/text.hpp"

#include <doctest/doctest.h>

#include <map>

using namespace holdfast::test;
using namespace std::chrono_literals;

namespace {

struct control_scene {
  int status_of(const parameter_list& order) {
    return client.place(order).status;
  }

  /// What happened to orders `0` to `count`, sent in this order or the other.
  std::map<int, int> fates(int count, bool backwards) {
    std::map<int, int> result;
    for (int i = 0; i < count; ++i) {
      auto number = backwards ? count - 1 - i : i;
      result[number] = status_of(market_order(std::to_string(number)));
    }
    return result;
  }

  fake_exchange exchange;
  mexc_client client{exchange};
};

json rule(const std::string& fault) {
  return {{"on", "order"}, {"fault", fault}};
}

std::string refusal_of(fake_exchange& exchange, const json& rules) {
  try {
    exchange.faults(rules);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return {};
}

} // namespace

TEST_CASE_FIXTURE(control_scene,
                  "rules are taken in order, after those they skip") {
  auto first = rule("reject");
  first["skip"] = 1;
  first["times"] = 2;
  exchange.faults({first, rule("500_before")});
  CHECK(status_of(market_order("a")) == 500);
  CHECK(status_of(market_order("a")) == 400);
  CHECK(exchange.faults_left().at(0)["times"] == 1);
  CHECK(status_of(market_order("a")) == 400);
  CHECK(status_of(market_order("a")) == 200);
  CHECK(exchange.faults_left().empty());
}

TEST_CASE_FIXTURE(control_scene,
                  "a rule may be for one client order id or symbol") {
  auto by_id = rule("reject");
  by_id["clientOrderId"] = "a";
  auto by_symbol = rule("500_before");
  by_symbol["symbol"] = "ETHUSDT";
  auto query =
      json{{"on", "query"}, {"fault", "500_before"}, {"clientOrderId", "b"}};
  exchange.faults({by_id, by_symbol, query});
  CHECK(status_of(market_order("b")) == 200);
  CHECK(status_of(market_order("a")) == 400);
  CHECK(status_of(with(market_order("b"), "symbol", "ETHUSDT")) == 500);
  CHECK(client.query("a").body["code"] == -2013);
  CHECK(client.query("b").status == 500);
}

TEST_CASE_FIXTURE(control_scene, "rules can be taken back") {
  exchange.faults(rule("reject"));
  exchange.clear_faults();
  CHECK(status_of(market_order("a")) == 200);
}

TEST_CASE_FIXTURE(control_scene,
                  "a wrong rule is refused by what is wrong with it") {
  CHECK(mentions(refusal_of(exchange, rule("no_such")), "drop_response"));
  CHECK(mentions(refusal_of(exchange, {{"on", "x"}, {"fault", "reject"}}),
                 "cancel"));
  CHECK(mentions(refusal_of(exchange, {{"on", "order"}}), "`fault`"));
  CHECK(mentions(
      refusal_of(exchange, {{"on", "query"}, {"fault", "late_visible"}}),
      "only an order"));
  auto wrong = rule("reject");
  wrong["time"] = 3;
  CHECK(mentions(refusal_of(exchange, {rule("reject"), wrong}), "\"time\""));
  CHECK(exchange.faults_left().empty());
}

TEST_CASE_FIXTURE(control_scene,
                  "chaos repeats itself from a seed, in any order") {
  json settings{
      {"seed", 7}, {"perMille", 500}, {"faults", {"reject", "500_after"}}};
  exchange.chaos(settings);
  auto first = fates(60, false);
  exchange.chaos(settings);
  CHECK(fates(60, true) == first);
  settings["seed"] = 8;
  exchange.chaos(settings);
  CHECK(fates(60, false) != first);
  std::map<int, int> counts;
  for (auto [number, status] : first)
    ++counts[status];
  CHECK(counts[200] > 10);
  CHECK(counts[400] > 5);
  CHECK(counts[500] > 5);
}

TEST_CASE_FIXTURE(control_scene,
                  "chaos of no per mille ends it; of all, hits all") {
  exchange.chaos({{"perMille", 1000}, {"faults", {"500_before"}}});
  CHECK(status_of(market_order("a")) == 500);
  CHECK(client.http().get("/api/v3/time").status == 500);
  exchange.chaos({{"perMille", 0}});
  CHECK(status_of(market_order("a")) == 200);
}

TEST_CASE_FIXTURE(control_scene, "a reset makes everything anew") {
  exchange.clock(1h);
  exchange.market({{"fill", "never"}, {"balances", {{"USDT", "1"}}}});
  exchange.symbols(json::array());
  exchange.faults(rule("reject"));
  exchange.reset();
  CHECK(status_of(market_order("a")) == 200);
  CHECK(client.query("a").body["status"] == "FILLED");
  exchange.reset();
  auto book = exchange.book();
  CHECK(book["orders"].empty());
  CHECK(book["requests"]["order"] == 0);
}

TEST_CASE_FIXTURE(control_scene,
                  "what was held before a reset is never accepted") {
  auto held = rule("delay_accept");
  held["ms"] = 2000;
  exchange.faults(held);
  client.begin("POST", "/api/v3/order", market_order("a"));
  CHECK_FALSE(client.http().readable(50ms));
  exchange.reset();
  CHECK(client.http().peer_closes());
  CHECK(exchange.orders_of("a").empty());
}

TEST_CASE_FIXTURE(control_scene,
                  "an exchange that is away comes back with its book") {
  fake_exchange gone;
  mexc_client caller{gone};
  caller.place(market_order("a"));
  gone.away(10min);
  CHECK_THROWS_AS(caller.query("a"), connection_lost);
  CHECK_THROWS_AS(caller.http().connect(), connection_lost);
  client.place(market_order("a"));
  client.http().hang_up();
  exchange.away(100ms);
  CHECK(exchange.orders_of("a").size() == 1);
  CHECK(client.query("a").body["status"] == "FILLED");
}

TEST_CASE_FIXTURE(control_scene, "a hundred connections are served at once") {
  std::vector<mexc_client> clients;
  for (int i = 0; i < 100; ++i)
    clients.emplace_back(exchange);
  for (int i = 0; i < 100; ++i)
    clients[i].begin("POST", "/api/v3/order", market_order(std::to_string(i)));
  for (auto& each : clients)
    CHECK(each.http().finish().status == 200);
  CHECK(exchange.book()["orders"].size() == 100);
}

TEST_CASE_FIXTURE(control_scene, "calls that do not exist are 404") {
  CHECK(client.http().get("/api/v3/nope").status == 404);
  CHECK(client.http().get("/fake/nope").status == 404);
  CHECK(client.http().send("POST", "/fake/nope").status == 404);
  CHECK(client.http().send("POST", "/fake/clock", "{").status == 400);
}
