// Snapshots of accounts, and the lists of positions and signals.
#include "gateway/position_fields.hpp"
#include "gateway/shapes.hpp"
#include "tests/unit/gateway/positions_world.hpp"

using namespace holdfast;
using namespace holdfast::test;

TEST_CASE_FIXTURE(positions_world, "a snapshot closes what is missing, and "
                                   "tells of it behind its rows") {
  service.set([](canned_answers& to) {
    to.snapshot = [](const report_snapshot& cmd) {
      snapshot_reported out;
      for (auto& event : cmd.events)
        out.rows.push_back({event.account_id,
                            event.position_id,
                            position_outcome::unchanged,
                            {},
                            {}});
      out.closed.push_back(
          {"acc-1", "9", position_outcome::closed, {0x5F3A9C1E, 3}, {}});
      return out;
    };
  });
  auto bare = position("8"); // it is of the snapshot's account
  bare.erase("accountId");
  auto found = rows(snapshot(json::array({position("7"), bare}),
                             {{"takenAt", "2026-11-22T15:36:35.123Z"}}));
  REQUIRE(found.size() == 3);
  CHECK(found[0]["positionId"] == "7");
  CHECK(found[1]["positionId"] == "8");
  CHECK(found[1]["accountId"] == "acc-1");
  CHECK(found[2] == json{{"accountId", "acc-1"},
                         {"positionId", "9"},
                         {"outcome", "closed"},
                         {"signalId", signal_text}});
  auto cmd = service.await<report_snapshot>();
  CHECK(cmd.account_id == "acc-1");
  CHECK(cmd.taken_at_ms == 1'795'361'795'123);
  CHECK(cmd.close_missing);
  CHECK(cmd.events.size() == 2);
}

TEST_CASE_FIXTURE(positions_world, "R22: an account without positions is told "
                                   "by an empty list, and by nothing else") {
  CHECK(rows(snapshot(json::array())).empty());
  auto cmd = service.await<report_snapshot>();
  CHECK(cmd.close_missing);
  CHECK(cmd.events.empty());
  CHECK(cmd.taken_at_ms == 0);
}

TEST_CASE_FIXTURE(positions_world, "a bad row, or one of another account, "
                                   "closes nothing") {
  auto without_volume = position("8");
  without_volume.erase("volume");
  json bad_rows[] = {without_volume, 5, position("8", {{"accountId", "acc-2"}}),
                     position("8", {{"event", "closed"}})};
  std::size_t count = 0;
  for (auto& bad : bad_rows) {
    INFO(bad.dump());
    auto found = rows(snapshot(json::array({position("7"), bad})));
    REQUIRE(found.size() == 2);
    CHECK(found[0]["outcome"] == "created");
    CHECK(found[1]["outcome"] == "failed");
    auto cmd = service.await<report_snapshot>(++count);
    CHECK_FALSE(cmd.close_missing);
    CHECK(cmd.events.size() == 1);
  }
  CHECK(rows(snapshot(json::array({5})))[0]["outcome"] == "failed");
  CHECK_FALSE(service.await<report_snapshot>(++count).close_missing);
}

TEST_CASE_FIXTURE(positions_world, "a snapshot's time is a time") {
  for (auto& taken_at :
       {json(5), json(""), json("yesterday"), json("2026-11-22"),
        json("1970-01-01T00:00:00.000Z"), json("2026-02-30T00:00:00Z")}) {
    auto answer = snapshot(json::array(), {{"takenAt", taken_at}});
    INFO(answer.body);
    CHECK(answer.status == 400);
    CHECK(contains(answer.body, "takenAt"));
  }
  CHECK(snapshot(json::array(), {{"takenAt", nullptr}}).status == 200);
  CHECK(service.await<report_snapshot>().taken_at_ms == 0);
}

TEST_CASE("times of RFC 3339 are read in full") {
  CHECK(parse_timestamp("1970-01-01T00:00:00Z") == 0);
  CHECK(parse_timestamp("2026-11-22T15:36:35.123Z") == 1'795'361'795'123);
  CHECK(parse_timestamp("2026-11-22 15:36:35.1z") == 1'795'361'795'100);
  CHECK(parse_timestamp("2026-11-22t17:36:35.123999+02:00") ==
        1'795'361'795'123);
  CHECK(parse_timestamp("2026-11-22T15:06:35.12-00:30") == 1'795'361'795'120);
  CHECK(parse_timestamp("2016-12-31T23:59:60Z") ==
        parse_timestamp("2017-01-01T00:00:00Z"));
  CHECK(parse_timestamp("9999-12-31T23:59:59.999Z") == 253'402'300'799'999);
  for (auto bad :
       {"", "2026-11-22T15:36:35", "2026-11-22T15:36:35.Z", "2026-11-22T15:36Z",
        "2026-13-22T15:36:35Z", "2026-11-31T15:36:35Z", "2026-11-22T24:36:35Z",
        "2026-11-22T15:60:35Z", "2026-11-22T15:36:61Z",
        "2026-11-22T15:36:35+2:00", "2026-11-22T15:36:35+24:00",
        "2026-11-22T15:36:35Z ", "1969-12-31T23:59:59Z", "+026-11-22T15:36:35Z",
        "20261122T153635Z"}) {
    INFO(bad);
    CHECK_FALSE(parse_timestamp(bad));
  }
}

TEST_CASE_FIXTURE(positions_world, "positions are listed by account and "
                                   "status") {
  service.set([](canned_answers& to) {
    to.positions = {{example_position()}, "next"};
  });
  auto answer = call("GET", "/v1/positions");
  CHECK(answer.body == R"({"items":[)" + to_json(example_position()) +
                           R"(],"nextCursor":"next"})");
  auto all = service.await<list_positions>();
  CHECK(all.any_status);
  CHECK(all.any_open);
  CHECK_FALSE(all.signals);
  CHECK(all.page.limit == 50);
  call("GET", "/v1/positions?accountId=acc%3A1&status=failed&limit=2&cursor=c");
  auto some = service.await<list_positions>(2);
  CHECK(some.account_id == "acc:1");
  CHECK_FALSE(some.any_status);
  CHECK(some.status == position_status::failed);
  CHECK(some.page.limit == 2);
  CHECK(some.page.cursor == "c");
  CHECK(call("GET", "/v1/positions?status=active").status == 400);
}

TEST_CASE_FIXTURE(positions_world, "signals are listed, active or closed") {
  service.set([](canned_answers& to) {
    to.positions = {{example_position()}, "next"};
    to.position = example_position();
  });
  auto signal = to_json(signal_view{service.answers().position});
  CHECK(call("GET", "/v1/signals").body ==
        R"({"items":[)" + signal + R"(],"nextCursor":"next"})");
  auto all = service.await<list_positions>(1);
  CHECK(all.signals);
  CHECK(all.any_open);
  CHECK(all.any_status);
  call("GET", "/v1/signals?accountId=a&status=active");
  auto active = service.await<list_positions>(2);
  CHECK(active.account_id == "a");
  CHECK_FALSE(active.any_open);
  CHECK(active.open);
  call("GET", "/v1/signals?status=closed");
  CHECK_FALSE(service.await<list_positions>(3).open);
  CHECK(call("GET", "/v1/signals?status=completed").status == 400);
  CHECK(call("GET", "/v1/signals?symbol=X").status == 400);

  CHECK(call("GET", std::string{"/v1/signals/"} + signal_text).body == signal);
  CHECK(service.await<get_position>().id == example_position().signal);
  CHECK(call("GET", "/v1/signals/lock-5f3a9c1e-3").status == 404);
}
