// What the receiver of webhooks keeps, and its faults.
#include "tests/support/eventually.hpp"
#include "tests/support/fake_webhook.hpp"
#include "tests/support/http_client.hpp"
#include "tests/support/text.hpp"

#include <doctest/doctest.h>

using namespace holdfast::test;
using namespace std::chrono_literals;

namespace {

struct webhook_scene {
  http_response post(const std::string& body) {
    return http.send("POST", "/hook", body, {{"Idempotency-Key", body}});
  }

  void fault(const std::string& name, json more = json::object()) {
    more["on"] = "hook";
    more["fault"] = name;
    webhook.faults(more);
  }

  std::size_t kept() { return webhook.received().size(); }

  fake_webhook webhook;
  http_client http{webhook.port(), 60s};
};

} // namespace

TEST_CASE_FIXTURE(webhook_scene,
                  "what is posted is kept to the byte, in order") {
  auto before = wall_ms();
  auto body = "{\"b\": 1,  \"a\":\t\"\xc3\xa9\"}\n";
  auto answer = http.send(
      "POST", "/hook/a?b=c", body,
      {{"Idempotency-Key", "\"sig-1\""}, {"X-Signature", "sha256=00ff"}});
  CHECK(answer.status == 200);
  CHECK(answer.body == json::object());
  post("second");
  auto received = webhook.received();
  REQUIRE(received.size() == 2);
  auto& first = received[0];
  CHECK(first["seq"] == 1);
  CHECK(first["method"] == "POST");
  CHECK(first["path"] == "/hook/a?b=c");
  CHECK(first["body"] == body);
  CHECK(first["headers"]["idempotency-key"] == "\"sig-1\"");
  CHECK(first["headers"]["x-signature"] == "sha256=00ff");
  CHECK(first["headers"]["content-type"] == "application/json");
  CHECK(first["atMs"].get<std::int64_t>() >= before);
  CHECK(first["atMs"].get<std::int64_t>() <= wall_ms());
  CHECK(received[1]["body"] == "second");
  CHECK(webhook.hook_url() == webhook.url() + "/hook");
}

TEST_CASE_FIXTURE(webhook_scene, "the same call twice is kept twice") {
  post("a");
  post("a");
  CHECK(kept() == 2);
  CHECK(webhook.requests() == 2);
}

TEST_CASE_FIXTURE(webhook_scene, "status: refused, and not kept") {
  fault("status", {{"code", 503}});
  fault("status");
  CHECK(post("a").status == 503);
  CHECK(post("a").status == 400);
  CHECK(kept() == 0);
  CHECK(webhook.requests() == 2);
}

TEST_CASE_FIXTURE(webhook_scene, "500_after: kept") {
  fault("500_after");
  CHECK(post("a").status == 500);
  CHECK(kept() == 1);
}

TEST_CASE_FIXTURE(webhook_scene,
                  "drop_request keeps nothing, drop_response does") {
  fault("drop_request");
  CHECK_THROWS_AS(post("a"), connection_lost);
  CHECK(kept() == 0);
  fault("drop_response");
  CHECK_THROWS_AS(post("a"), connection_lost);
  CHECK(kept() == 1);
}

TEST_CASE_FIXTURE(webhook_scene, "hang: kept, and silent") {
  fault("hang", {{"ms", 600'000}});
  http.begin("POST", "/hook", "a");
  CHECK(eventually([&] { return kept() == 1; }, 60s));
  CHECK_FALSE(http.readable(50ms));
  http.hang_up();
  fault("hang", {{"ms", 20}});
  http.begin("POST", "/hook", "b");
  CHECK(http.peer_closes());
  CHECK(kept() == 2);
}

TEST_CASE_FIXTURE(webhook_scene, "a rule may be for a part of the body") {
  fault("status", {{"contains", "EURUSD"}});
  CHECK(post("XAUUSD").status == 200);
  CHECK(post("EURUSD").status == 400);
  CHECK_THROWS_WITH_AS(fault("429"), doctest::Contains("drop_response"),
                       std::runtime_error);
}

TEST_CASE_FIXTURE(webhook_scene,
                  "chaos goes by idempotency key, in any order") {
  json settings{{"seed", 3}, {"perMille", 500}, {"faults", {"500_after"}}};
  webhook.chaos(settings);
  std::string forth, back;
  for (int i = 0; i < 30; ++i)
    forth += post(std::to_string(i)).status == 200 ? '+' : '-';
  webhook.chaos(settings);
  for (int i = 29; i >= 0; --i)
    back.insert(0, post(std::to_string(i)).status == 200 ? "+" : "-");
  CHECK(forth == back);
  CHECK(forth.find('+') != std::string::npos);
  CHECK(forth.find('-') != std::string::npos);
}

TEST_CASE_FIXTURE(webhook_scene, "a reset forgets; so does a new process") {
  post("a");
  fault("status");
  webhook.reset();
  CHECK(kept() == 0);
  CHECK(webhook.requests() == 0);
  CHECK(post("b").status == 200);
  auto port = webhook.port();
  CHECK(webhook.stop() == 0);
  CHECK_THROWS_AS(http.connect(), connection_lost);
  fake_webhook next{port};
  CHECK(next.received().empty());
  CHECK(post("c").status == 200);
  CHECK(next.received().size() == 1);
}

TEST_CASE_FIXTURE(webhook_scene,
                  "away: refused for a while, and nothing is lost") {
  post("a");
  http.hang_up();
  webhook.away(50ms);
  CHECK(kept() == 1); // control calls wait
  CHECK(post("b").status == 200);
  CHECK(kept() == 2);
  CHECK(http.get("/fake/nope").status == 404);
  CHECK(http.send("POST", "/fake/nope").status == 404);
}
