// Release, failure and force release.
// Must not know how the node is built: only the contract's words.
#include "tests/integration/fixture.hpp"

#include <doctest/doctest.h>

using namespace holdfast::test;

TEST_CASE_FIXTURE(on_shared_node, "a release stores any JSON as the result, "
                                  "null included") {
  for (const auto& result :
       {json{1}, json(nullptr), json("text"), json(false), json::array(),
        json{{"a", {{"b", {1, 2, json::object()}}}}}, json("é😀\n")}) {
    auto lock = node.granted(resource, "bot-1");
    auto answer = node.release(lock, {{"result", result}});
    INFO("result ", result.dump());
    CHECK(answer.status == 200);
    check_lock_shape(answer.body);
    CHECK(answer.body["status"] == "released");
    CHECK(answer.body["result"] == result);
    CHECK_FALSE(answer.body.contains("error"));
    CHECK(node.lock(lock["lockId"]) == answer.body);
  }
}

TEST_CASE_FIXTURE(on_shared_node, "repeating the same release is harmless, "
                                  "another one is stale") {
  auto lock = node.granted(resource, "bot-1", {{"idempotencyKey", "k"}});
  json result{{"result", {{"orderId", "7"}}}};
  auto first = node.release(lock, result);
  CHECK(first.status == 200);
  node.granted(resource, "bot-2");
  auto again = node.release(lock, result);
  CHECK(again.status == 200);
  CHECK(again.body == first.body);
  check_problem(node.release(lock, {{"result", 8}}), 409, "stale-lock");
  check_problem(node.release(lock, {{"error", "no"}}), 409, "stale-lock");
  check_problem(node.renew(lock), 409, "stale-lock");
  CHECK(node.lock(lock["lockId"]) == first.body);
  CHECK(node.acquire(resource, "bot-1", {{"idempotencyKey", "k"}})
            .body["result"] == result["result"]);
  auto kinds = node.journal_kinds(resource);
  CHECK(std::count(kinds.begin(), kinds.end(), "released") == 1);
}

TEST_CASE_FIXTURE(on_shared_node, "a release with an error fails the lock and "
                                  "keeps the text verbatim") {
  auto lock = node.granted(resource, "bot-1", {{"idempotencyKey", "k"}});
  std::string text = "exchange: \"no\" — 30010\n\tline 2 😀";
  auto answer = node.release(lock, {{"error", text}});
  CHECK(answer.status == 200);
  CHECK(answer.body["status"] == "failed");
  CHECK(answer.body["error"] == text);
  CHECK_FALSE(answer.body.contains("result"));
  CHECK(node.release(lock, {{"error", text}}).status == 200);
  CHECK(node.lock(lock["lockId"])["error"] == text);
  CHECK(node.journal_kinds(resource) ==
        std::vector<std::string>{"granted", "failed"});
}

TEST_CASE_FIXTURE(on_shared_node, "an error has at most 4 KiB, and does not "
                                  "come with a result") {
  auto lock = node.granted(resource, "bot-1");
  auto too_long = node.release(lock, {{"error", std::string(4097, 'x')}});
  check_problem(too_long, 400, "invalid");
  auto both = node.release(lock, {{"error", "no"}, {"result", 1}});
  check_problem(both, 400, "invalid");
  check_problem(node.release(lock, {{"error", 5}}), 400, "invalid");
  CHECK(node.lock(lock["lockId"])["status"] == "active");
  auto fits = node.release(lock, {{"error", std::string(4096, 'x')}});
  CHECK(fits.status == 200);
}

TEST_CASE_FIXTURE(on_shared_node, "a release passes the lock to the next "
                                  "waiter at once") {
  auto lock = node.granted(resource, "bot-1");
  auto entry = node.queued(resource, "bot-2");
  CHECK(node.release(lock).status == 200);
  auto now = node.resource(resource);
  CHECK(now["locked"] == true);
  CHECK(now["lock"]["ownerId"] == "bot-2");
  CHECK(now["queue"].empty());
  CHECK(node.journal_kinds(resource) ==
        std::vector<std::string>{"granted", "queued", "released", "granted"});
}

TEST_CASE_FIXTURE(on_shared_node, "a forced release ends the lock, says so, "
                                  "and serves the next") {
  auto lock = node.granted(resource, "bot-1", {{"idempotencyKey", "k"}});
  auto entry = node.queued(resource, "bot-2");
  auto answer = node.force_release(lock, "stuck & hung/ü");
  CHECK(answer.status == 200);
  CHECK(answer.body["released"] == 1);
  auto ended = node.lock(lock["lockId"]);
  CHECK(ended["status"] == "force_released");
  check_lock_shape(ended);
  CHECK(node.resource(resource)["lock"]["ownerId"] == "bot-2");
  check_problem(node.renew(lock), 409, "stale-lock");
  check_problem(node.release(lock, {{"result", 1}}), 409, "stale-lock");
  CHECK(node.lock(lock["lockId"]) == ended);
  auto again = node.force_release(lock, "twice");
  CHECK(again.status == 200);
  CHECK(again.body["released"] == 0);
  auto retried = node.acquire(resource, "bot-1", {{"idempotencyKey", "k"}});
  CHECK(retried.status == 202);
}

TEST_CASE_FIXTURE(on_shared_node, "a forced release is journaled with who and "
                                  "why") {
  auto lock = node.granted(resource, "bot-1");
  CHECK(node.force_release(lock, "stuck since noon").status == 200);
  CHECK(node.force_release(lock, "twice").body["released"] == 0);
  auto rows = node.journal(resource);
  REQUIRE(rows.size() == 2);
  CHECK(rows[1]["kind"] == "force_released");
  CHECK(rows[1]["lockId"] == lock["lockId"]);
  CHECK(rows[1]["fencingToken"] == lock["fencingToken"]);
  CHECK(rows[1]["ownerId"] == "bot-1");
  CHECK(rows[1]["actor"].is_string());
  CHECK(rows[1]["detail"].dump().find("stuck since noon") != std::string::npos);
}

TEST_CASE_FIXTURE(on_shared_node, "a forced release of an unknown lock is "
                                  "404") {
  check_problem(node.http.del("/v1/locks/no-such-lock?reason=x"), 404,
                "not-found");
}

TEST_CASE_FIXTURE(on_shared_node, "a forced release by owner ends all his "
                                  "locks and nobody else's") {
  auto owner = unique("bot / ü");
  std::vector<json> locks;
  for (int i = 0; i < 3; ++i)
    locks.push_back(node.granted(unique(resource), owner));
  auto ended = node.granted(unique(resource), owner);
  CHECK(node.release(ended).status == 200);
  auto foreign = node.granted(resource, "bot-2");
  auto target =
      "/v1/owners/" + percent_encoded(owner) + "/locks?reason=left%20us";
  auto answer = node.http.del(target);
  INFO("answer: ", answer.text);
  CHECK(answer.status == 200);
  CHECK(answer.body["released"] == 3);
  for (auto& lock : locks) {
    CHECK(node.lock(lock["lockId"])["status"] == "force_released");
    auto rows = node.journal(lock["resourceId"]);
    CHECK(rows.back()["kind"] == "force_released");
    CHECK(rows.back()["detail"].dump().find("left us") != std::string::npos);
  }
  CHECK(node.lock(ended["lockId"])["status"] == "released");
  CHECK(node.lock(foreign["lockId"])["status"] == "active");
  auto again = node.http.del(target);
  CHECK(again.status == 200);
  CHECK(again.body["released"] == 0);
}
