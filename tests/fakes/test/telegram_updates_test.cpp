// getUpdates: offsets, limits, and waiting.
#include "tests/fakes/test/telegram_world.hpp"

#include <doctest/doctest.h>

using namespace holdfast::test;
using namespace std::chrono_literals;

namespace {

struct telegram_updates_scene : telegram_world {
  /// The ids of what getUpdates answers.
  std::vector<int> fetch(json parameters = json::object()) {
    return ids(call("getUpdates", parameters));
  }

  static std::vector<int> ids(const http_response& answer) {
    REQUIRE(answer.body["ok"] == true);
    std::vector<int> found;
    for (const auto& each : answer.body["result"])
      found.push_back(each["update_id"]);
    return found;
  }

  void begin_poll(http_client& with, int timeout_s) {
    with.begin("POST", path("getUpdates"), json{{"timeout", timeout_s}}.dump());
  }

  void add(int count) {
    for (int i = 0; i < count; ++i)
      telegram.updates({{"message", {{"text", std::to_string(i)}}}});
  }
};

using update_ids = std::vector<int>;

} // namespace

TEST_CASE_FIXTURE(telegram_updates_scene,
                  "updates are answered until an offset confirms them") {
  CHECK(fetch().empty());
  add(3);
  CHECK(fetch() == update_ids{1, 2, 3});
  CHECK(fetch({{"offset", 1}}) == update_ids{1, 2, 3});
  CHECK(fetch({{"offset", 3}}) == update_ids{3});
  CHECK(fetch() == update_ids{3});
  CHECK(fetch({{"offset", 4}}).empty());
  CHECK(telegram.state()["updates"].empty());
}

TEST_CASE_FIXTURE(telegram_updates_scene,
                  "an update comes as the test made it") {
  json update{{"update_id", 70}, {"message", {{"text", "/start"}}}};
  CHECK(telegram.updates(update) == json::array({update}));
  CHECK(call("getUpdates", json::object()).body["result"] ==
        json::array({update}));
  add(1);
  CHECK(fetch() == update_ids{70, 71});
  CHECK_THROWS_WITH_AS(telegram.updates(update), doctest::Contains("above 71"),
                       std::runtime_error);
  CHECK_THROWS_AS(telegram.updates({{{"message", "a"}}, 5}),
                  std::runtime_error);
  CHECK(fetch() == update_ids{70, 71});
}

TEST_CASE_FIXTURE(telegram_updates_scene, "a limit is from 1 to 100") {
  add(101);
  CHECK(fetch().size() == 100);
  CHECK(fetch({{"limit", 1000}}).size() == 100);
  CHECK(fetch({{"limit", 2}}) == update_ids{1, 2});
  CHECK(fetch({{"limit", 0}}) == update_ids{1});
}

TEST_CASE_FIXTURE(telegram_updates_scene,
                  "a negative offset keeps the last ones") {
  add(3);
  CHECK(fetch({{"offset", -5}}) == update_ids{1, 2, 3});
  CHECK(fetch({{"offset", -1}}) == update_ids{3});
  CHECK(fetch() == update_ids{3});
}

TEST_CASE_FIXTURE(telegram_updates_scene,
                  "only allowed kinds are kept, from the next one on") {
  add(1);
  telegram.updates({{"edited_message", {{"text", "before"}}}});
  CHECK(fetch({{"allowed_updates", {"message"}}}) == update_ids{1, 2});
  telegram.updates({{"edited_message", {{"text", "after"}}}});
  add(1);
  CHECK(fetch({{"offset", 3}}) == update_ids{3});
  CHECK(fetch({{"allowed_updates", json::array()}}) == update_ids{3});
  telegram.updates({{"edited_message", {{"text", "again"}}}});
  CHECK(fetch() == update_ids{3, 4});
  auto refused = call("getUpdates", {{"allowed_updates", "message"}});
  CHECK(refused.status == 400);
}

TEST_CASE_FIXTURE(telegram_updates_scene,
                  "a poll waits for an update, at most its timeout") {
  begin_poll(http, 50);
  CHECK_FALSE(http.readable(100ms));
  add(1);
  CHECK(ids(http.finish()) == update_ids{1});
  auto before = std::chrono::steady_clock::now();
  CHECK(fetch({{"offset", 2}, {"timeout", 1}}).empty());
  // The fake counts in milliseconds.
  CHECK(std::chrono::steady_clock::now() - before >= 990ms);
}

TEST_CASE_FIXTURE(telegram_updates_scene,
                  "a second poll ends the first with a conflict") {
  begin_poll(http, 50);
  CHECK_FALSE(http.readable(50ms));
  http_client second{telegram.port()};
  begin_poll(second, 50);
  auto ended = http.finish();
  CHECK(ended.status == 409);
  CHECK(ended.body ==
        refusal(409, "Conflict: terminated by other getUpdates request; make "
                     "sure that only one bot instance is running"));
  CHECK(refused("conflict") == 1);
  add(1);
  CHECK(ids(second.finish()) == update_ids{1});
}

TEST_CASE_FIXTURE(telegram_updates_scene,
                  "a poll that nobody waits for takes nothing away") {
  begin_poll(http, 50);
  CHECK_FALSE(http.readable(50ms));
  http.hang_up();
  add(1);
  CHECK(fetch() == update_ids{1});
}

TEST_CASE_FIXTURE(telegram_updates_scene, "a reset ends a poll") {
  add(1);
  fetch({{"offset", 2}});
  begin_poll(http, 50);
  CHECK_FALSE(http.readable(50ms));
  telegram.reset();
  CHECK(http.peer_closes());
  add(1);
  CHECK(fetch() == update_ids{1});
}
