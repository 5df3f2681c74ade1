// What is posted to a webhook, and what its answers are taken for.
#include "adapters/webhook_protocol.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace holdfast;

namespace {

webhook_options hook(std::string secret = {}) {
  webhook_options to;
  to.url = "http://127.0.0.1:1/hook?key=k";
  to.secret = std::move(secret);
  return to;
}

deliver_message signal(std::string intent) {
  return {{7, 42}, std::string{signal_webhook}, std::move(intent), {}, {}};
}

const std::string intent =
    R"({"body": {"event": "signal_created", "signal": {"pair": "EURUSD"}}})";
const std::string body =
    R"({"event":"signal_created","signal":{"pair":"EURUSD"}})";
constexpr std::int64_t now_s = 1'700'000'000;

http_call request(const webhook_options& to) {
  auto made = webhook_request(to, signal(intent), now_s);
  REQUIRE(std::holds_alternative<http_call>(made));
  return std::get<http_call>(made);
}

message_report read(int status, const std::string& text = {},
                    const std::string& retry_after = {}) {
  return read_webhook_reply(
      hook("s3cret"), {http_reply::replied, status, text, retry_after, {}});
}

} // namespace

TEST_CASE("R23: a signal is posted under a key that a repetition has, too") {
  auto call = request(hook());
  CHECK(call.method == "POST");
  CHECK(call.url == "http://127.0.0.1:1/hook?key=k");
  CHECK(call.body == body);
  CHECK(call.at_most_once);
  CHECK(call.headers ==
        std::vector<std::string>{"Content-Type: application/json",
                                 "Idempotency-Key: " +
                                     to_string(signal(intent).effect),
                                 "Holdfast-Timestamp: 1700000000"});
}

// Made with: printf '%s' TIMESTAMP.BODY | openssl dgst -sha256 -hmac SECRET
TEST_CASE("with a secret, time and body are signed as openssl signs them") {
  auto headers = request(hook("s3cret")).headers;
  REQUIRE(headers.size() == 4);
  CHECK(headers[2] == "Holdfast-Timestamp: 1700000000");
  CHECK(headers[3] ==
        "Holdfast-Signature: "
        "sha256="
        "38f6d66e3bb88d3c2df6c1e09dc3a2a61dc2725b3ec04b0026ff9e6ec034a3f2");
}

TEST_CASE("what is no signal is not posted") {
  for (auto text : {"", "{}", R"({"body": "text"})", R"({"body": null})"}) {
    INFO(text);
    auto made = webhook_request(hook(), signal(text), now_s);
    REQUIRE(std::holds_alternative<message_report>(made));
    CHECK(std::get<message_report>(made).kind == message_report::rejected);
  }
  auto other = signal(intent);
  other.kind = telegram_send;
  CHECK(std::holds_alternative<message_report>(
      webhook_request(hook(), other, now_s)));
}

TEST_CASE("a receiver takes it, refuses it, wants it later, or nobody knows") {
  using kind = message_report::kind_type;
  for (auto status : {200, 201, 202, 204, 299})
    CHECK(read(status, "ok").kind == kind::sent);
  for (auto status : {400, 401, 403, 404, 409, 410, 413, 422, 451}) {
    INFO(status);
    CHECK(read(status).kind == kind::rejected);
    CHECK(read(status).code == std::to_string(status));
  }
  CHECK(read(429, {}, "30").kind == kind::unavailable);
  CHECK(read(429, {}, "30").retry_after_ms == 30'000);
  CHECK(read(429).kind == kind::unavailable);
  CHECK(read(503, {}, "5").kind == kind::unavailable);
  CHECK(read(503, {}, "5").retry_after_ms == 5000);
  CHECK(read(503, {}, "Wed, 21 Oct 2015 07:28:00 GMT").kind ==
        kind::unavailable);
  for (auto status : {503, 500, 502, 504, 408, 425, 301, 302, 307, 308}) {
    INFO(status);
    CHECK(read(status).kind == kind::unknown);
  }
  CHECK(read_webhook_reply(hook(), {http_reply::not_sent, 0, {}, {}, "no way"})
            .kind == kind::unavailable);
  CHECK(
      read_webhook_reply(hook(), {http_reply::broken, 0, {}, {}, "cut"}).kind ==
      kind::unknown);
}

TEST_CASE("a refusal repeats some of the receiver's words, and no secret") {
  auto report = read(422, "bad\nfield s3cret" + std::string(1000, 'x'));
  CHECK(report.message.starts_with("HTTP status 422: bad field …xxx"));
  CHECK(report.message.size() < 300);
  CHECK(read(410).message == "HTTP status 410");
  CHECK(read(200, "thanks").message.empty());
}
