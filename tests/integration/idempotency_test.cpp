// One transaction, one outcome: replays, mismatches, retries, where a key
// comes from.
// Must not know how the node is built: only the contract's words.
#include "tests/integration/fixture.hpp"

#include <doctest/doctest.h>

using namespace holdfast::test;

namespace {

json order(const std::string& price, const std::string& quantity) {
  return {{"symbol", "BTCUSDT"}, {"price", price}, {"quantity", quantity}};
}

json derived(const json& data) {
  return {{"transactionType", "trade"}, {"transactionData", data}};
}

/// Sends an acquire whose transaction data is exactly `data`.
http_response acquire_raw(api& node, const std::string& resource,
                          const std::string& data) {
  return node.http.send("POST", "/v1/locks",
                        R"({"resourceId":")" + resource +
                            R"(","ownerId":"bot-1","transactionData":)" + data +
                            "}");
}

} // namespace

TEST_CASE_FIXTURE(on_shared_node, "a finished transaction is replayed: 200, "
                                  "the header and the stored result") {
  json key{{"idempotencyKey", "k"}};
  auto lock = node.granted(resource, "bot-1", key);
  json result{{"orderId", "42"}, {"fills", {1, 2}}, {"note", "č\n"}};
  CHECK(node.release(lock, {{"result", result}}).status == 200);
  for (auto mode : {"reject", "queue", "wait"}) {
    auto answer = node.acquire(resource, "bot-1",
                               {{"idempotencyKey", "k"}, {"onLocked", mode}});
    CHECK(answer.status == 200);
    CHECK(answer.header("idempotent-replayed") == "true");
    CHECK(answer.body["outcome"] == "replayed");
    CHECK(answer.body["result"] == result);
    CHECK(answer.body["lock"]["lockId"] == lock["lockId"]);
    CHECK(answer.body["lock"]["status"] == "released");
    CHECK(answer.body["lock"]["fencingToken"] == lock["fencingToken"]);
    check_lock_shape(answer.body["lock"]);
  }
}

TEST_CASE_FIXTURE(on_shared_node, "a success without a result replays null") {
  auto lock = node.granted(resource, "bot-1", {{"idempotencyKey", "k"}});
  CHECK(node.release(lock).status == 200);
  auto answer = node.acquire(resource, "bot-1", {{"idempotencyKey", "k"}});
  CHECK(answer.status == 200);
  CHECK(answer.body.contains("result"));
  CHECK(answer.body["result"].is_null());
}

TEST_CASE_FIXTURE(on_shared_node, "an outcome is replayed though the resource "
                                  "is held by another") {
  auto lock = node.granted(resource, "bot-1", {{"idempotencyKey", "k"}});
  CHECK(node.release(lock, {{"result", 1}}).status == 200);
  node.granted(resource, "bot-2");
  auto answer = node.acquire(resource, "bot-1", {{"idempotencyKey", "k"}});
  CHECK(answer.status == 200);
  CHECK(answer.body["result"] == 1);
  CHECK(node.resource(resource)["queue"].empty());
}

TEST_CASE_FIXTURE(on_shared_node, "a transaction in flight answers 409 "
                                  "in-progress with its lock") {
  auto lock = node.granted(resource, "bot-1", {{"idempotencyKey", "k"}});
  for (auto mode : {"reject", "queue"}) {
    auto answer = node.acquire(resource, "bot-1",
                               {{"idempotencyKey", "k"}, {"onLocked", mode}});
    check_problem(answer, 409, "in-progress");
    CHECK(answer.body["lockId"] == lock["lockId"]);
  }
  CHECK(node.resource(resource)["queue"].empty());
}

TEST_CASE_FIXTURE(on_shared_node, "one key with another owner, type or data is "
                                  "a mismatch, at every stage") {
  json base{{"idempotencyKey", "k"},
            {"transactionType", "trade"},
            {"transactionData", order("1", "2")}};
  auto check_mismatches = [&] {
    auto type = base;
    type["transactionType"] = "cancel";
    auto data = base;
    data["transactionData"] = order("1", "3");
    check_problem(node.acquire(resource, "bot-9", base), 422, "key-mismatch");
    check_problem(node.acquire(resource, "bot-1", type), 422, "key-mismatch");
    check_problem(node.acquire(resource, "bot-1", data), 422, "key-mismatch");
  };
  auto holder = node.granted(resource, "bot-0");
  auto entry = node.queued(resource, "bot-1", base);
  check_mismatches();
  CHECK(node.release(holder).status == 200);
  auto lock = node.promoted(entry["entryId"]);
  check_mismatches();
  CHECK(node.release(lock).status == 200);
  check_mismatches();
}

TEST_CASE_FIXTURE(on_shared_node, "another priority, lease or mode is still "
                                  "the same transaction") {
  auto lock = node.granted(resource, "bot-1", {{"idempotencyKey", "k"}});
  auto answer = node.acquire(resource, "bot-1",
                             {{"idempotencyKey", "k"},
                              {"priority", 1},
                              {"timeoutMs", 1234},
                              {"onLocked", "reject"}});
  check_problem(answer, 409, "in-progress");
}

TEST_CASE_FIXTURE(on_shared_node, "keys are scoped to their resource") {
  auto first = node.granted(resource, "bot-1", {{"idempotencyKey", "k"}});
  auto second =
      node.granted(unique(resource), "bot-2", {{"idempotencyKey", "k"}});
  CHECK(first["lockId"] != second["lockId"]);
}

TEST_CASE_FIXTURE(on_shared_node, "an acquire without key and data is a "
                                  "transaction of its own each time") {
  auto first = node.granted(resource, "bot-1");
  CHECK(node.release(first, {{"result", 1}}).status == 200);
  auto second = node.granted(resource, "bot-1");
  CHECK(second["lockId"] != first["lockId"]);
  auto a = node.queued(resource, "bot-1");
  auto b = node.queued(resource, "bot-1");
  CHECK(a["entryId"] != b["entryId"]);
}

TEST_CASE_FIXTURE(on_shared_node, "equal data without a key is one "
                                  "transaction, replayed once finished") {
  auto body = derived(order("100", "0.5"));
  auto lock = node.granted(resource, "bot-1", body);
  REQUIRE(lock["idempotencyKey"].is_string());
  check_problem(node.acquire(resource, "bot-1", body), 409, "in-progress");
  CHECK(node.release(lock, {{"result", "first"}}).status == 200);
  auto answer = node.acquire(resource, "bot-1", body);
  CHECK(answer.status == 200);
  CHECK(answer.body["result"] == "first");
  CHECK(answer.body["lock"]["idempotencyKey"] == lock["idempotencyKey"]);
}

TEST_CASE_FIXTURE(on_shared_node, "a derived key depends on owner and "
                                  "transaction type") {
  auto first = node.granted(resource, "bot-1", derived(order("1", "1")));
  CHECK(node.release(first).status == 200);
  auto second = node.granted(resource, "bot-2", derived(order("1", "1")));
  CHECK(node.release(second).status == 200);
  auto third = derived(order("1", "1"));
  third["transactionType"] = "cancel";
  CHECK(node.acquire(resource, "bot-1", third).status == 201);
}

TEST_CASE_FIXTURE(on_shared_node, "member order, white space and the spelling "
                                  "of a number do not change a derived key") {
  auto first =
      acquire_raw(node, resource, R"({"a":1,"b":{"x":[1.5,"é"],"y":100}})");
  REQUIRE(first.status == 201);
  for (auto same : {"{\"b\" : {\"y\":100 ,\n \"x\":[1.5, \"é\"]},\t\"a\":1}",
                    R"({"a":1.0,"b":{"x":[15e-1,"\u00e9"],"y":1E2}})",
                    R"({"a":1,"b":{"x":[1.50,"é"],"y":100.0}})"}) {
    INFO("data: ", same);
    check_problem(acquire_raw(node, resource, same), 409, "in-progress");
  }
  for (auto different : {R"({"a":1,"b":{"x":["é",1.5],"y":100}})",
                         R"({"a":"1","b":{"x":[1.5,"é"],"y":100}})",
                         R"({"a":1,"b":{"x":[1.5,"e\u0301"],"y":100}})",
                         R"({"a":1,"b":{"x":[1.5,"é"],"y":100},"c":null})"}) {
    INFO("data: ", different);
    CHECK(acquire_raw(node, resource, different).status == 202);
  }
}

TEST_CASE_FIXTURE(on_shared_node, "the Idempotency-Key header serves, quoted "
                                  "or bare") {
  auto body = acquire_body(resource, "bot-1", {{"onLocked", "reject"}});
  auto quoted =
      node.http.post("/v1/locks", body, {{"Idempotency-Key", "\"key-1\""}});
  REQUIRE(quoted.status == 201);
  CHECK(quoted.body["lock"]["idempotencyKey"] == "key-1");
  auto bare = node.http.post("/v1/locks", body, {{"Idempotency-Key", "key-1"}});
  check_problem(bare, 409, "in-progress");
  body["idempotencyKey"] = "key-1";
  check_problem(node.http.post("/v1/locks", body), 409, "in-progress");
  auto both =
      node.http.post("/v1/locks", body, {{"Idempotency-Key", "\"key-1\""}});
  check_problem(both, 409, "in-progress");
  auto different =
      node.http.post("/v1/locks", body, {{"Idempotency-Key", "key-2"}});
  check_problem(different, 400, "invalid");
}

TEST_CASE_FIXTURE(on_shared_node, "a key of the caller's own makes an equal "
                                  "trade a second one") {
  auto lock = node.granted(resource, "bot-1", derived(order("1", "1")));
  CHECK(node.release(lock).status == 200);
  auto body = derived(order("1", "1"));
  body["idempotencyKey"] = "again";
  CHECK(node.acquire(resource, "bot-1", body).status == 201);
}
