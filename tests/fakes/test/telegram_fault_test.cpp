// Every fault as a raw client sees it, and what the chat says of it.
#include "tests/fakes/test/telegram_world.hpp"
#include "tests/support/eventually.hpp"

#include <doctest/doctest.h>

using namespace holdfast::test;
using namespace std::chrono_literals;

namespace {

struct telegram_fault_scene : telegram_world {
  void fault(const std::string& name, json more = json::object()) {
    more["on"] = more.value("on", "send");
    more["fault"] = name;
    telegram.faults(more);
  }

  std::size_t count() { return messages().size(); }

  /// Asks until there are that many messages, at most a minute.
  std::size_t await(std::size_t wanted) {
    eventually([&] { return count() >= wanted; }, 60s);
    return count();
  }
};

} // namespace

TEST_CASE_FIXTURE(telegram_fault_scene,
                  "reject: a code and a text of the test's choice") {
  fault("reject");
  fault("reject",
        {{"code", 403}, {"description", "Forbidden: bot was kicked"}});
  auto answer = send("a");
  CHECK(answer.status == 400);
  CHECK(answer.body["error_code"] == 400);
  answer = send("a");
  CHECK(answer.status == 403);
  CHECK(answer.body == refusal(403, "Forbidden: bot was kicked"));
  CHECK(count() == 0);
  CHECK(send("a").status == 200);
}

TEST_CASE_FIXTURE(telegram_fault_scene, "429 names the time to wait, twice") {
  fault("429", {{"retryAfterS", 7}});
  auto answer = send("a");
  auto limited = refusal(429, "Too Many Requests: retry after 7");
  limited["parameters"] = {{"retry_after", 7}};
  CHECK(answer.status == 429);
  CHECK(answer.body == limited);
  CHECK(answer.header("retry-after") == "7");
  CHECK(count() == 0);
  CHECK(refused("limit") == 1);
}

TEST_CASE_FIXTURE(telegram_fault_scene,
                  "500_before leaves no message, 500_after one") {
  fault("500_before");
  CHECK(send("a").body == refusal(500, "Internal Server Error"));
  CHECK(count() == 0);
  fault("500_after");
  CHECK(send("a").body == refusal(500, "Internal Server Error"));
  CHECK(count() == 1);
}

TEST_CASE_FIXTURE(telegram_fault_scene,
                  "drop_request leaves no message, drop_response one") {
  fault("drop_request");
  CHECK_THROWS_AS(send("a"), connection_lost);
  CHECK(count() == 0);
  fault("drop_response");
  CHECK_THROWS_AS(send("a"), connection_lost);
  CHECK(count() == 1);
}

TEST_CASE_FIXTURE(telegram_fault_scene,
                  "close_keepalive breaks a connection used before") {
  fault("close_keepalive", {{"times", 2}});
  CHECK(send("a").status == 200);
  CHECK_THROWS_AS(send("b"), connection_lost);
  CHECK(count() == 2);
}

TEST_CASE_FIXTURE(telegram_fault_scene,
                  "hang_before is silent and leaves no message") {
  fault("hang_before", {{"ms", 600'000}});
  begin_send("a");
  CHECK_FALSE(http.readable(100ms));
  http.hang_up();
  fault("hang_before", {{"ms", 20}});
  begin_send("a");
  CHECK(http.peer_closes());
  CHECK(count() == 0);
}

TEST_CASE_FIXTURE(telegram_fault_scene,
                  "hang_after is silent and leaves a message") {
  fault("hang_after", {{"ms", 600'000}});
  begin_send("a");
  CHECK(await(1) == 1);
  CHECK_FALSE(http.readable(100ms));
  http.hang_up();
  fault("hang_after", {{"ms", 20}});
  begin_send("b");
  CHECK(http.peer_closes());
  CHECK(count() == 2);
}

TEST_CASE_FIXTURE(telegram_fault_scene,
                  "delay_accept accepts later, unheard or not") {
  fault("delay_accept", {{"ms", 600'000}});
  begin_send("a");
  CHECK_FALSE(http.readable(100ms));
  CHECK(count() == 0);
  http.hang_up();
  fault("delay_accept", {{"ms", 20}});
  begin_send("b");
  http.hang_up();
  CHECK(await(1) == 1);
  CHECK(messages().at(0)["text"] == "b");
  fault("delay_accept", {{"ms", 20}});
  CHECK(send("c").body["result"]["message_id"] == 2);
}

TEST_CASE_FIXTURE(telegram_fault_scene,
                  "malformed: accepted, and the answer is no JSON") {
  fault("malformed");
  auto answer = send("a");
  CHECK(answer.status == 200);
  CHECK_FALSE(json::accept(answer.text));
  CHECK(count() == 1);
}

TEST_CASE_FIXTURE(telegram_fault_scene,
                  "truncated: the answer ends before its length") {
  fault("truncated");
  CHECK_THROWS_AS(send("a"), connection_lost);
  CHECK(count() == 1);
}

TEST_CASE_FIXTURE(telegram_fault_scene, "huge: an answer of 64 MiB") {
  fault("huge");
  begin_send("a");
  auto answer = http.finish(true); // a parser would take its time
  CHECK(std::stoul(answer.header("content-length")) > (64u << 20));
  http.hang_up(); // in the middle, which the fake survives
  CHECK(count() == 1);
}

TEST_CASE_FIXTURE(telegram_fault_scene,
                  "wrong_shape: ok, and no message in it") {
  fault("wrong_shape");
  auto answer = send("a");
  CHECK(answer.status == 200);
  CHECK(answer.body["ok"] == true);
  CHECK(answer.body["result"].is_array());
  CHECK(count() == 1);
}

TEST_CASE_FIXTURE(telegram_fault_scene, "slow_body: a byte at a time") {
  fault("slow_body", {{"ms", 1}});
  auto before = std::chrono::steady_clock::now();
  auto answer = send("a");
  CHECK(answer.body["result"]["message_id"] == 1);
  auto took = std::chrono::steady_clock::now() - before;
  CHECK(took > std::chrono::milliseconds{answer.text.size() - 1});
  CHECK(count() == 1);
}

TEST_CASE_FIXTURE(telegram_fault_scene,
                  "not_modified: an edit refused as one of no effect") {
  send("a");
  fault("not_modified", {{"on", "edit"}});
  auto answer = edit(1, "b");
  CHECK(answer.status == 400);
  CHECK(answer.body["description"].get<std::string>().starts_with(
      "Bad Request: message is not modified"));
  CHECK(messages().at(0)["shown"] == "a");
  CHECK(edit(1, "b").status == 200);
  CHECK_THROWS_WITH_AS(fault("not_modified"), doctest::Contains("only an edit"),
                       std::runtime_error);
}

TEST_CASE_FIXTURE(telegram_fault_scene,
                  "what is not valid is refused, whatever the fault") {
  fault("delay_accept", {{"ms", 1}});
  CHECK(send("").body["description"] == "Bad Request: message text is empty");
  fault("drop_response");
  CHECK_THROWS_AS(send(""), connection_lost);
  CHECK(count() == 0);
}

TEST_CASE_FIXTURE(telegram_fault_scene,
                  "faults happen to edits, updates and getMe, too") {
  send("a");
  telegram.faults({{{"on", "edit"}, {"fault", "drop_response"}},
                   {{"on", "updates"}, {"fault", "500_before"}},
                   {{"on", "me"}, {"fault", "reject"}, {"code", 401}}});
  CHECK_THROWS_AS(edit(1, "b"), connection_lost);
  CHECK(messages().at(0)["edits"] == json{"b"});
  CHECK(call("getUpdates", json::object()).status == 500);
  CHECK(http.get(path("getMe")).status == 401);
  CHECK(telegram.faults_left().empty());
}

TEST_CASE_FIXTURE(telegram_fault_scene,
                  "a rule may be for one chat, or a part of the text") {
  fault("500_before", {{"chatId", 7}});
  fault("500_before", {{"chatId", "8"}});
  fault("reject", {{"contains", "EURUSD"}});
  CHECK(send("BUY XAUUSD").status == 200);
  CHECK(send("BUY EURUSD now").status == 400);
  CHECK(send("a", {{"chat_id", 7}}).status == 500);
  CHECK(send("a", {{"chat_id", "8"}}).status == 500);
  CHECK(telegram.faults_left().empty());
}

TEST_CASE_FIXTURE(telegram_fault_scene,
                  "rules are taken in order, after those they skip") {
  fault("reject", {{"skip", 1}, {"times", 2}});
  fault("500_before");
  CHECK(send("a").status == 500);
  CHECK(send("a").status == 400);
  CHECK(telegram.faults_left().at(0)["times"] == 1);
  CHECK(send("a").status == 400);
  CHECK(send("a").status == 200);
}
