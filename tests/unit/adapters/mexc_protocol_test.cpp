// Requests and signatures of MEXC, and what its answers are taken for.
#include "adapters/mexc_protocol.hpp"
#include "tests/unit/contains.hpp"

#include <doctest/doctest.h>

using namespace holdfast;
using namespace holdfast::test;

namespace {

mexc_access access() {
  mexc_access at;
  at.base_url = "http://127.0.0.1:1";
  at.keys = {"test-key", "test-secret"};
  return at;
}

constexpr std::int64_t timestamp = 1'700'000'000'000;

place_order order_of(const std::string& type) {
  place_order x{"ABC234", "BTCUSDT", "BUY", type, "0.001", "", ""};
  if (type != "MARKET")
    x.price = "50000.5";
  return x;
}

mexc_answer judge(int status, const std::string& body,
                  const std::string& retry_after = {}) {
  return judge_mexc_reply({http_reply::replied, status, body, retry_after, {}});
}

} // namespace

TEST_CASE("an order is signed over its whole query and sent at most once") {
  auto call = mexc_order_request(access(), order_of("MARKET"), timestamp);
  CHECK(call.method == "POST");
  CHECK(call.at_most_once);
  CHECK(call.body.empty());
  // The signature is openssl's, of what stands before it.
  CHECK(call.url ==
        "http://127.0.0.1:1/api/v3/order?symbol=BTCUSDT&side=BUY&type=MARKET"
        "&quantity=0.001&newClientOrderId=ABC234&recvWindow=5000"
        "&timestamp=1700000000000&signature="
        "8c5abb6fb7e3afe2c101b2d3b55d7d5d4102bfc6317ed57ec8d6fde6786b1e66");
  REQUIRE(call.headers.size() == 2);
  CHECK(call.headers[0] == "X-MEXC-APIKEY: test-key");
  CHECK_FALSE(contains(call.url, "test-secret"));
}

TEST_CASE("M23: no order has a timeInForce, whatever its type") {
  for (auto type : {"MARKET", "LIMIT", "LIMIT_MAKER", "IMMEDIATE_OR_CANCEL",
                    "FILL_OR_KILL"}) {
    auto call = mexc_order_request(access(), order_of(type), timestamp);
    CHECK(contains(call.url, std::string{"&type="} + type + "&"));
    CHECK_FALSE(contains(call.url, "timeInForce"));
    CHECK(contains(call.url, "&price=50000.5") ==
          (std::string_view{type} != "MARKET"));
  }
}

TEST_CASE("a MARKET order by money says so") {
  auto x = order_of("MARKET");
  x.quantity.clear();
  x.quote_quantity = "25.5";
  auto call = mexc_order_request(access(), x, timestamp);
  CHECK(contains(call.url, "&quoteOrderQty=25.5&"));
  CHECK_FALSE(contains(call.url, "&quantity="));
}

TEST_CASE("what is asked about stands percent-encoded in the query") {
  auto query = mexc_query_request(access(), "A/B", mexc_name::client_order_id,
                                  "X1", timestamp);
  CHECK(query.method == "GET");
  CHECK(query.url ==
        "http://127.0.0.1:1/api/v3/order?symbol=A%2FB&origClientOrderId=X1"
        "&recvWindow=5000&timestamp=1700000000000&signature="
        "0df642b7b7bf6d9b6d5855178a496e6dbf41d45757c0098c4712c231f0e039e5");
  CHECK(contains(
      mexc_query_request(access(), "B", mexc_name::order_id, "7", timestamp)
          .url,
      "symbol=B&orderId=7&"));
  auto cancel = mexc_cancel_request(access(), "B", "X1", timestamp);
  CHECK(cancel.method == "DELETE");
  CHECK(cancel.at_most_once);
  CHECK(contains(cancel.url, "symbol=B&origClientOrderId=X1&"));
}

TEST_CASE("time and symbols are asked for without key and signature") {
  auto time = mexc_time_request(access());
  CHECK(time.url == "http://127.0.0.1:1/api/v3/time");
  CHECK(time.headers.empty());
  auto symbol = mexc_symbol_request(access(), "A/B");
  CHECK(symbol.url == "http://127.0.0.1:1/api/v3/exchangeInfo?symbol=A%2FB");
  CHECK(symbol.headers.empty());
}

TEST_CASE("an answer is taken for no more than it says") {
  using a = mexc_answer;
  struct {
    int status;
    const char* body;
    a::kind_type kind;
    const char* code;
  } const rows[] = {
      {200, "{}", a::done, ""},
      {400, R"({"code":10101,"msg":"Insufficient"})", a::refused, "10101"},
      {400, R"({"code":"30002","msg":"min"})", a::refused, "30002"},
      {400, R"({"code":30003,"msg":"max"})", a::refused, "30003"},
      {400, R"({"code":10007,"msg":"bad symbol"})", a::refused, "10007"},
      {400, R"({"code":700004,"msg":"missing"})", a::refused, "700004"},
      {400, R"({"code":-2013,"msg":"none"})", a::not_there, "-2013"},
      {404, R"({"code":-2011,"msg":"none"})", a::not_there, "-2011"},
      {400, R"({"code":700003,"msg":"time"})", a::wrong_time, "700003"},
      {401, R"({"code":700001,"msg":"format"})", a::bad_access, "700001"},
      {400, R"({"code":700002,"msg":"signature"})", a::bad_access, "700002"},
      {400, R"({"code":602,"msg":"signature"})", a::bad_access, "602"},
      {403, R"({"code":700006,"msg":"ip"})", a::bad_access, "700006"},
      {400, R"({"code":10072,"msg":"key"})", a::bad_access, "10072"},
      // The order is there: the opposite of a refusal.
      {400, R"({"code":-2010,"msg":"Duplicate order sent."})", a::unclear,
       "-2010"},
      // Who says this may not be the exchange.
      {400, "<html>bad request</html>", a::unclear, ""},
      {403, "", a::unclear, ""},
      {404, R"({"error":"no route"})", a::unclear, ""},
      {500, R"({"code":10101,"msg":"Insufficient"})", a::unclear, ""},
      {503, "", a::unclear, ""},
      {302, "", a::unclear, ""},
      {101, "", a::unclear, ""},
  };
  for (const auto& row : rows) {
    INFO(row.status << ' ' << row.body);
    auto answer = judge(row.status, row.body);
    CHECK(answer.kind == row.kind);
    CHECK(answer.code == row.code);
    CHECK((answer.kind == a::done) == answer.message.empty());
  }
}

TEST_CASE("without a reply it matters whether the request was sent") {
  auto away = judge_mexc_reply({http_reply::not_sent, 0, {}, {}, "no route"});
  CHECK(away.kind == mexc_answer::not_sent);
  CHECK(away.message == "no route");
  auto lost = judge_mexc_reply({http_reply::broken, 0, {}, {}, "time-out"});
  CHECK(lost.kind == mexc_answer::unclear);
}

TEST_CASE("a refusal for too many requests says for how long") {
  auto pause_of = [](int status, const std::string& header) {
    auto answer = judge(status, "", header);
    CHECK(answer.kind == mexc_answer::slow_down);
    return answer.retry_after_ms;
  };
  CHECK(pause_of(429, "7") == 7000);
  CHECK(pause_of(418, "7") == 7000);
  CHECK(pause_of(429, "0") == 1000);
  CHECK(pause_of(429, "") == 10'000);
  CHECK(pause_of(418, "") == 120'000);
  CHECK(pause_of(429, "-5") == 10'000);
  CHECK(pause_of(429, "Wed, 21 Oct 2015 07:28:00 GMT") == 10'000);
  CHECK(pause_of(429, "99999999999999999999999") == 86'400'000);
}

TEST_CASE("the exchange's message becomes one short line") {
  auto body = R"({"code":1,"msg":"a\nb)" + std::string(1000, 'x') + "\"}";
  auto message = judge(400, body).message;
  CHECK(message.starts_with("a bxxx"));
  CHECK(message.size() < 300);
}
