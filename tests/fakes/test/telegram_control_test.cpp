// The control calls: chaos, limits, reset, away, a new process.
#include "tests/fakes/test/telegram_world.hpp"
#include "tests/support/text.hpp"

#include <doctest/doctest.h>

#include <map>
#include <vector>

using namespace holdfast::test;
using namespace std::chrono_literals;

namespace {

struct telegram_control_scene : telegram_world {
  /// What happened to the texts `0` to `count`, sent in this order or the
  /// other.
  std::map<int, int> fates(int count, bool backwards) {
    std::map<int, int> result;
    for (int i = 0; i < count; ++i) {
      auto number = backwards ? count - 1 - i : i;
      result[number] = send(std::to_string(number)).status;
    }
    return result;
  }

  /// Asks until it is so, at most for this long.
  template <class F>
  static bool answered(std::chrono::milliseconds patience, F ask) {
    auto deadline = std::chrono::steady_clock::now() + patience;
    while (!ask())
      if (std::chrono::steady_clock::now() > deadline)
        return false;
    return true;
  }

  /// With these limits, calls `f` with 0, 1, … until the answer is a 429, and
  /// all of it within a second, however often a slow machine has to try.
  /// Returns how many were answered otherwise.
  template <class F>
  int fit(const json& limits, F f) {
    int count = 0;
    auto within_a_second = [&] {
      auto before = std::chrono::steady_clock::now();
      telegram.reset();
      send("first");
      telegram.limits(limits);
      for (count = 0; f(count).status != 429;)
        if (++count > 1000)
          return false;
      return std::chrono::steady_clock::now() - before < 1s;
    };
    REQUIRE(answered(60s, within_a_second));
    return count;
  }

  std::string refusal_of(const json& rules) {
    try {
      telegram.faults(rules);
    } catch (const std::runtime_error& error) {
      return error.what();
    }
    return {};
  }
};

} // namespace

TEST_CASE_FIXTURE(telegram_control_scene,
                  "a wrong rule is refused by what is wrong with it") {
  CHECK(mentions(refusal_of({{"on", "send"}, {"fault", "late_visible"}}),
                 "not_modified"));
  CHECK(
      mentions(refusal_of({{"on", "order"}, {"fault", "reject"}}), "updates"));
  CHECK(mentions(refusal_of({{"on", "send"}}), "`fault`"));
  CHECK(
      mentions(refusal_of({{"on", "send"}, {"fault", "reject"}, {"code", 600}}),
               "`code`"));
  CHECK(mentions(refusal_of({{"on", "send"}, {"fault", "429"}, {"times", 0}}),
                 "`times`"));
  CHECK(mentions(
      refusal_of({{{"on", "send"}, {"fault", "reject"}},
                  {{"on", "send"}, {"fault", "429"}, {"symbol", "X"}}}),
      "\"symbol\""));
  CHECK(telegram.faults_left().empty());
}

TEST_CASE_FIXTURE(telegram_control_scene,
                  "chaos goes by chat and text, in any order") {
  json settings{
      {"seed", 7}, {"perMille", 500}, {"faults", {"reject", "500_after"}}};
  telegram.chaos(settings);
  auto first = fates(60, false);
  telegram.chaos(settings);
  CHECK(fates(60, true) == first);
  settings["seed"] = 8;
  telegram.chaos(settings);
  CHECK(fates(60, false) != first);
  std::map<int, int> counts;
  for (auto [number, status] : first)
    ++counts[status];
  CHECK(counts[200] > 10);
  CHECK(counts[400] > 5);
  CHECK(counts[500] > 5);
  telegram.chaos({{"perMille", 0}});
  CHECK(send("0").status == 200);
}

TEST_CASE_FIXTURE(telegram_control_scene,
                  "a limit per chat leaves other chats alone") {
  http_response last;
  auto sending = [&](int) { return last = send("a", {{"chat_id", 7}}); };
  CHECK(fit({{"perChatPerS", 3}}, sending) == 3);
  CHECK(last.body["parameters"]["retry_after"] == 1);
  CHECK(last.header("retry-after") == "1");
  CHECK(refused("limit") == 1);
  CHECK(send("a", {{"chat_id", 8}}).status == 200);
  CHECK(telegram.messages_of(7).size() == 3);
  telegram.limits(json::object());
  for (int i = 0; i < 5; ++i)
    CHECK(send("a", {{"chat_id", 7}}).status == 200);
}

TEST_CASE_FIXTURE(telegram_control_scene,
                  "edits count for a limit, what is refused does not") {
  auto editing = [&](int i) {
    send("");
    return edit(1, std::to_string(i));
  };
  CHECK(fit({{"perChatPerS", 3}}, editing) == 2); // and the first message
}

TEST_CASE_FIXTURE(telegram_control_scene,
                  "a limit over all chats ends by itself") {
  auto next_chat = [&](int i) { return send("a", {{"chat_id", 7 + i}}); };
  CHECK(fit({{"perS", 3}}, next_chat) == 2); // and the first message
  CHECK(answered(60s, [&] { return send("a").status == 200; }));
  CHECK_THROWS_AS(telegram.limits({{"perHour", 1}}), std::runtime_error);
  CHECK_THROWS_AS(telegram.limits({{"perS", -1}}), std::runtime_error);
}

TEST_CASE_FIXTURE(telegram_control_scene, "a reset makes everything anew") {
  send("a");
  send("b");
  telegram.know({7});
  telegram.limits({{"perS", 1}});
  telegram.migrate(some_chat, 9);
  telegram.updates({{"message", "a"}});
  telegram.faults({{"on", "send"}, {"fault", "reject"}});
  telegram.reset();
  auto state = telegram.state();
  CHECK(state["chats"].empty());
  CHECK(state["log"].empty());
  CHECK(state["updates"].empty());
  CHECK(state["requests"]["sendMessage"] == 0);
  CHECK(send("a").body["result"]["message_id"] == 1);
  CHECK(send("b").body["result"]["message_id"] == 2);
}

TEST_CASE_FIXTURE(telegram_control_scene,
                  "what was held before a reset is never accepted") {
  telegram.faults({{"on", "send"}, {"fault", "delay_accept"}, {"ms", 2000}});
  begin_send("a");
  CHECK_FALSE(http.readable(50ms));
  telegram.reset();
  CHECK(http.peer_closes());
  CHECK(messages().empty());
}

TEST_CASE_FIXTURE(telegram_control_scene,
                  "a messenger that is away comes back with its chats") {
  telegram_world gone;
  gone.send("a");
  gone.telegram.away(10min);
  CHECK_THROWS_AS(gone.send("b"), connection_lost);
  CHECK_THROWS_AS(gone.http.connect(), connection_lost);
  send("a");
  http.hang_up();
  telegram.away(100ms);
  CHECK(messages().size() == 1); // control calls wait
  CHECK(send("b").body["result"]["message_id"] == 2);
}

TEST_CASE_FIXTURE(telegram_control_scene,
                  "it ends on SIGTERM; the next one knows nothing") {
  send("a");
  auto port = telegram.port();
  CHECK(telegram.stop() == 0);
  CHECK_THROWS_AS(http.connect(), connection_lost);
  fake_telegram next{{"1234567:test-token", port}};
  CHECK(next.port() == port);
  CHECK(send("b").body["result"]["message_id"] == 1);
  CHECK(next.log().size() == 1);
}

TEST_CASE_FIXTURE(telegram_control_scene,
                  "a hundred connections are served at once") {
  std::vector<http_client> clients;
  for (int i = 0; i < 100; ++i)
    clients.emplace_back(telegram.port());
  for (int i = 0; i < 100; ++i)
    clients[i].begin("POST", path("sendMessage"),
                     message(std::to_string(i)).dump());
  for (auto& each : clients)
    CHECK(each.finish().status == 200);
  CHECK(messages().size() == 100);
}

TEST_CASE_FIXTURE(telegram_control_scene, "wrong control calls are refused") {
  CHECK(http.send("POST", "/fake/chats", "{").status == 400);
  CHECK(http.send("POST", "/fake/chats", R"({"known":["a"]})").status == 400);
  CHECK(http.send("POST", "/fake/migrate", R"({"chatId":1})").status == 400);
  CHECK(http.send("POST", "/fake/updates", "{}").status == 400);
}
