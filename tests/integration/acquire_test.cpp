// Acquire: its answers, its shapes, what `reject` and `queue` do.
// Must not know how the node is built: only the contract's words.
#include "tests/integration/fixture.hpp"

#include <doctest/doctest.h>

using namespace holdfast::test;

TEST_CASE_FIXTURE(on_shared_node, "a free resource is granted with 201 and a "
                                  "lock that has every member") {
  auto answer = node.acquire(resource, "bot-1");
  CHECK(answer.status == 201);
  CHECK(answer.header("content-type").rfind("application/json", 0) == 0);
  CHECK(answer.body["outcome"] == "granted");
  auto lock = answer.body["lock"];
  check_lock_shape(lock);
  CHECK(lock["resourceId"] == resource);
  CHECK(lock["ownerId"] == "bot-1");
  CHECK(lock["status"] == "active");
  CHECK(lock["priority"] == 5);
  CHECK(lock["timeoutMs"] == 30000);
  CHECK(lock["maxRetries"] == 3);
  CHECK(lock["idempotencyKey"].is_null());
  CHECK(lock["transactionData"].is_null());
  CHECK_FALSE(lock.contains("releasedAt"));
  CHECK_FALSE(lock.contains("result"));
  CHECK_FALSE(lock.contains("error"));
  auto acquired = to_ms(lock["acquiredAt"].get<std::string>());
  auto lease = to_ms(lock["expiresAt"].get<std::string>()) - acquired;
  CHECK(lease >= 29999);
  CHECK(lease <= 30001);
  CHECK(std::abs(acquired - wall_ms()) < 10000);
}

TEST_CASE_FIXTURE(on_shared_node, "what the caller sends stands in the lock") {
  json data{{"symbol", "BTCUSDT"}, {"list", {1, "two", nullptr, false}}};
  auto lock = node.granted(resource, "bot-1",
                           {{"ownerType", "workflow"},
                            {"transactionType", "signal"},
                            {"transactionData", data},
                            {"priority", 2},
                            {"timeoutMs", 45000},
                            {"maxRetries", 7},
                            {"idempotencyKey", "key-1"},
                            {"onLocked", "reject"}});
  CHECK(lock["ownerType"] == "workflow");
  CHECK(lock["transactionType"] == "signal");
  CHECK(lock["transactionData"] == data);
  CHECK(lock["priority"] == 2);
  CHECK(lock["timeoutMs"] == 45000);
  CHECK(lock["maxRetries"] == 7);
  CHECK(lock["idempotencyKey"] == "key-1");
  CHECK(node.lock(lock["lockId"]) == lock);
}

TEST_CASE_FIXTURE(on_shared_node, "every owner and transaction type of the "
                                  "contract is taken") {
  for (auto owner_type : {"user", "system", "workflow"}) {
    auto lock =
        node.granted(unique(resource), "bot-1", {{"ownerType", owner_type}});
    CHECK(lock["ownerType"] == owner_type);
  }
  for (auto type : {"trade", "cancel", "update", "signal"}) {
    auto lock =
        node.granted(unique(resource), "bot-1", {{"transactionType", type}});
    CHECK(lock["transactionType"] == type);
  }
}

TEST_CASE_FIXTURE(on_shared_node, "reject answers 409 held, names the holder, "
                                  "and queues nothing") {
  auto lock = node.granted(resource, "bot-1");
  auto answer = node.acquire(resource, "bot-2", {{"onLocked", "reject"}});
  check_problem(answer, 409, "held");
  CHECK(answer.body["holder"] == "bot-1");
  CHECK(answer.body["lockId"] == lock["lockId"]);
  CHECK(node.resource(resource)["queue"].empty());
  CHECK(node.release(lock).status == 200);
  CHECK_FALSE(node.resource(resource)["locked"].get<bool>());
}

TEST_CASE_FIXTURE(on_shared_node, "a held resource queues by default: 202, "
                                  "Location and an entry") {
  auto lock = node.granted(resource, "bot-1");
  auto answer = node.acquire(resource, "bot-2",
                             {{"transactionType", "trade"},
                              {"transactionData", {{"side", "BUY"}}},
                              {"priority", 4},
                              {"ownerType", "system"}});
  CHECK(answer.status == 202);
  CHECK(answer.body["outcome"] == "queued");
  auto entry = answer.body["entry"];
  INFO("entry: ", entry.dump());
  CHECK(answer.header("location") ==
        "/v1/queue/" + entry["entryId"].get<std::string>());
  CHECK(entry["resourceId"] == resource);
  CHECK(entry["ownerId"] == "bot-2");
  CHECK(entry["ownerType"] == "system");
  CHECK(entry["transactionType"] == "trade");
  CHECK(entry["transactionData"] == json{{"side", "BUY"}});
  CHECK(entry["idempotencyKey"].is_string());
  CHECK(entry["priority"] == 4);
  CHECK(entry["position"] == 1);
  CHECK(entry["status"] == "waiting");
  CHECK(is_timestamp(entry["queuedAt"].get<std::string>()));
  CHECK_FALSE(entry.contains("lock"));
  if (entry.contains("estimatedWaitMs"))
    CHECK(entry["estimatedWaitMs"].is_number());
  CHECK(node.entry(entry["entryId"])["entryId"] == entry["entryId"]);
}

TEST_CASE_FIXTURE(on_shared_node, "the resource shows its holder and its "
                                  "queue in serving order") {
  auto before = node.resource(resource);
  CHECK(before["resourceId"] == resource);
  CHECK(before["locked"] == false);
  CHECK_FALSE(before.contains("lock"));
  CHECK(before["queue"] == json::array());
  auto lock = node.granted(resource, "bot-1");
  auto late = node.queued(resource, "bot-2");
  auto early = node.queued(resource, "bot-3", {{"priority", 1}});
  auto after = node.resource(resource);
  CHECK(after["locked"] == true);
  CHECK(after["lock"] == lock);
  REQUIRE(after["queue"].size() == 2);
  CHECK(after["queue"][0]["entryId"] == early["entryId"]);
  CHECK(after["queue"][0]["position"] == 1);
  CHECK(after["queue"][1]["entryId"] == late["entryId"]);
  CHECK(after["queue"][1]["position"] == 2);
}

TEST_CASE_FIXTURE(on_shared_node, "tokens are numbers that rise with every "
                                  "grant, across resources") {
  std::int64_t last = 0;
  for (int i = 0; i < 20; ++i) {
    auto lock = node.granted(unique(resource), "bot-1");
    CHECK(lock["fencingToken"].is_number_unsigned());
    CHECK(lock["fencingToken"] > last);
    last = lock["fencingToken"];
  }
}

TEST_CASE("a full queue answers 429 queue-full with Retry-After") {
  on_own_node own{{.locks = "queue_depth_max = 3"}};
  auto node = own.client();
  auto lock = node.granted(own.resource, "bot-0");
  for (int i = 0; i < 3; ++i)
    node.queued(own.resource, "bot-" + std::to_string(i + 1));
  auto answer = node.acquire(own.resource, "bot-9");
  check_problem(answer, 429, "queue-full");
  CHECK(std::stoi(answer.header("retry-after")) >= 1);
  auto waiting = node.acquire(own.resource, "bot-9", {{"onLocked", "wait"}});
  check_problem(waiting, 429, "queue-full");
  check_problem(node.acquire(own.resource, "bot-9", {{"onLocked", "reject"}}),
                409, "held");
  CHECK(node.resource(own.resource)["queue"].size() == 3);
  CHECK(node.granted(unique(own.resource), "bot-9")["status"] == "active");
  CHECK(node.release(lock).status == 200);
  CHECK(node.acquire(own.resource, "bot-9").status == 202);
}
