// Leases: renewal, expiry, what nobody claims, what comes too late.
// Must not know how the node is built: only the contract's words.
#include "tests/integration/fixture.hpp"

#include <doctest/doctest.h>

using namespace holdfast::test;

namespace {

std::int64_t expiry(const json& lock) {
  return to_ms(lock.at("expiresAt").get<std::string>());
}

/// A lock granted from the queue that nobody claims, seen expired.
json unclaimed(api& node, const std::string& resource) {
  auto holder = node.granted(resource, "bot-0");
  auto entry = node.queued(resource, "bot-1",
                           {{"timeoutMs", 150}, {"idempotencyKey", "k"}});
  auto next = node.queued(resource, "bot-2");
  CHECK(node.release(holder).status == 200);
  auto promoted = node.promoted(next["entryId"]);
  CHECK(node.release(promoted).status == 200);
  return entry;
}

} // namespace

TEST_CASE_FIXTURE(on_shared_node, "a renewal moves the end of the lease and "
                                  "keeps the token") {
  auto lock = node.granted(resource, "bot-1", {{"timeoutMs", 5000}});
  auto answer = node.renew(lock);
  CHECK(answer.status == 200);
  check_lock_shape(answer.body);
  CHECK(answer.body["lockId"] == lock["lockId"]);
  CHECK(answer.body["fencingToken"] == lock["fencingToken"]);
  CHECK(answer.body["acquiredAt"] == lock["acquiredAt"]);
  CHECK(expiry(answer.body) >= expiry(lock));
  CHECK(std::abs(expiry(answer.body) - wall_ms() - 5000) < 4000);
  CHECK(node.lock(lock["lockId"])["expiresAt"] == answer.body["expiresAt"]);
}

TEST_CASE_FIXTURE(on_shared_node, "a renewal may change the length of the "
                                  "lease, both ways") {
  auto lock = node.granted(resource, "bot-1", {{"timeoutMs", 10000}});
  auto longer = node.renew(lock, {{"timeoutMs", 600000}});
  CHECK(longer.status == 200);
  CHECK(expiry(longer.body) > expiry(lock) + 580000);
  auto shorter = node.renew(lock, {{"timeoutMs", 100}});
  CHECK(shorter.status == 200);
  CHECK(expiry(shorter.body) < expiry(lock));
  auto next = node.queued(resource, "bot-2");
  CHECK(node.promoted(next["entryId"])["ownerId"] == "bot-2");
  CHECK(node.lock(lock["lockId"])["status"] == "expired");
}

TEST_CASE_FIXTURE(on_shared_node, "a renewed lock outlives its first lease") {
  auto lock = node.granted(resource, "bot-1", {{"timeoutMs", 400}});
  CHECK(node.renew(lock, {{"timeoutMs", 60000}}).status == 200);
  wait_until_past(lock["expiresAt"], 100);
  CHECK(node.lock(lock["lockId"])["status"] == "active");
  check_problem(node.acquire(resource, "bot-2", {{"onLocked", "reject"}}), 409,
                "held");
}

TEST_CASE_FIXTURE(on_shared_node, "a lease is not ended before its time") {
  auto lock = node.granted(resource, "bot-1", {{"timeoutMs", 300}});
  auto entry = node.queued(resource, "bot-2");
  auto next = node.promoted(entry["entryId"]);
  CHECK(to_ms(next["acquiredAt"].get<std::string>()) >= expiry(lock));
}

TEST_CASE_FIXTURE(on_shared_node, "renewing with a wrong token is stale, of an "
                                  "unknown lock 404") {
  auto lock = node.granted(resource, "bot-1");
  auto wrong = lock;
  for (auto step : {-1, 1}) {
    wrong["fencingToken"] = lock["fencingToken"].get<std::int64_t>() + step;
    check_problem(node.renew(wrong), 409, "stale-lock");
    check_problem(node.release(wrong), 409, "stale-lock");
  }
  CHECK(node.lock(lock["lockId"]) == lock);
  wrong["lockId"] = "no-such-lock";
  check_problem(node.renew(wrong), 404, "not-found");
  check_problem(node.release(wrong), 404, "not-found");
}

TEST_CASE_FIXTURE(on_shared_node, "an expired lock hands over, and cannot be "
                                  "renewed or released") {
  auto lock = node.granted(resource, "bot-1",
                           {{"timeoutMs", 150}, {"idempotencyKey", "k"}});
  auto entry = node.queued(resource, "bot-2");
  auto next = node.promoted(entry["entryId"]);
  CHECK(next["fencingToken"] > lock["fencingToken"]);
  check_problem(node.renew(lock), 409, "stale-lock");
  check_problem(node.release(lock, {{"result", 1}}), 409, "stale-lock");
  auto ended = node.lock(lock["lockId"]);
  CHECK(ended["status"] == "expired");
  CHECK_FALSE(ended.contains("result"));
  check_lock_shape(ended);
  CHECK(node.journal_kinds(resource) ==
        std::vector<std::string>{"granted", "queued", "expired", "granted"});
}

TEST_CASE_FIXTURE(on_shared_node, "a key whose lock expired may be tried again "
                                  "at once") {
  json key{{"timeoutMs", 100}, {"idempotencyKey", "k"}};
  auto lock = node.granted(resource, "bot-1", key);
  auto entry = node.queued(resource, "bot-2");
  CHECK(node.release(node.promoted(entry["entryId"])).status == 200);
  auto again = node.granted(resource, "bot-1", key);
  CHECK(again["lockId"] != lock["lockId"]);
  CHECK(again["fencingToken"] > lock["fencingToken"]);
}

TEST_CASE_FIXTURE(on_shared_node, "a lock that expires with nobody waiting "
                                  "frees its resource") {
  auto lock = node.granted(resource, "bot-1", {{"timeoutMs", 80}});
  CHECK(eventually([&] { return !node.resource(resource)["locked"]; }));
  CHECK(node.lock(lock["lockId"])["status"] == "expired");
}

TEST_CASE_FIXTURE(on_shared_node, "a queue grant nobody claims expires and "
                                  "goes to the dead letters") {
  auto entry = unclaimed(node, resource);
  auto letters = node.dead_letters(resource);
  REQUIRE(letters.size() == 1);
  auto letter = letters[0];
  INFO("dead letter: ", letter.dump());
  CHECK(letter["deadLetterId"].is_string());
  CHECK(letter["kind"].is_string());
  CHECK(letter["reason"].is_string());
  CHECK(letter["attempts"].is_number_unsigned());
  CHECK(is_timestamp(letter["at"].get<std::string>()));
  CHECK(letter["entryId"] == entry["entryId"]);
  CHECK(node.lock(letter["lockId"])["status"] == "expired");
  auto kinds = node.journal_kinds(resource);
  CHECK(std::count(kinds.begin(), kinds.end(), "dead_lettered") == 1);
  CHECK(std::count(kinds.begin(), kinds.end(), "expired") == 1);
}

TEST_CASE_FIXTURE(on_shared_node, "a queue grant that was claimed by reading "
                                  "it is no dead letter when it expires") {
  auto holder = node.granted(resource, "bot-0");
  auto entry = node.queued(resource, "bot-1", {{"timeoutMs", 150}});
  CHECK(node.release(holder).status == 200);
  auto lock = node.promoted(entry["entryId"]);
  CHECK(eventually([&] { return !node.resource(resource)["locked"]; }));
  CHECK(node.lock(lock["lockId"])["status"] == "expired");
  CHECK(node.dead_letters(resource).empty());
}

TEST_CASE_FIXTURE(on_shared_node, "a direct grant that expires is no dead "
                                  "letter") {
  node.granted(resource, "bot-1", {{"timeoutMs", 80}});
  CHECK(eventually([&] { return !node.resource(resource)["locked"]; }));
  CHECK(node.dead_letters(resource).empty());
}

TEST_CASE_FIXTURE(on_shared_node, "a dead letter can be requeued once: 202 "
                                  "with the entry") {
  unclaimed(node, resource);
  auto letters = node.dead_letters(resource);
  REQUIRE(letters.size() == 1);
  auto target = "/v1/dead-letters/" +
                letters[0]["deadLetterId"].get<std::string>() + "/requeue";
  auto holder = node.granted(resource, "bot-9");
  auto answer = node.http.send("POST", target);
  INFO("requeue answered ", answer.text);
  CHECK(answer.status == 202);
  auto entry =
      answer.body.contains("entry") ? answer.body["entry"] : answer.body;
  CHECK(entry["ownerId"] == "bot-1");
  CHECK(entry["resourceId"] == resource);
  CHECK(entry["idempotencyKey"] == "k");
  CHECK(node.dead_letters(resource).empty());
  CHECK(node.http.send("POST", target).status >= 400);
  CHECK(node.resource(resource)["queue"].size() == 1);
  CHECK(node.release(holder).status == 200);
  auto lock = node.promoted(entry["entryId"]);
  CHECK(lock["ownerId"] == "bot-1");
  auto kinds = node.journal_kinds(resource);
  CHECK(std::count(kinds.begin(), kinds.end(), "requeued") == 1);
}

TEST_CASE_FIXTURE(on_shared_node, "a dead letter can be discarded: 204, then "
                                  "404") {
  unclaimed(node, resource);
  auto letters = node.dead_letters(resource);
  REQUIRE(letters.size() == 1);
  auto target =
      "/v1/dead-letters/" + letters[0]["deadLetterId"].get<std::string>();
  auto answer = node.http.del(target);
  CHECK(answer.status == 204);
  CHECK(answer.text.empty());
  CHECK(node.dead_letters(resource).empty());
  check_problem(node.http.del(target), 404, "not-found");
  check_problem(node.http.send("POST", target + "/requeue"), 404, "not-found");
}

TEST_CASE("a renewal after the lease's end is refused even before the expiry "
          "was processed") {
  on_own_node own;
  auto node = own.client();
  auto lock = node.granted(own.resource, "bot-1", {{"timeoutMs", 250}});
  auto entry = node.queued(own.resource, "bot-2");
  auto late = own.client();
  late.http.connect();
  own.process.freeze();
  wait_until_past(lock["expiresAt"]);
  late.http.begin("POST",
                  "/v1/locks/" + lock["lockId"].get<std::string>() + "/renew",
                  json{{"fencingToken", lock["fencingToken"]}}.dump());
  own.process.thaw();
  check_problem(late.http.finish(), 409, "stale-lock");
  CHECK(node.promoted(entry["entryId"])["ownerId"] == "bot-2");
  CHECK(node.lock(lock["lockId"])["status"] == "expired");
}
