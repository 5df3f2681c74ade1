// Every fault as a raw client sees it, and what the book says of it.
#include "tests/fakes/test/mexc_client.hpp"

#include <doctest/doctest.h>

using namespace holdfast::test;
using namespace std::chrono_literals;

namespace {

struct fault_scene {
  void fault(const std::string& name, json more = json::object()) {
    more["on"] = "order";
    more["fault"] = name;
    exchange.faults(more);
  }

  std::size_t orders() { return exchange.orders_of("a").size(); }

  fake_exchange exchange;
  mexc_client client{exchange};
};

} // namespace

TEST_CASE_FIXTURE(fault_scene,
                  "reject: a code and a text of the test's choice") {
  fault("reject", {{"code", 30003}, {"msg", "too much"}});
  auto answer = client.place(market_order("a"));
  CHECK(answer.status == 400);
  CHECK(answer.body == json{{"code", 30003}, {"msg", "too much"}});
  CHECK(orders() == 0);
  CHECK(client.place(market_order("a")).status == 200);
}

TEST_CASE_FIXTURE(fault_scene, "status: any status before acceptance") {
  fault("status", {{"status", 503}, {"code", 7}});
  auto answer = client.place(market_order("a"));
  CHECK(answer.status == 503);
  CHECK(answer.body["code"] == 7);
  CHECK(orders() == 0);
}

TEST_CASE_FIXTURE(fault_scene, "429 and 418 name the time to wait") {
  fault("429", {{"retryAfterS", 7}});
  fault("418");
  auto first = client.place(market_order("a"));
  CHECK(first.status == 429);
  CHECK(first.header("retry-after") == "7");
  auto second = client.place(market_order("a"));
  CHECK(second.status == 418);
  CHECK(second.header("retry-after") == "1");
  CHECK(orders() == 0);
  CHECK(exchange.book()["refused"]["limit"] == 2);
}

TEST_CASE_FIXTURE(fault_scene, "500_before leaves no order, 500_after one") {
  fault("500_before");
  CHECK(client.place(market_order("a")).status == 500);
  CHECK(orders() == 0);
  fault("500_after");
  CHECK(client.place(market_order("a")).status == 500);
  CHECK(orders() == 1);
}

TEST_CASE_FIXTURE(fault_scene,
                  "drop_request leaves no order, drop_response one") {
  fault("drop_request");
  CHECK_THROWS_AS(client.place(market_order("a")), connection_lost);
  CHECK(orders() == 0);
  fault("drop_response");
  CHECK_THROWS_AS(client.place(market_order("a")), connection_lost);
  CHECK(orders() == 1);
  CHECK(client.query("a").body["status"] == "FILLED");
}

TEST_CASE_FIXTURE(fault_scene,
                  "close_keepalive breaks a connection used before") {
  fault("close_keepalive", {{"times", 2}});
  CHECK(client.place(market_order("a")).status == 200);
  CHECK_THROWS_AS(client.place(market_order("a")), connection_lost);
  CHECK(orders() == 2);
}

TEST_CASE_FIXTURE(fault_scene, "hang_before is silent and leaves no order") {
  fault("hang_before", {{"ms", 600'000}});
  client.begin("POST", "/api/v3/order", market_order("a"));
  CHECK_FALSE(client.http().readable(100ms));
  client.http().hang_up();
  fault("hang_before", {{"ms", 20}});
  client.begin("POST", "/api/v3/order", market_order("a"));
  CHECK(client.http().peer_closes());
  CHECK(orders() == 0);
}

TEST_CASE_FIXTURE(fault_scene, "hang_after is silent and leaves an order") {
  fault("hang_after", {{"ms", 600'000}});
  client.begin("POST", "/api/v3/order", market_order("a"));
  CHECK_FALSE(client.http().readable(100ms));
  mexc_client other{exchange};
  CHECK(other.await("a", "FILLED")["status"] == "FILLED");
  client.http().hang_up();
  fault("hang_after", {{"ms", 20}});
  client.begin("POST", "/api/v3/order", market_order("a"));
  CHECK(client.http().peer_closes());
  CHECK(orders() == 2);
}

TEST_CASE_FIXTURE(fault_scene, "delay_accept accepts later, unheard or not") {
  fault("delay_accept", {{"ms", 600'000}});
  client.begin("POST", "/api/v3/order", market_order("b"));
  CHECK_FALSE(client.http().readable(100ms));
  CHECK(exchange.orders_of("b").empty());
  client.http().hang_up();
  fault("delay_accept", {{"ms", 20}});
  client.begin("POST", "/api/v3/order", market_order("a"));
  client.http().hang_up();
  CHECK(client.await("a", "FILLED")["status"] == "FILLED");
  CHECK(orders() == 1);
}

TEST_CASE_FIXTURE(fault_scene,
                  "delay_accept looks at the window when it is over") {
  fault("delay_accept", {{"ms", 400}});
  auto answer = client.place(with(market_order("a"), "recvWindow", "200"));
  CHECK(answer.body["code"] == 700003);
  CHECK(orders() == 0);
}

TEST_CASE_FIXTURE(fault_scene,
                  "late_visible: accepted, but not found for a while") {
  fault("late_visible", {{"ms", 600'000}});
  CHECK(client.place(resting_order("b")).status == 200);
  CHECK(client.query("b").body["code"] == -2013);
  CHECK(client.cancel("b").body["code"] == -2011);
  CHECK(exchange.orders_of("b").size() == 1);
  fault("late_visible", {{"ms", 20}});
  CHECK(client.place(resting_order("a")).status == 200);
  CHECK(client.await("a", "NEW")["status"] == "NEW");
}

TEST_CASE_FIXTURE(fault_scene, "late_visible_drop: no answer either") {
  fault("late_visible_drop", {{"ms", 600'000}});
  CHECK_THROWS_AS(client.place(market_order("b")), connection_lost);
  CHECK(client.query("b").body["code"] == -2013);
  CHECK(exchange.orders_of("b").size() == 1);
  fault("late_visible_drop", {{"ms", 20}});
  CHECK_THROWS_AS(client.place(market_order("a")), connection_lost);
  CHECK(client.await("a", "FILLED")["status"] == "FILLED");
}

TEST_CASE_FIXTURE(fault_scene,
                  "malformed: accepted, and the answer is no JSON") {
  fault("malformed");
  auto answer = client.place(market_order("a"));
  CHECK(answer.status == 200);
  CHECK_FALSE(json::accept(answer.text));
  CHECK(orders() == 1);
}

TEST_CASE_FIXTURE(fault_scene, "truncated: the answer ends before its length") {
  fault("truncated");
  CHECK_THROWS_AS(client.place(market_order("a")), connection_lost);
  CHECK(orders() == 1);
}

TEST_CASE_FIXTURE(fault_scene, "huge: an answer of 64 MiB") {
  fault("huge");
  client.begin("POST", "/api/v3/order", market_order("a"));
  auto answer = client.http().finish(true); // a parser would take its time
  CHECK(std::stoul(answer.header("content-length")) > (64u << 20));
  client.http().hang_up(); // in the middle, which the exchange survives
  CHECK(orders() == 1);
}

TEST_CASE_FIXTURE(fault_scene, "wrong_shape: JSON without an order in it") {
  fault("wrong_shape");
  auto answer = client.place(market_order("a"));
  CHECK(answer.status == 200);
  CHECK(answer.body.is_array());
  CHECK(orders() == 1);
}

TEST_CASE_FIXTURE(fault_scene, "slow_body: a byte at a time") {
  fault("slow_body", {{"ms", 1}});
  auto before = std::chrono::steady_clock::now();
  auto answer = client.place(market_order("a"));
  CHECK(answer.body.contains("orderId"));
  auto took = std::chrono::steady_clock::now() - before;
  CHECK(took > std::chrono::milliseconds{answer.text.size() - 1});
  CHECK(orders() == 1);
}

TEST_CASE_FIXTURE(fault_scene,
                  "faults happen to queries and cancellations, too") {
  client.place(resting_order("a"));
  exchange.faults({{{"on", "query"}, {"fault", "500_before"}},
                   {{"on", "cancel"}, {"fault", "drop_response"}},
                   {{"on", "time"}, {"fault", "malformed"}},
                   {{"on", "info"}, {"fault", "drop_request"}}});
  CHECK(client.query("a").status == 500);
  CHECK_THROWS_AS(client.cancel("a"), connection_lost);
  CHECK(client.query("a").body["status"] == "CANCELED");
  CHECK(client.http().get("/api/v3/time").body.is_null());
  CHECK_THROWS_AS(client.http().get("/api/v3/exchangeInfo"), connection_lost);
  CHECK(exchange.faults_left().empty());
}
