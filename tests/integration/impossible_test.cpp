// The rows of impossible.md that can be seen over HTTP, each named after its
// row.
// Must not know how the node is built: only the contract's words.
#include "tests/integration/fixture.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <future>

using namespace holdfast::test;

namespace {

json trade(const std::string& side, const std::string& price,
           const std::string& quantity) {
  return {{"transactionType", "trade"},
          {"transactionData",
           {{"symbol", "BTCUSDT"},
            {"side", side},
            {"price", price},
            {"quantity", quantity}}}};
}

/// Runs `work(number)` on `threads` threads at once.
template <class F>
auto at_once(int threads, F work) {
  std::atomic<int> ready{0};
  std::vector<std::future<decltype(work(0))>> running;
  for (int i = 0; i < threads; ++i)
    running.push_back(std::async(std::launch::async, [&, i] {
      ++ready;
      while (ready < threads)
        std::this_thread::yield();
      return work(i);
    }));
  std::vector<decltype(work(0))> results;
  for (auto& each : running)
    results.push_back(each.get());
  return results;
}

} // namespace

TEST_CASE_FIXTURE(on_shared_node, "M1: keys that collide in a 32-bit string "
                                  "hash stay apart") {
  auto aa = node.granted(resource, "bot-1", {{"transactionData", "Aa"}});
  CHECK(node.release(aa, {{"result", "Aa"}}).status == 200);
  auto bb = node.granted(resource, "bot-1", {{"transactionData", "BB"}});
  CHECK(node.release(bb, {{"result", "BB"}}).status == 200);
  CHECK(aa["idempotencyKey"] != bb["idempotencyKey"]);
  CHECK(node.acquire(resource, "bot-1", {{"transactionData", "Aa"}})
            .body["result"] == "Aa");
  auto explicit_aa =
      node.granted(resource, "bot-1", {{"idempotencyKey", "AaAa"}});
  CHECK(node.release(explicit_aa).status == 200);
  CHECK(node.acquire(resource, "bot-1", {{"idempotencyKey", "BBBB"}}).status ==
        201);
}

TEST_CASE_FIXTURE(on_shared_node, "M2: of many at once exactly one holds") {
  for (int round = 0; round < 15; ++round) {
    auto key = unique(resource);
    auto statuses = at_once(16, [&](int number) {
      return other()
          .acquire(key, "bot-" + std::to_string(number),
                   {{"onLocked", "reject"}})
          .status;
    });
    CHECK(std::count(statuses.begin(), statuses.end(), 201) == 1);
    CHECK(std::count(statuses.begin(), statuses.end(), 409) == 15);
  }
}

TEST_CASE_FIXTURE(on_shared_node, "M4: a key that failed, expired, was forced "
                                  "or cancelled may be tried again at once") {
  auto failed = unique(resource);
  json key{{"idempotencyKey", "k"}, {"timeoutMs", 60000}};
  CHECK(
      node.release(node.granted(failed, "b", key), {{"error", "no"}}).status ==
      200);
  CHECK(node.acquire(failed, "b", key).status == 201);
  auto forced = unique(resource);
  CHECK(node.force_release(node.granted(forced, "b", key), "x").status == 200);
  CHECK(node.acquire(forced, "b", key).status == 201);
  auto expired = unique(resource);
  key["timeoutMs"] = 60;
  node.granted(expired, "b", key);
  key["onLocked"] = "wait";
  key["waitMs"] = 15000;
  CHECK(node.acquire(expired, "b", key).status == 201);
}

TEST_CASE_FIXTURE(on_shared_node,
                  "M5: duplicates at once are told in-progress, "
                  "never an error of the store") {
  for (int round = 0; round < 10; ++round) {
    auto key = unique(resource);
    auto answers = at_once(12, [&](int) {
      return other().acquire(key, "bot-1", {{"idempotencyKey", "k"}});
    });
    int granted = 0;
    for (auto& answer : answers) {
      granted += answer.status == 201;
      if (answer.status != 201)
        check_problem(answer, 409, "in-progress");
    }
    CHECK(granted == 1);
    CHECK(node.journal(key).size() == 1);
  }
}

TEST_CASE_FIXTURE(on_shared_node, "M6: a queued grant nobody works on is seen "
                                  "and frees its resource") {
  auto lock = node.granted(resource, "bot-0");
  auto entry = node.queued(resource, "bot-1", {{"timeoutMs", 80}});
  CHECK(node.release(lock).status == 200);
  CHECK(eventually([&] { return !node.resource(resource)["locked"]; }));
  CHECK(node.entry(entry["entryId"])["status"] == "finished");
  CHECK(node.dead_letters(resource).size() == 1);
  CHECK(node.acquire(resource, "bot-2").status == 201);
}

TEST_CASE_FIXTURE(on_shared_node, "M7: retries of a queued request at once "
                                  "share one row") {
  auto lock = node.granted(resource, "bot-0");
  auto entries = at_once(12, [&](int) {
    return other()
        .queued(resource, "bot-1", {{"idempotencyKey", "k"}})["entryId"]
        .get<std::string>();
  });
  CHECK(std::count(entries.begin(), entries.end(), entries[0]) == 12);
  CHECK(node.resource(resource)["queue"].size() == 1);
  CHECK(node.release(lock).status == 200);
  auto promoted = node.promoted(entries[0]);
  CHECK(node.release(promoted, {{"result", 1}}).status == 200);
  CHECK(node.resource(resource)["locked"] == false);
}

TEST_CASE_FIXTURE(on_shared_node, "M8: a release beside an enqueue strands "
                                  "nobody") {
  for (int round = 0; round < 30; ++round) {
    auto key = unique(resource);
    auto lock = node.granted(key, "bot-0");
    at_once(2, [&](int number) {
      auto mine = other();
      return number == 0 ? mine.release(lock).status
                         : mine.acquire(key, "bot-1").status;
    });
    auto now = node.resource(key);
    INFO("resource: ", now.dump());
    CHECK(now["locked"] == true);
    CHECK(now["lock"]["ownerId"] == "bot-1");
    CHECK(now["queue"].empty());
  }
}

TEST_CASE_FIXTURE(on_shared_node, "M9: the queue is served after expiry, "
                                  "failure, forced release and that by owner") {
  auto owner = unique("owner");
  auto lock = node.granted(resource, owner, {{"timeoutMs", 60}});
  std::vector<std::string> entries;
  for (int i = 0; i < 5; ++i)
    entries.push_back(node.queued(resource, i == 2 ? owner : "bot")["entryId"]);
  lock = node.promoted(entries[0]);
  CHECK(node.release(lock, {{"error", "no"}}).status == 200);
  lock = node.promoted(entries[1]);
  CHECK(node.force_release(lock, "test").body["released"] == 1);
  lock = node.promoted(entries[2]);
  auto by_owner = node.http.del("/v1/owners/" + percent_encoded(owner) +
                                "/locks?reason=test");
  CHECK(by_owner.body["released"] == 1);
  lock = node.promoted(entries[3]);
  CHECK(node.release(lock).status == 200);
  CHECK(node.promoted(entries[4])["status"] == "active");
}

TEST_CASE_FIXTURE(on_shared_node, "M10: a promoted waiter keeps its own lease, "
                                  "priority and data") {
  auto lock = node.granted(resource, "bot-0", {{"priority", 9}});
  auto body = trade("SELL", "1", "2");
  body["timeoutMs"] = 123456;
  body["priority"] = 3;
  body["maxRetries"] = 8;
  body["ownerType"] = "workflow";
  auto entry = node.queued(resource, "bot-1", body);
  CHECK(node.release(lock).status == 200);
  auto promoted = node.promoted(entry["entryId"]);
  CHECK(promoted["timeoutMs"] == 123456);
  CHECK(promoted["priority"] == 3);
  CHECK(promoted["maxRetries"] == 8);
  CHECK(promoted["ownerType"] == "workflow");
  CHECK(promoted["transactionType"] == "trade");
  CHECK(promoted["transactionData"] == body["transactionData"]);
  auto lease = to_ms(promoted["expiresAt"].get<std::string>()) -
               to_ms(promoted["acquiredAt"].get<std::string>());
  CHECK(std::abs(lease - 123456) <= 1);
}

TEST_CASE_FIXTURE(on_shared_node, "M11: a position counts exactly those served "
                                  "before") {
  node.granted(resource, "bot-0");
  struct {
    int priority;
    std::size_t position;
  } requests[] = {{7, 1}, {7, 2}, {2, 1}, {5, 2}, {2, 2}, {10, 6}, {1, 1}};
  for (const auto& each : requests) {
    auto entry = node.queued(resource, "bot-1", {{"priority", each.priority}});
    INFO("priority ", each.priority);
    CHECK(entry["position"] == each.position);
    auto queue = node.resource(resource)["queue"];
    CHECK(queue[each.position - 1]["entryId"] == entry["entryId"]);
  }
}

TEST_CASE_FIXTURE(on_shared_node, "M12: who is told queued is queued, who is "
                                  "told no is never served later") {
  auto lock = node.granted(resource, "bot-0");
  CHECK(node.acquire(resource, "rejected", {{"onLocked", "reject"}}).status ==
        409);
  CHECK(node.acquire(resource, "gave-up", {{"onLocked", "wait"}, {"waitMs", 1}})
            .status == 409);
  CHECK(node.acquire(resource, "wrong", {{"priority", 11}}).status == 400);
  auto entry = node.queued(resource, "queued");
  auto queue = node.resource(resource)["queue"];
  REQUIRE(queue.size() == 1);
  CHECK(queue[0]["entryId"] == entry["entryId"]);
  CHECK(node.release(lock).status == 200);
  CHECK(node.release(node.promoted(entry["entryId"])).status == 200);
  CHECK(node.resource(resource)["locked"] == false);
  for (auto& event : node.journal(resource)) {
    if (event["kind"] == "granted")
      CHECK((event["ownerId"] == "bot-0" || event["ownerId"] == "queued"));
  }
}

TEST_CASE_FIXTURE(on_shared_node, "M13: a late release does not overwrite "
                                  "expired, renewal keeps work inside") {
  auto lock = node.granted(resource, "bot-1",
                           {{"timeoutMs", 60}, {"idempotencyKey", "k"}});
  CHECK(eventually([&] { return !node.resource(resource)["locked"]; }));
  check_problem(node.release(lock, {{"result", "late"}}), 409, "stale-lock");
  check_problem(node.renew(lock), 409, "stale-lock");
  auto ended = node.lock(lock["lockId"]);
  CHECK(ended["status"] == "expired");
  CHECK_FALSE(ended.contains("result"));
  auto retried = node.granted(resource, "bot-1", {{"idempotencyKey", "k"}});
  check_problem(node.release(lock, {{"result", "late"}}), 409, "stale-lock");
  CHECK(node.lock(retried["lockId"])["status"] == "active");
}

TEST_CASE("M14: a result that was acknowledged survives a crash right after "
          "it") {
  on_own_node own;
  for (int round = 0; round < 3; ++round) {
    auto key = unique(own.resource);
    auto node = own.client();
    auto lock = node.granted(key, "bot-1", trade("BUY", "1", "2"));
    CHECK(node.release(lock, {{"result", {{"orderId", round}}}}).status == 200);
    own.process.kill();
    own.process.start();
    auto answer = own.client().acquire(key, "bot-1", trade("BUY", "1", "2"));
    CHECK(answer.status == 200);
    CHECK(answer.body["result"] == json{{"orderId", round}});
  }
}

TEST_CASE_FIXTURE(on_shared_node, "M16: a failure is never replayed as a "
                                  "success") {
  json key{{"idempotencyKey", "k"}};
  auto lock = node.granted(resource, "bot-1", key);
  CHECK(node.release(lock, {{"error", "rejected"}}).status == 200);
  auto again = node.acquire(resource, "bot-1", key);
  CHECK(again.status == 201);
  CHECK(again.header("idempotent-replayed").empty());
  CHECK(again.body["lock"]["lockId"] != lock["lockId"]);
}

TEST_CASE_FIXTURE(on_shared_node, "M17: another price or quantity is another "
                                  "transaction") {
  int number = 0;
  for (auto& body : {trade("BUY", "100", "1"), trade("BUY", "101", "1"),
                     trade("BUY", "100", "2"), trade("SELL", "100", "1")}) {
    auto lock = node.granted(resource, "bot-1", body);
    CHECK(node.release(lock, {{"result", ++number}}).status == 200);
    CHECK(node.acquire(resource, "bot-1", body).body["result"] == number);
  }
}

TEST_CASE_FIXTURE(on_shared_node, "M18: a replay is no 201 and writes no "
                                  "history") {
  auto lock = node.granted(resource, "bot-1", {{"idempotencyKey", "k"}});
  CHECK(node.release(lock).status == 200);
  auto before = node.journal(resource);
  for (int i = 0; i < 3; ++i)
    CHECK(node.acquire(resource, "bot-1", {{"idempotencyKey", "k"}}).status ==
          200);
  CHECK(node.journal(resource) == before);
  CHECK(node.all("/v1/locks?resourceId=" + percent_encoded(resource)).size() ==
        1);
}

TEST_CASE_FIXTURE(on_shared_node, "M20: what is shown exists, what is released "
                                  "is released") {
  check_problem(node.http.get("/v1/locks/lock-1"), 404, "not-found");
  auto lock = node.granted(resource, "bot-1");
  CHECK(node.force_release(lock, "test").body["released"] == 1);
  CHECK(node.acquire(resource, "bot-2", {{"onLocked", "reject"}}).status ==
        201);
}

TEST_CASE_FIXTURE(on_shared_node,
                  "M21: a forced release counts right and looks "
                  "like one") {
  auto owner = unique("owner");
  auto lock = node.granted(resource, owner);
  node.granted(unique(resource), owner);
  CHECK(node.force_release(lock, "test").body["released"] == 1);
  CHECK(node.force_release(lock, "test").body["released"] == 0);
  CHECK(
      node.http.del("/v1/owners/" + percent_encoded(owner) + "/locks?reason=x")
          .body["released"] == 1);
  CHECK(node.lock(lock["lockId"])["status"] == "force_released");
  auto kinds = node.journal_kinds(resource);
  CHECK(kinds == std::vector<std::string>{"granted", "force_released"});
}

TEST_CASE_FIXTURE(on_shared_node, "M22: with BUY and SELL on one resource a "
                                  "SELL of priority 1 is served before BUYs") {
  auto lock = node.granted(resource, "bot-0", trade("BUY", "1", "1"));
  auto buy = node.queued(resource, "bot-1", trade("BUY", "2", "1"));
  auto body = trade("SELL", "3", "1");
  body["priority"] = 1;
  auto sell = node.queued(resource, "bot-2", body);
  CHECK(sell["position"] == 1);
  CHECK(node.entry(buy["entryId"])["position"] == 2);
  CHECK(node.release(lock).status == 200);
  CHECK(node.promoted(sell["entryId"])["ownerId"] == "bot-2");
}
