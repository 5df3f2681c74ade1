// `onLocked: wait`: served when granted, gone with its connection, joined to
// the place or the outcome of its own key.
// Must not know how the node is built: only the contract's words.
#include "tests/integration/fixture.hpp"

#include <doctest/doctest.h>

#include <future>

using namespace holdfast::test;
using namespace std::chrono_literals;

TEST_CASE_FIXTURE(on_shared_node, "a wait caller is seen in the queue and "
                                  "answered 201 when its turn comes") {
  auto lock = node.granted(resource, "bot-1");
  auto caller = other();
  caller.begin_acquire(resource, "bot-2",
                       {{"onLocked", "wait"}, {"waitMs", 20000}});
  REQUIRE(waiting(node, resource, 1));
  auto entry = node.resource(resource)["queue"][0];
  CHECK(entry["ownerId"] == "bot-2");
  CHECK(entry["position"] == 1);
  CHECK_FALSE(caller.http.readable(0ms));
  CHECK(node.release(lock).status == 200);
  auto answer = caller.http.finish();
  CHECK(answer.status == 201);
  CHECK(answer.body["outcome"] == "granted");
  CHECK(answer.body["lock"]["ownerId"] == "bot-2");
  CHECK(answer.body["lock"]["fencingToken"] > lock["fencingToken"]);
  CHECK(node.resource(resource)["queue"].empty());
  CHECK(caller.release(answer.body["lock"]).status == 200);
}

TEST_CASE_FIXTURE(on_shared_node, "a free resource answers a wait at once") {
  auto answer = node.acquire(resource, "bot-1", {{"onLocked", "wait"}});
  CHECK(answer.status == 201);
}

TEST_CASE_FIXTURE(on_shared_node, "waitMs over: 409 wait-timeout, and the "
                                  "place in the queue is gone") {
  auto lock = node.granted(resource, "bot-1");
  auto answer =
      node.acquire(resource, "bot-2", {{"onLocked", "wait"}, {"waitMs", 50}});
  check_problem(answer, 409, "wait-timeout");
  CHECK(node.resource(resource)["queue"].empty());
  CHECK(node.release(lock).status == 200);
  CHECK(node.resource(resource)["locked"] == false);
}

TEST_CASE_FIXTURE(on_shared_node, "a wait caller that hangs up is cancelled") {
  auto lock = node.granted(resource, "bot-1");
  auto caller = other();
  caller.begin_acquire(resource, "bot-2", {{"onLocked", "wait"}});
  REQUIRE(waiting(node, resource, 1));
  std::string entry_id = node.resource(resource)["queue"][0]["entryId"];
  caller.http.hang_up();
  CHECK(node.entry(entry_id, 10000)["status"] == "cancelled");
  CHECK(node.resource(resource)["queue"].empty());
  CHECK(node.release(lock).status == 200);
  CHECK(node.resource(resource)["locked"] == false);
}

TEST_CASE_FIXTURE(on_shared_node, "a queue request that shares the place keeps "
                                  "it when the wait caller hangs up") {
  auto lock = node.granted(resource, "bot-1");
  auto shared = other();
  shared.begin_acquire(resource, "bot-2",
                       {{"onLocked", "wait"}, {"idempotencyKey", "k"}});
  REQUIRE(waiting(node, resource, 1));
  auto entry = node.queued(resource, "bot-2", {{"idempotencyKey", "k"}});
  auto alone = other();
  alone.begin_acquire(resource, "bot-3", {{"onLocked", "wait"}});
  REQUIRE(waiting(node, resource, 2));
  std::string gone = node.resource(resource)["queue"][1]["entryId"];
  shared.http.hang_up();
  alone.http.hang_up();
  CHECK(node.entry(gone, 10000)["status"] == "cancelled");
  CHECK(node.entry(entry["entryId"])["status"] == "waiting");
  CHECK(node.release(lock).status == 200);
  CHECK(node.promoted(entry["entryId"])["ownerId"] == "bot-2");
}

TEST_CASE_FIXTURE(on_shared_node, "a queue request's place survives a wait "
                                  "caller that joined it and gave up") {
  auto lock = node.granted(resource, "bot-1");
  auto entry = node.queued(resource, "bot-2", {{"idempotencyKey", "k"}});
  auto answer = node.acquire(
      resource, "bot-2",
      {{"onLocked", "wait"}, {"waitMs", 50}, {"idempotencyKey", "k"}});
  check_problem(answer, 409, "wait-timeout");
  CHECK(node.entry(entry["entryId"])["status"] == "waiting");
  CHECK(node.release(lock).status == 200);
  CHECK(node.promoted(entry["entryId"])["ownerId"] == "bot-2");
}

TEST_CASE_FIXTURE(on_shared_node, "wait joins the waiting entry of its key: "
                                  "one place, one grant") {
  auto lock = node.granted(resource, "bot-1");
  auto entry = node.queued(resource, "bot-2", {{"idempotencyKey", "k"}});
  auto caller = other();
  caller.begin_acquire(resource, "bot-2",
                       {{"onLocked", "wait"}, {"idempotencyKey", "k"}});
  auto probe = other();
  probe.begin_acquire(resource, "bot-3", {{"onLocked", "wait"}});
  REQUIRE(waiting(node, resource, 2)); // the probe's place, not the caller's
  CHECK_FALSE(caller.http.readable(0ms));
  CHECK(node.release(lock).status == 200);
  auto answer = caller.http.finish();
  CHECK(answer.status == 201);
  CHECK(answer.body["lock"]["idempotencyKey"] == "k");
  auto promoted = node.promoted(entry["entryId"]);
  CHECK(promoted["lockId"] == answer.body["lock"]["lockId"]);
}

TEST_CASE_FIXTURE(on_shared_node, "wait on a transaction in flight gets its "
                                  "outcome when it succeeds") {
  json key{{"idempotencyKey", "k"}};
  auto lock = node.granted(resource, "bot-1", key);
  auto caller = other();
  caller.begin_acquire(resource, "bot-1",
                       {{"onLocked", "wait"}, {"idempotencyKey", "k"}});
  CHECK_FALSE(caller.http.readable(30ms));
  CHECK(node.release(lock, {{"result", {{"orderId", "7"}}}}).status == 200);
  auto answer = caller.http.finish();
  CHECK(answer.status == 200);
  CHECK(answer.header("idempotent-replayed") == "true");
  CHECK(answer.body["outcome"] == "replayed");
  CHECK(answer.body["result"] == json{{"orderId", "7"}});
  CHECK(answer.body["lock"]["lockId"] == lock["lockId"]);
  CHECK(node.journal_kinds(resource) ==
        std::vector<std::string>{"granted", "released"});
}

TEST_CASE_FIXTURE(on_shared_node, "wait on a transaction in flight takes its "
                                  "place by priority when it fails") {
  auto lock = node.granted(resource, "bot-1", {{"idempotencyKey", "k"}});
  auto urgent = node.queued(resource, "bot-2", {{"priority", 1}});
  auto caller = other();
  caller.begin_acquire(resource, "bot-1",
                       {{"onLocked", "wait"}, {"idempotencyKey", "k"}});
  CHECK_FALSE(caller.http.readable(30ms));
  CHECK(node.release(lock, {{"error", "exchange down"}}).status == 200);
  auto first = node.promoted(urgent["entryId"]);
  CHECK_FALSE(caller.http.readable(30ms));
  CHECK(node.release(first).status == 200);
  auto answer = caller.http.finish();
  CHECK(answer.status == 201);
  CHECK(answer.body["lock"]["idempotencyKey"] == "k");
  CHECK(answer.body["lock"]["fencingToken"] > first["fencingToken"]);
}

TEST_CASE_FIXTURE(on_shared_node, "wait on a transaction in flight takes over "
                                  "when its lease ends") {
  auto lock = node.granted(resource, "bot-1",
                           {{"idempotencyKey", "k"}, {"timeoutMs", 250}});
  auto answer = node.acquire(
      resource, "bot-1",
      {{"onLocked", "wait"}, {"idempotencyKey", "k"}, {"waitMs", 15000}});
  CHECK(answer.status == 201);
  CHECK(answer.body["lock"]["lockId"] != lock["lockId"]);
  CHECK(node.lock(lock["lockId"])["status"] == "expired");
}

TEST_CASE_FIXTURE(on_shared_node, "wait on a transaction in flight gives up "
                                  "after waitMs") {
  auto lock = node.granted(resource, "bot-1", {{"idempotencyKey", "k"}});
  auto answer = node.acquire(
      resource, "bot-1",
      {{"onLocked", "wait"}, {"idempotencyKey", "k"}, {"waitMs", 50}});
  check_problem(answer, 409, "wait-timeout");
  CHECK(node.release(lock).status == 200);
}

TEST_CASE_FIXTURE(on_shared_node, "two wait callers of one key share one place "
                                  "and one grant") {
  auto holder = node.granted(resource, "bot-1");
  json body{{"onLocked", "wait"},
            {"idempotencyKey", "k"},
            {"waitMs", 15000},
            {"transactionType", "trade"}};
  auto first = other();
  auto second = other();
  first.begin_acquire(resource, "bot-2", body);
  REQUIRE(waiting(node, resource, 1));
  second.begin_acquire(resource, "bot-2", body);
  auto probe = other();
  probe.begin_acquire(resource, "bot-3", {{"onLocked", "wait"}});
  REQUIRE(waiting(node, resource, 2));
  CHECK(node.release(holder).status == 200);
  REQUIRE(eventually([&] {
    auto now = node.resource(resource);
    return now["locked"] == true && now["lock"]["idempotencyKey"] == "k";
  }));
  auto lock = node.resource(resource)["lock"];
  CHECK(node.release(lock, {{"result", 1}}).status == 200);
  for (auto* caller : {&first, &second}) {
    auto answer = caller->http.finish();
    INFO("answer: ", answer.text);
    CHECK((answer.status == 201 || answer.status == 200));
    CHECK(answer.body["lock"]["lockId"] == lock["lockId"]);
  }
  int grants = 0;
  for (auto& event : node.journal(resource))
    grants += event["kind"] == "granted" && event["ownerId"] == "bot-2";
  CHECK(grants == 1);
}
