// The queue: strict priority, honest positions, reading and cancelling.
// Must not know how the node is built: only the contract's words.
#include "tests/integration/fixture.hpp"

#include <doctest/doctest.h>

using namespace holdfast::test;
using namespace std::chrono_literals;

namespace {

std::vector<std::string> ids(const json& entries) {
  std::vector<std::string> found;
  for (const auto& entry : entries)
    found.push_back(entry.at("entryId"));
  return found;
}

} // namespace

TEST_CASE_FIXTURE(on_shared_node, "service is by priority, first come first "
                                  "served inside one") {
  auto lock = node.granted(resource, "bot-0");
  std::vector<std::string> expected(6);
  struct {
    int priority, position;
    std::size_t turn;
  } requests[] = {{5, 1, 2},  {5, 2, 3}, {1, 1, 0},
                  {10, 4, 5}, {3, 2, 1}, {5, 5, 4}};
  for (const auto& each : requests) {
    auto entry = node.queued(resource, "bot-" + std::to_string(each.turn),
                             {{"priority", each.priority}});
    INFO("priority ", each.priority);
    CHECK(entry["position"] == each.position);
    expected[each.turn] = entry["entryId"];
  }
  CHECK(ids(node.resource(resource)["queue"]) == expected);
  auto listed = node.all("/v1/queue?resourceId=" + percent_encoded(resource));
  CHECK(ids(listed) == expected);
  for (std::size_t i = 0; i < listed.size(); ++i)
    CHECK(listed[i]["position"] == i + 1);
  for (const auto& next : expected) {
    CHECK(node.release(lock).status == 200);
    auto promoted = node.promoted(next);
    CHECK(promoted["fencingToken"] > lock["fencingToken"]);
    CHECK(node.resource(resource)["lock"]["lockId"] == promoted["lockId"]);
    lock = promoted;
  }
}

TEST_CASE_FIXTURE(on_shared_node, "positions move up when somebody ahead "
                                  "leaves, and down when overtaken") {
  auto lock = node.granted(resource, "bot-0");
  auto first = node.queued(resource, "bot-1");
  auto second = node.queued(resource, "bot-2");
  auto urgent = node.queued(resource, "bot-3", {{"priority", 1}});
  CHECK(node.entry(second["entryId"])["position"] == 3);
  CHECK(node.cancel(first["entryId"]).status == 200);
  CHECK(node.entry(second["entryId"])["position"] == 2);
  CHECK(node.release(lock).status == 200);
  node.promoted(urgent["entryId"]);
  CHECK(node.entry(second["entryId"])["position"] == 1);
}

TEST_CASE_FIXTURE(on_shared_node, "a repeated queue request has the same entry "
                                  "and never a second place") {
  auto lock = node.granted(resource, "bot-0");
  auto entry = node.queued(resource, "bot-1", {{"idempotencyKey", "k"}});
  for (int i = 0; i < 3; ++i) {
    auto again = node.queued(resource, "bot-1", {{"idempotencyKey", "k"}});
    CHECK(again["entryId"] == entry["entryId"]);
    CHECK(again["position"] == 1);
  }
  CHECK(node.resource(resource)["queue"].size() == 1);
  auto rows = node.journal_kinds(resource);
  CHECK(std::count(rows.begin(), rows.end(), "queued") == 1);
}

TEST_CASE_FIXTURE(on_shared_node, "an entry can be read while waiting, granted "
                                  "and finished") {
  auto lock = node.granted(resource, "bot-0");
  auto entry = node.queued(resource, "bot-1", {{"idempotencyKey", "k"}});
  auto waiting = node.entry(entry["entryId"]);
  CHECK(waiting["status"] == "waiting");
  CHECK(waiting["position"] == 1);
  CHECK_FALSE(waiting.contains("lock"));
  CHECK(node.release(lock).status == 200);
  auto granted = node.entry(entry["entryId"]);
  CHECK(granted["status"] == "granted");
  CHECK_FALSE(granted.contains("position"));
  check_lock_shape(granted["lock"]);
  CHECK(granted["lock"]["status"] == "active");
  CHECK(granted["lock"]["idempotencyKey"] == "k");
  CHECK(node.release(granted["lock"]).status == 200);
  auto finished = node.entry(entry["entryId"]);
  CHECK(finished["status"] == "finished");
  CHECK(finished["entryId"] == entry["entryId"]);
}

TEST_CASE_FIXTURE(on_shared_node, "a long poll on an entry answers when it is "
                                  "granted, or after waitMs") {
  auto lock = node.granted(resource, "bot-0");
  auto entry = node.queued(resource, "bot-1");
  CHECK(node.entry(entry["entryId"], 50)["status"] == "waiting");
  auto poll = other();
  poll.http.begin("GET", "/v1/queue/" + entry["entryId"].get<std::string>() +
                             "?waitMs=20000");
  CHECK_FALSE(poll.http.readable(30ms));
  CHECK(node.release(lock).status == 200);
  auto answer = poll.http.finish();
  CHECK(answer.status == 200);
  CHECK(answer.body["status"] == "granted");
  CHECK(answer.body["lock"]["ownerId"] == "bot-1");
}

TEST_CASE_FIXTURE(on_shared_node, "a cancelled entry is never granted, and its "
                                  "key may be used at once") {
  auto lock = node.granted(resource, "bot-0");
  auto entry = node.queued(resource, "bot-1", {{"idempotencyKey", "k"}});
  auto poll = other();
  poll.http.begin("GET", "/v1/queue/" + entry["entryId"].get<std::string>() +
                             "?waitMs=20000");
  CHECK_FALSE(poll.http.readable(30ms));
  CHECK(node.cancel(entry["entryId"]).status == 200);
  CHECK(poll.http.finish().body["status"] == "cancelled");
  CHECK(node.resource(resource)["queue"].empty());
  auto again = node.queued(resource, "bot-1", {{"idempotencyKey", "k"}});
  CHECK(again["entryId"] != entry["entryId"]);
  CHECK(node.release(lock).status == 200);
  node.promoted(again["entryId"]);
  auto gone = node.entry(entry["entryId"]);
  CHECK(gone["status"] == "cancelled");
  CHECK_FALSE(gone.contains("lock"));
  auto kinds = node.journal_kinds(resource);
  CHECK(std::count(kinds.begin(), kinds.end(), "cancelled") == 1);
}

TEST_CASE_FIXTURE(on_shared_node, "cancelling what does not wait is 409 "
                                  "not-waiting, what is unknown 404") {
  auto lock = node.granted(resource, "bot-0");
  auto entry = node.queued(resource, "bot-1");
  CHECK(node.release(lock).status == 200);
  auto promoted = node.promoted(entry["entryId"]);
  check_problem(node.cancel(entry["entryId"]), 409, "not-waiting");
  CHECK(node.lock(promoted["lockId"])["status"] == "active");
  CHECK(node.release(promoted).status == 200);
  check_problem(node.cancel(entry["entryId"]), 409, "not-waiting");
  auto other_lock = node.granted(resource, "bot-0");
  auto cancelled = node.queued(resource, "bot-2");
  CHECK(node.cancel(cancelled["entryId"]).status == 200);
  check_problem(node.cancel(cancelled["entryId"]), 409, "not-waiting");
  check_problem(node.cancel("no-such-entry"), 404, "not-found");
  check_problem(node.http.get("/v1/queue/no-such-entry"), 404, "not-found");
}

TEST_CASE_FIXTURE(on_shared_node, "a waiting wait caller whose entry is "
                                  "cancelled is told, not granted") {
  auto lock = node.granted(resource, "bot-0");
  auto caller = other();
  caller.begin_acquire(resource, "bot-1", {{"onLocked", "wait"}});
  REQUIRE(waiting(node, resource, 1));
  std::string entry_id = node.resource(resource)["queue"][0]["entryId"];
  CHECK(node.cancel(entry_id).status == 200);
  auto answer = caller.http.finish();
  INFO("answer: ", answer.text);
  CHECK(answer.status == 409);
  CHECK(answer.body["code"].is_string());
  CHECK(node.release(lock).status == 200);
  CHECK(node.resource(resource)["locked"] == false);
}

TEST_CASE_FIXTURE(on_shared_node, "the queue lists those still waiting, by "
                                  "resource and by owner") {
  auto owner = unique("owner");
  auto second = unique(resource);
  auto lock = node.granted(resource, "bot-0");
  node.granted(second, "bot-0");
  auto granted = node.queued(resource, owner);
  auto a = node.queued(resource, owner);
  auto b = node.queued(second, owner);
  node.queued(second, "bot-2");
  CHECK(node.release(lock).status == 200);
  node.promoted(granted["entryId"]);
  auto mine = node.all("/v1/queue?ownerId=" + percent_encoded(owner));
  CHECK(mine.size() == 2);
  for (auto& entry : mine) {
    CHECK(entry["status"] == "waiting");
    CHECK(entry["ownerId"] == owner);
    CHECK(entry["position"] == 1);
  }
  auto both = node.all("/v1/queue?ownerId=" + percent_encoded(owner) +
                       "&resourceId=" + percent_encoded(second));
  REQUIRE(both.size() == 1);
  CHECK(both[0]["entryId"] == b["entryId"]);
  CHECK(node.cancel(a["entryId"]).status == 200);
}
