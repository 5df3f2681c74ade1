// Lists: filters, newest first, pages by cursor; the journal: order, `after`,
// long poll.
// Must not know how the node is built: only the contract's words.
#include "tests/integration/fixture.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

using namespace holdfast::test;
using namespace std::chrono_literals;

namespace {

std::vector<std::string> lock_ids(const std::vector<json>& locks) {
  std::vector<std::string> ids;
  for (const auto& lock : locks)
    ids.push_back(lock.at("lockId"));
  return ids;
}

} // namespace

TEST_CASE_FIXTURE(on_shared_node, "locks are listed newest first, by resource, "
                                  "owner and status") {
  auto owner = unique("owner");
  std::vector<std::string> newest_first;
  std::vector<json> locks;
  for (int i = 0; i < 4; ++i) {
    locks.push_back(node.granted(unique(resource), owner));
    newest_first.insert(newest_first.begin(), locks[i]["lockId"]);
  }
  CHECK(node.release(locks[0], {{"result", 1}}).status == 200);
  CHECK(node.release(locks[1], {{"error", "no"}}).status == 200);
  CHECK(node.force_release(locks[2], "test").status == 200);
  auto mine = "/v1/locks?ownerId=" + percent_encoded(owner);
  CHECK(lock_ids(node.all(mine)) == newest_first);
  struct {
    const char* status;
    std::size_t index;
  } cases[] = {
      {"released", 0}, {"failed", 1}, {"force_released", 2}, {"active", 3}};
  for (const auto& each : cases) {
    INFO("status ", each.status);
    auto found = node.all(mine + "&status=" + each.status);
    REQUIRE(found.size() == 1);
    CHECK(found[0]["lockId"] == locks[each.index]["lockId"]);
    CHECK(found[0]["status"] == each.status);
    CHECK(found[0] == node.lock(found[0]["lockId"]));
  }
  CHECK(node.all(mine + "&status=expired").empty());
  auto by_resource =
      node.all("/v1/locks?resourceId=" +
               percent_encoded(locks[1]["resourceId"].get<std::string>()));
  REQUIRE(by_resource.size() == 1);
  CHECK(by_resource[0]["status"] == "failed");
  CHECK(node.all("/v1/locks?ownerId=nobody-at-all").empty());
}

TEST_CASE_FIXTURE(on_shared_node, "all locks of one resource stand in the "
                                  "list, finished ones too") {
  std::vector<std::string> newest_first;
  for (int i = 0; i < 5; ++i) {
    auto lock = node.granted(resource, "bot-1");
    CHECK(node.release(lock).status == 200);
    newest_first.insert(newest_first.begin(), lock["lockId"]);
  }
  CHECK(lock_ids(node.all("/v1/locks?resourceId=" +
                          percent_encoded(resource))) == newest_first);
}

TEST_CASE_FIXTURE(on_shared_node, "a cursor walks through every item once, "
                                  "though new ones arrive") {
  auto owner = unique("owner");
  std::vector<std::string> expected;
  for (int i = 0; i < 25; ++i) {
    auto lock = node.granted(unique(resource), owner);
    expected.insert(expected.begin(), lock["lockId"]);
  }
  auto target = "/v1/locks?limit=10&ownerId=" + percent_encoded(owner);
  std::vector<std::string> seen;
  std::vector<std::size_t> sizes;
  std::string cursor;
  do {
    auto answer = node.http.get(
        target + (cursor.empty() ? "" : "&cursor=" + percent_encoded(cursor)));
    REQUIRE(answer.status == 200);
    sizes.push_back(answer.body["items"].size());
    for (auto& lock : answer.body["items"])
      seen.push_back(lock["lockId"]);
    cursor = answer.body.value("nextCursor", std::string{});
    node.granted(unique(resource), owner);
    REQUIRE(sizes.size() < 10);
  } while (!cursor.empty());
  CHECK(seen == expected);
  CHECK(sizes[0] == 10);
  CHECK(sizes[1] == 10);
}

TEST_CASE_FIXTURE(on_shared_node, "a list has 50 items unless told, and no "
                                  "cursor at its end") {
  auto owner = unique("owner");
  for (int i = 0; i < 60; ++i)
    node.granted(unique(resource), owner);
  auto target = "/v1/locks?ownerId=" + percent_encoded(owner);
  auto page = node.http.get(target);
  CHECK(page.body["items"].size() == 50);
  CHECK(page.body["nextCursor"].is_string());
  auto whole = node.http.get(target + "&limit=1000");
  CHECK(whole.body["items"].size() == 60);
  CHECK_FALSE(whole.body.contains("nextCursor"));
}

TEST_CASE_FIXTURE(on_shared_node, "the queue list pages in serving order") {
  node.granted(resource, "bot-0");
  std::vector<std::string> expected(12);
  for (int i = 0; i < 12; ++i) {
    auto entry = node.queued(resource, "bot-1", {{"priority", i < 6 ? 9 : 2}});
    expected[static_cast<std::size_t>((i + 6) % 12)] = entry["entryId"];
  }
  std::vector<std::string> seen;
  std::string cursor;
  do {
    auto answer = node.http.get(
        "/v1/queue?limit=5&resourceId=" + percent_encoded(resource) +
        (cursor.empty() ? "" : "&cursor=" + percent_encoded(cursor)));
    REQUIRE(answer.status == 200);
    CHECK(answer.body["items"].size() <= 5);
    for (auto& entry : answer.body["items"])
      seen.push_back(entry["entryId"]);
    cursor = answer.body.value("nextCursor", std::string{});
    REQUIRE(seen.size() <= 12);
  } while (!cursor.empty());
  CHECK(seen == expected);
}

TEST_CASE_FIXTURE(on_shared_node, "dead letters page newest first") {
  std::vector<std::string> resources;
  for (int i = 0; i < 3; ++i) {
    resources.push_back(unique(resource));
    auto holder = node.granted(resources.back(), "bot-0");
    node.queued(resources.back(), "bot-1", {{"timeoutMs", 50}});
    auto next = node.queued(resources.back(), "bot-2");
    CHECK(node.release(holder).status == 200);
    node.promoted(next["entryId"]);
  }
  std::vector<std::string> seen;
  for (auto& letter : node.all("/v1/dead-letters")) {
    std::string about = letter["resourceId"];
    if (std::count(resources.begin(), resources.end(), about))
      seen.push_back(about);
  }
  std::reverse(resources.begin(), resources.end());
  CHECK(seen == resources);
  auto one = node.http.get("/v1/dead-letters?limit=1");
  CHECK(one.body["items"].size() == 1);
  CHECK(one.body["nextCursor"].is_string());
}

TEST_CASE_FIXTURE(on_shared_node, "the journal tells what happened, oldest "
                                  "first, with every member") {
  auto lock = node.granted(resource, "bot-1");
  node.queued(resource, "bot-2");
  auto cancelled = node.queued(resource, "bot-3");
  CHECK(node.cancel(cancelled["entryId"]).status == 200);
  CHECK(node.renew(lock).status == 200); // durable, but not journaled
  CHECK(node.release(lock).status == 200);
  CHECK(node.journal_kinds(resource) ==
        std::vector<std::string>{"granted", "queued", "queued", "cancelled",
                                 "released", "granted"});
  std::int64_t last = 0;
  for (auto& event : node.journal(resource)) {
    INFO("event: ", event.dump());
    CHECK(event["seq"] > last);
    last = event["seq"];
    CHECK(is_timestamp(event["at"].get<std::string>()));
    CHECK(event["resourceId"] == resource);
    CHECK(event["ownerId"].is_string());
    CHECK(event.contains("detail"));
    if (event["kind"] == "granted" || event["kind"] == "released") {
      CHECK(event["lockId"].is_string());
      CHECK(event["fencingToken"].is_number_unsigned());
    }
  }
  auto rows = node.journal(resource);
  CHECK(rows[0]["lockId"] == lock["lockId"]);
  CHECK(rows[0]["fencingToken"] == lock["fencingToken"]);
  CHECK(rows[4]["lockId"] == lock["lockId"]);
}

TEST_CASE_FIXTURE(on_shared_node, "the journal has no gaps, and `after` goes "
                                  "on where it was left") {
  node.granted(resource, "bot-1");
  std::int64_t after = 0;
  std::int64_t expected = 0;
  std::size_t pages = 0;
  for (;;) {
    auto answer =
        node.http.get("/v1/journal?limit=100&after=" + std::to_string(after));
    REQUIRE(answer.status == 200);
    if (answer.body["items"].empty())
      break;
    CHECK(answer.body["items"].size() <= 100);
    for (auto& event : answer.body["items"]) {
      if (expected)
        REQUIRE(event["seq"] == expected);
      expected = event["seq"].get<std::int64_t>() + 1;
    }
    after = expected - 1;
    REQUIRE(++pages < 1000);
  }
  CHECK(after > 0);
}

TEST_CASE_FIXTURE(on_shared_node, "a long poll of the journal answers with the "
                                  "next event of its resource") {
  auto lock = node.granted(resource, "bot-1");
  auto after = "/v1/journal?resourceId=" + percent_encoded(resource) +
               "&after=" + node.journal(resource).back()["seq"].dump();
  auto empty = node.http.get(after + "&waitMs=50");
  CHECK(empty.status == 200);
  CHECK(empty.body["items"] == json::array());
  auto poll = other();
  poll.http.begin("GET", after + "&waitMs=20000");
  node.granted(unique(resource), "bot-1");
  CHECK_FALSE(poll.http.readable(30ms));
  CHECK(node.release(lock).status == 200);
  auto answer = poll.http.finish();
  CHECK(answer.status == 200);
  REQUIRE(answer.body["items"].size() == 1);
  CHECK(answer.body["items"][0]["kind"] == "released");
  CHECK(answer.body["items"][0]["resourceId"] == resource);
}

TEST_CASE_FIXTURE(on_shared_node, "a long poll of the journal answers at once "
                                  "when there is something") {
  node.granted(resource, "bot-1");
  auto answer = node.http.get("/v1/journal?waitMs=20000&after=0&resourceId=" +
                              percent_encoded(resource));
  CHECK(answer.body["items"].size() == 1);
}

TEST_CASE_FIXTURE(on_shared_node, "ids are never used twice") {
  std::set<std::string> seen;
  for (int i = 0; i < 300; ++i) {
    auto lock = node.granted(resource, "bot-1");
    CHECK(lock["lockId"].get<std::string>().size() >= 8);
    CHECK(seen.insert(lock["lockId"]).second);
    CHECK(node.release(lock).status == 200);
  }
}
