// Key, signature and time window.
#include "tests/fakes/test/mexc_client.hpp"
#include "tests/support/text.hpp"

#include <doctest/doctest.h>

#include <cctype>

using namespace holdfast::test;
using namespace std::chrono_literals;

namespace {

constexpr std::int64_t vector_time = 1'700'000'000'000;

/// A call signed with `test-secret` at `vector_time`.
struct vector {
  std::string method;
  std::string query;
  std::string body;
  std::string signature;
};

// Computed by OpenSSL's command line over query string + body:
//
//   printf '%s' "$QUERY$BODY" | openssl dgst -sha256 -hmac test-secret
const vector in_query{
    "POST",
    "symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.01"
    "&newClientOrderId=vector1&recvWindow=60000&timestamp=1700000000000",
    "", "0a24d5ae6fa55b6fcd6c30458ab3685688c94cb70e53a7cff84875dabf271a51"};
const vector in_query_and_body{
    "POST", "symbol=ETHUSDT&side=SELL&type=LIMIT",
    "quantity=0.5&price=2600.5&newClientOrderId=vector2&recvWindow=60000"
    "&timestamp=1700000000000",
    "437b76e4f39d12e64310fa3aad08f0062694604cced0e76c0fe185d8987dffc4"};
const vector percent_encoded_query{
    "GET",
    "symbol=BTCUSDT&origClientOrderId=vector%31&recvWindow=60000"
    "&timestamp=1700000000000",
    "", "0c8b2f5a0fb8cbdca2f56d77786d5084367f4e6576296dc3217e35c1f096a922"};

/// At a time at which the vectors are within their window.
struct vector_world {
  vector_world() {
    exchange.clock(std::chrono::milliseconds{vector_time - wall_ms()});
  }

  http_response send(const vector& v) {
    auto signed_part = "&signature=" + v.signature;
    auto target = "/api/v3/order?" + v.query;
    header_map headers{{"X-MEXC-APIKEY", "test-key"},
                       {"Content-Type", "application/x-www-form-urlencoded"}};
    return v.body.empty()
               ? http.send(v.method, target + signed_part, {}, headers)
               : http.send(v.method, target, v.body + signed_part, headers);
  }

  fake_exchange exchange;
  http_client http{exchange.port()};
};

json refused(const fake_exchange& exchange) {
  return exchange.book()["refused"];
}

std::string at(std::int64_t ms) { return std::to_string(ms); }

} // namespace

TEST_CASE_FIXTURE(vector_world, "signatures of the openssl program are taken") {
  CHECK(send(in_query).status == 200);
  CHECK(send(in_query_and_body).status == 200);
  auto found = send(percent_encoded_query);
  CHECK(found.status == 200);
  CHECK(found.body["clientOrderId"] == "vector1");
  CHECK(exchange.book()["orders"].size() == 2);
  CHECK(refused(exchange)["signature"] == 0);
}

TEST_CASE_FIXTURE(vector_world, "a signature in upper case is refused") {
  auto wrong = in_query;
  for (char& c : wrong.signature)
    c = static_cast<char>(std::toupper(c));
  auto answer = send(wrong);
  CHECK(answer.status == 400);
  CHECK(answer.body["code"] == 700002);
}

TEST_CASE_FIXTURE(vector_world, "a changed amount does not fit the signature") {
  auto wrong = in_query;
  wrong.query.replace(wrong.query.find("0.01"), 4, "0.02");
  CHECK(send(wrong).body["code"] == 700002);
  CHECK(refused(exchange)["signature"] == 1);
  CHECK(exchange.book()["orders"].empty());
}

TEST_CASE("a missing or wrong key is refused before all else") {
  fake_exchange exchange;
  http_client http{exchange.port()};
  CHECK(http.send("POST", "/api/v3/order").body["code"] == 700001);
  header_map wrong{{"X-MEXC-APIKEY", "another-key"}};
  CHECK(http.send("POST", "/api/v3/order", {}, wrong).body["code"] == 10072);
  CHECK(refused(exchange)["key"] == 2);
}

TEST_CASE("timestamp and signature are mandatory") {
  fake_exchange exchange;
  mexc_client client{exchange};
  auto answer = client.http().send("GET", "/api/v3/order?symbol=BTCUSDT", {},
                                   client.key());
  CHECK(answer.body["code"] == 700004);
  answer = client.http().send(
      "GET", "/api/v3/order?symbol=BTCUSDT&timestamp=" + at(wall_ms()), {},
      client.key());
  CHECK(answer.body["code"] == 700004);
  CHECK(answer.body["msg"].get<std::string>().find("'signature'") !=
        std::string::npos);
}

// The server's clock only goes on between the test's reading and the
// exchange's: the edges tested to the millisecond are those that this cannot
// move across.
TEST_CASE("a timestamp must be less than a second ahead") {
  fake_exchange exchange;
  mexc_client client{exchange};
  auto placed = [&](std::int64_t ahead) {
    auto when = at(wall_ms() + ahead);
    return client.place(with(market_order("a"), "timestamp", when)).body;
  };
  CHECK(placed(999).contains("orderId"));
  CHECK(placed(4000)["code"] == 700003);
  CHECK(refused(exchange)["time"] == 1);
}

TEST_CASE("a timestamp must not be older than its window, 5 s by default") {
  fake_exchange exchange;
  mexc_client client{exchange};
  auto placed = [&](std::int64_t age, const std::string& window) {
    auto order = market_order("a");
    if (!window.empty())
      order = with(order, "recvWindow", window);
    return client.place(with(order, "timestamp", at(wall_ms() - age))).body;
  };
  CHECK(placed(5001, "")["code"] == 700003);
  CHECK(placed(1000, "").contains("orderId"));
  CHECK(placed(201, "200")["code"] == 700003);
  CHECK(placed(50'000, "60000").contains("orderId"));
  CHECK(placed(60'001, "60000")["code"] == 700003);
  CHECK(placed(0, "60001")["code"] == 700005);
  CHECK(placed(0, "x")["code"] == 700004);
}

TEST_CASE("the window follows the exchange's clock") {
  fake_exchange exchange;
  mexc_client client{exchange};
  exchange.clock(10s);
  CHECK(client.place(market_order("a")).body["code"] == 700003);
  auto told = client.http().get("/api/v3/time").body["serverTime"];
  CHECK(told.get<std::int64_t>() >= wall_ms() + 9000);
  CHECK(
      client.place(with(market_order("a"), "timestamp", told.dump())).status ==
      200);
  exchange.clock(-10s);
  CHECK(client.place(market_order("a")).body["code"] == 700003);
  auto book = exchange.book();
  CHECK(book["orders"].size() == 1);
  CHECK(book["requests"]["order"] == 3);
}
