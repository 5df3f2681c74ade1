// The operator's calls: health, stats, pause and resume.
// Must not know how the node is built: only the contract's words.
#include "tests/integration/fixture.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace holdfast::test;

namespace {

json stats(api& node) {
  auto answer = node.http.get("/v1/stats");
  REQUIRE(answer.status == 200);
  return answer.body;
}

std::vector<std::string> all_kinds(api& node) {
  std::vector<std::string> kinds;
  auto answer = node.http.get("/v1/journal?limit=1000");
  for (auto& event : answer.body["items"])
    kinds.push_back(event["kind"]);
  return kinds;
}

std::ptrdiff_t count(const std::vector<std::string>& kinds,
                     const std::string& kind) {
  return std::count(kinds.begin(), kinds.end(), kind);
}

} // namespace

TEST_CASE_FIXTURE(on_shared_node, "the node is alive and ready") {
  CHECK(node.http.get("/healthz").status == 200);
  CHECK(node.http.get("/readyz").status == 200);
}

TEST_CASE("stats have every member and count what there is") {
  on_own_node own;
  auto node = own.client();
  auto before = stats(node);
  INFO("stats: ", before.dump());
  for (auto name : {"activeLocks", "queueLength", "inDoubt", "effectsUnknown",
                    "deadLetters", "resources"})
    CHECK(before[name].is_number_unsigned());
  CHECK(before["paused"] == false);
  for (auto name : {"granted", "released", "failed", "expired", "replayed",
                    "windowSeconds"})
    CHECK(before["recent"][name].is_number());
  for (auto name : {"perSecond", "opsPerCommit", "p50Us", "p99Us"})
    CHECK(before["commit"][name].is_number());
  CHECK(before["activeLocks"] == 0);
  CHECK(before["queueLength"] == 0);

  auto first =
      node.granted(unique(own.resource), "bot-1", {{"idempotencyKey", "k"}});
  auto failing = node.granted(unique(own.resource), "bot-1");
  auto held = node.granted(own.resource, "bot-1");
  node.queued(own.resource, "bot-2");
  auto during = stats(node);
  CHECK(during["activeLocks"] == 3);
  CHECK(during["queueLength"] == 1);
  CHECK(during["recent"]["granted"] == 3);

  CHECK(node.release(first).status == 200);
  CHECK(node.acquire(first["resourceId"], "bot-1", {{"idempotencyKey", "k"}})
            .status == 200);
  CHECK(node.release(failing, {{"error", "no"}}).status == 200);
  CHECK(node.release(held).status == 200);
  auto after = stats(node);
  INFO("after: ", after.dump());
  CHECK(after["activeLocks"] == 1);
  CHECK(after["queueLength"] == 0);
  CHECK(after["recent"]["granted"] == 4);
  CHECK(after["recent"]["released"] == 2);
  CHECK(after["recent"]["failed"] == 1);
  CHECK(after["recent"]["replayed"] == 1);
  CHECK(after["recent"]["windowSeconds"] > 0);
}

TEST_CASE("stats count expiries and dead letters, and survive a restart") {
  on_own_node own;
  auto node = own.client();
  auto holder = node.granted(own.resource, "bot-0");
  node.queued(own.resource, "bot-1", {{"timeoutMs", 60}});
  auto next = node.queued(own.resource, "bot-2");
  node.queued(own.resource, "bot-3");
  CHECK(node.release(holder).status == 200);
  node.promoted(next["entryId"]);
  auto before = stats(node);
  CHECK(before["deadLetters"] == 1);
  CHECK(before["recent"]["expired"] == 1);
  own.process.kill();
  own.process.start();
  auto again = own.client();
  auto after = stats(again);
  INFO("after: ", after.dump());
  CHECK(after["activeLocks"] == 1);
  CHECK(after["queueLength"] == 1);
  CHECK(after["deadLetters"] == 1);
}

TEST_CASE("pause and resume are shown, journaled and survive a restart; "
          "locks go on") {
  on_own_node own;
  auto node = own.client();
  auto answer = node.http.send("POST", "/v1/pause");
  INFO("pause answered ", answer.text);
  CHECK(answer.status / 100 == 2);
  CHECK(stats(node)["paused"] == true);
  auto lock = node.granted(own.resource, "bot-1");
  auto entry = node.queued(own.resource, "bot-2");
  CHECK(node.release(lock).status == 200);
  auto promoted = node.promoted(entry["entryId"]);
  CHECK(node.http.get("/readyz").status == 200);
  CHECK(count(all_kinds(node), "paused") == 1);

  CHECK(node.http.send("POST", "/v1/pause").status / 100 == 2);
  CHECK(stats(node)["paused"] == true);

  CHECK(node.http.send("POST", "/v1/resume").status / 100 == 2);
  CHECK(stats(node)["paused"] == false);
  CHECK(count(all_kinds(node), "resumed") == 1);
  CHECK(node.release(promoted).status == 200);
}

TEST_CASE("every start and every graceful stop is journaled") {
  on_own_node own;
  CHECK(own.process.stop() == 0);
  own.process.start();
  auto node = own.client();
  auto kinds = all_kinds(node);
  CHECK(count(kinds, "node_started") == 2);
  CHECK(count(kinds, "node_stopped") == 1);
  own.process.kill();
  own.process.start();
  auto again = own.client();
  CHECK(count(all_kinds(again), "node_started") == 3);
  CHECK(count(all_kinds(again), "node_stopped") == 1);
}

TEST_CASE("housekeeping removes what is finished and old, never what is open") {
  on_own_node own{{.locks = "outcome_retention_s = 1\n"
                            "cleanup_interval_s = 1"}};
  auto node = own.client();
  auto lock =
      node.granted(unique(own.resource), "bot-1", {{"idempotencyKey", "k"}});
  CHECK(node.release(lock, {{"result", 1}}).status == 200);
  auto open = node.granted(own.resource, "bot-1");
  auto entry = node.queued(own.resource, "bot-2");
  CHECK(eventually([&] {
    return node.http.get("/v1/locks/" + lock["lockId"].get<std::string>())
               .status == 404;
  }));
  auto again =
      node.granted(lock["resourceId"], "bot-1", {{"idempotencyKey", "k"}});
  CHECK(again["fencingToken"] > open["fencingToken"]);
  CHECK(node.lock(open["lockId"])["status"] == "active");
  CHECK(node.entry(entry["entryId"])["status"] == "waiting");
}
