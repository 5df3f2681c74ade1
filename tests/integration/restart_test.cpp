// What survives SIGKILL and restart: leases, waiters, outcomes, tokens.
// Must not know how the node is built: only the contract's words.
#include "tests/integration/fixture.hpp"

#include <doctest/doctest.h>

using namespace holdfast::test;

namespace {

void crash_and_restart(node_process& process) {
  process.kill();
  process.start();
}

} // namespace

TEST_CASE("a lock survives a crash with its remaining lease") {
  on_own_node own;
  auto node = own.client();
  auto lock = node.granted(own.resource, "bot-1", {{"timeoutMs", 60000}});
  crash_and_restart(own.process);
  auto again = own.client();
  auto found = again.lock(lock["lockId"]);
  CHECK(found["status"] == "active");
  CHECK(found["fencingToken"] == lock["fencingToken"]);
  CHECK(found["acquiredAt"] == lock["acquiredAt"]);
  auto drift = to_ms(found["expiresAt"].get<std::string>()) -
               to_ms(lock["expiresAt"].get<std::string>());
  CHECK(std::abs(drift) <= 250);
  check_problem(again.acquire(own.resource, "bot-2", {{"onLocked", "reject"}}),
                409, "held");
  CHECK(again.renew(lock).status == 200);
  CHECK(again.release(lock).status == 200);
}

TEST_CASE("a lease that ends after the restart still expires and hands over") {
  on_own_node own;
  auto node = own.client();
  auto lock = node.granted(own.resource, "bot-1", {{"timeoutMs", 1500}});
  auto entry = node.queued(own.resource, "bot-2");
  crash_and_restart(own.process);
  auto again = own.client();
  CHECK(again.promoted(entry["entryId"])["ownerId"] == "bot-2");
  CHECK(wall_ms() >= to_ms(lock["expiresAt"].get<std::string>()) - 5);
  CHECK(again.lock(lock["lockId"])["status"] == "expired");
}

TEST_CASE("a lease that ran out while the node was down expires at once") {
  on_own_node own;
  auto node = own.client();
  auto lock = node.granted(own.resource, "bot-1",
                           {{"timeoutMs", 100}, {"idempotencyKey", "k"}});
  auto entry = node.queued(own.resource, "bot-2");
  auto renewed =
      node.granted(unique(own.resource), "bot-3", {{"timeoutMs", 60000}});
  CHECK(node.renew(renewed, {{"timeoutMs", 120}}).status == 200);
  own.process.kill();
  wait_until_past(lock["expiresAt"], 150);
  own.process.start();
  auto again = own.client();
  CHECK(again.promoted(entry["entryId"])["ownerId"] == "bot-2");
  check_problem(again.renew(lock), 409, "stale-lock");
  check_problem(again.release(lock), 409, "stale-lock");
  check_problem(again.renew(renewed), 409, "stale-lock");
  CHECK(again.lock(lock["lockId"])["status"] == "expired");
}

TEST_CASE("waiters survive a crash in their order, and new ones queue behind") {
  on_own_node own;
  auto node = own.client();
  auto lock = node.granted(own.resource, "bot-0", {{"timeoutMs", 600000}});
  auto a = node.queued(own.resource, "a", {{"idempotencyKey", "ka"}});
  auto b = node.queued(own.resource, "b", {{"timeoutMs", 12345}});
  auto urgent = node.queued(own.resource, "urgent", {{"priority", 1}});
  auto gone = node.queued(own.resource, "gone");
  CHECK(node.cancel(gone["entryId"]).status == 200);
  crash_and_restart(own.process);
  auto again = own.client();
  auto late = again.queued(own.resource, "late");
  CHECK(late["position"] == 4);
  auto joined = again.queued(own.resource, "a", {{"idempotencyKey", "ka"}});
  CHECK(joined["entryId"] == a["entryId"]);
  CHECK(again.entry(gone["entryId"])["status"] == "cancelled");
  for (auto& next : {urgent, a, b, late}) {
    CHECK(again.release(lock).status == 200);
    lock = again.promoted(next["entryId"]);
    CHECK(lock["ownerId"] == next["ownerId"]);
  }
  CHECK(again.all("/v1/locks?ownerId=b")[0]["timeoutMs"] == 12345);
}

TEST_CASE("outcomes survive a crash and are replayed") {
  on_own_node own;
  auto node = own.client();
  json good{{"idempotencyKey", "good"}};
  json bad{{"idempotencyKey", "bad"}};
  json derived{{"transactionData", {{"price", "1"}}}};
  auto lock = node.granted(own.resource, "bot-1", good);
  CHECK(node.release(lock, {{"result", {{"orderId", "7"}}}}).status == 200);
  auto failed = node.granted(own.resource, "bot-1", bad);
  CHECK(node.release(failed, {{"error", "no"}}).status == 200);
  auto third = node.granted(own.resource, "bot-1", derived);
  CHECK(node.release(third, {{"result", 3}}).status == 200);
  auto flying = node.granted(own.resource, "bot-1", {{"idempotencyKey", "f"}});
  auto journal = node.journal(own.resource);
  crash_and_restart(own.process);
  auto again = own.client();
  CHECK(again.journal(own.resource) == journal);
  auto replay = again.acquire(own.resource, "bot-1", good);
  CHECK(replay.status == 200);
  CHECK(replay.header("idempotent-replayed") == "true");
  CHECK(replay.body["result"] == json{{"orderId", "7"}});
  CHECK(replay.body["lock"]["lockId"] == lock["lockId"]);
  CHECK(again.acquire(own.resource, "bot-1", derived).body["result"] == 3);
  check_problem(again.acquire(own.resource, "bot-2", good), 422,
                "key-mismatch");
  check_problem(again.acquire(own.resource, "bot-1", {{"idempotencyKey", "f"}}),
                409, "in-progress");
  CHECK(again.release(flying).status == 200);
  auto retried = again.granted(own.resource, "bot-1", bad);
  CHECK(retried["fencingToken"] > flying["fencingToken"]);
  CHECK(again.release(lock, {{"result", {{"orderId", "7"}}}}).status == 200);
}

TEST_CASE("tokens rise and journal numbers go on across crashes") {
  on_own_node own;
  std::int64_t token = 0;
  std::int64_t seq = 0;
  for (int i = 0; i < 5; ++i) {
    auto node = own.client();
    auto lock = node.granted(unique(own.resource), "bot-1");
    CHECK(lock["fencingToken"] > token);
    token = lock["fencingToken"];
    auto event = node.journal(lock["resourceId"])[0];
    CHECK(event["seq"] > seq);
    seq = event["seq"];
    crash_and_restart(own.process);
  }
}

TEST_CASE("a wait caller's place ends with the node, one shared with a queue "
          "request stays") {
  on_own_node own;
  auto node = own.client();
  auto lock = node.granted(own.resource, "bot-0", {{"timeoutMs", 600000}});
  auto alone = own.client();
  alone.begin_acquire(own.resource, "bot-1", {{"onLocked", "wait"}});
  REQUIRE(waiting(node, own.resource, 1));
  std::string gone = node.resource(own.resource)["queue"][0]["entryId"];
  auto sharing = own.client();
  sharing.begin_acquire(own.resource, "bot-2",
                        {{"onLocked", "wait"}, {"idempotencyKey", "k"}});
  REQUIRE(waiting(node, own.resource, 2));
  auto stays = node.queued(own.resource, "bot-2", {{"idempotencyKey", "k"}});
  crash_and_restart(own.process);
  auto again = own.client();
  CHECK(again.entry(gone, 10000)["status"] == "cancelled");
  auto entry = again.entry(stays["entryId"]);
  CHECK(entry["status"] == "waiting");
  CHECK(entry["position"] == 1);
  CHECK(again.release(lock).status == 200);
  CHECK(again.promoted(stays["entryId"])["ownerId"] == "bot-2");
}

TEST_CASE("a graceful restart keeps locks and queue too") {
  on_own_node own;
  auto node = own.client();
  auto lock = node.granted(own.resource, "bot-0", {{"timeoutMs", 600000}});
  auto entry = node.queued(own.resource, "bot-1");
  CHECK(own.process.stop() == 0);
  own.process.start();
  auto again = own.client();
  CHECK(again.lock(lock["lockId"])["status"] == "active");
  CHECK(again.release(lock).status == 200);
  CHECK(again.promoted(entry["entryId"])["ownerId"] == "bot-1");
}
