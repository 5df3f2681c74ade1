// Batches: answers in order, each as the single call's, none disturbing
// another.
// Must not know how the node is built: only the contract's words.
#include "tests/integration/fixture.hpp"

#include <doctest/doctest.h>

using namespace holdfast::test;

namespace {

http_response batch(api& node, const json& requests) {
  return node.http.post("/v1/locks:batch", {{"requests", requests}});
}

} // namespace

TEST_CASE_FIXTURE(on_shared_node, "a batch answers each request as the single "
                                  "call would, in order") {
  auto done = unique(resource);
  auto lock = node.granted(done, "bot-1", {{"idempotencyKey", "k"}});
  CHECK(node.release(lock, {{"result", 5}}).status == 200);
  auto held = unique(resource);
  node.granted(held, "bot-1");
  auto answer =
      batch(node, {acquire_body(resource, "bot-1"),
                   acquire_body(held, "bot-2", {{"onLocked", "reject"}}),
                   acquire_body(done, "bot-1", {{"idempotencyKey", "k"}}),
                   acquire_body(done, "bot-2", {{"idempotencyKey", "k"}}),
                   acquire_body(unique(resource), "bot-1", {{"priority", 99}}),
                   acquire_body(held, "bot-3"), json{{"ownerId", "bot-1"}},
                   acquire_body(unique(resource), "bot-1", {{"nonsense", 1}})});
  INFO("answer: ", answer.text);
  REQUIRE(answer.status == 200);
  auto results = answer.body["results"];
  std::vector<int> statuses;
  for (auto& result : results)
    statuses.push_back(result["status"]);
  CHECK(statuses == std::vector<int>{201, 409, 200, 422, 400, 202, 400, 400});
  CHECK(results[0]["body"]["outcome"] == "granted");
  check_lock_shape(results[0]["body"]["lock"]);
  CHECK(results[1]["body"]["code"] == "held");
  CHECK(results[1]["body"]["holder"] == "bot-1");
  CHECK(results[1]["body"]["status"] == 409);
  CHECK(results[2]["body"]["outcome"] == "replayed");
  CHECK(results[2]["body"]["result"] == 5);
  CHECK(results[3]["body"]["code"] == "key-mismatch");
  CHECK(results[4]["body"]["code"] == "invalid");
  CHECK(results[5]["body"]["entry"]["ownerId"] == "bot-3");
  CHECK(results[7]["body"]["detail"].get<std::string>().find("nonsense") !=
        std::string::npos);
}

TEST_CASE_FIXTURE(on_shared_node, "one batch for one resource grants once and "
                                  "queues the rest") {
  json requests = json::array();
  for (int i = 0; i < 10; ++i)
    requests.push_back(acquire_body(resource, "bot-" + std::to_string(i)));
  auto answer = batch(node, requests);
  REQUIRE(answer.status == 200);
  int granted = 0;
  int queued = 0;
  for (auto& result : answer.body["results"]) {
    granted += result["status"] == 201;
    queued += result["status"] == 202;
  }
  CHECK(granted == 1);
  CHECK(queued == 9);
  CHECK(node.resource(resource)["queue"].size() == 9);
}

TEST_CASE_FIXTURE(on_shared_node, "a batch takes 256 requests and refuses "
                                  "257") {
  json requests = json::array();
  json data{{"note", std::string(400, 'x')}};
  for (int i = 0; i < 256; ++i)
    requests.push_back(
        acquire_body(unique(resource), "bot-1", {{"transactionData", data}}));
  auto answer = batch(node, requests);
  REQUIRE(answer.status == 200);
  REQUIRE(answer.body["results"].size() == 256);
  for (std::size_t i = 0; i < 256; ++i) {
    CHECK(answer.body["results"][i]["status"] == 201);
    CHECK(answer.body["results"][i]["body"]["lock"]["resourceId"] ==
          requests[i]["resourceId"]);
  }
  requests.push_back(acquire_body(resource, "bot-1"));
  check_problem_naming(batch(node, requests), 400, "invalid", {"256"});
  CHECK(node.resource(resource)["locked"] == false);
}

TEST_CASE_FIXTURE(on_shared_node, "a request of a batch may be as large as a "
                                  "single one") {
  auto with_data = [&](std::size_t bytes) {
    return acquire_body(unique(resource), "bot-1",
                        {{"transactionData", std::string(bytes, 'x')}});
  };
  auto frame = with_data(0).dump().size();
  auto most = with_data(65'536 - frame);
  auto more = with_data(65'537 - frame);
  auto single = node.http.post("/v1/locks", with_data(65'537 - frame));
  check_problem(single, 413, "too-large");
  auto answer = batch(node, {more, most, with_data(70'000)});
  REQUIRE(answer.status == 200);
  auto results = answer.body["results"];
  CHECK(results[0]["status"] == 413);
  CHECK(results[0]["body"]["code"] == "too-large");
  CHECK(results[0]["body"]["detail"].get<std::string>().find("65536") !=
        std::string::npos);
  CHECK(results[1]["status"] == 201);
  CHECK(results[2]["status"] == 413);
  CHECK(node.resource(more["resourceId"])["locked"] == false);
}

TEST_CASE_FIXTURE(on_shared_node, "a batch that is none is refused as a "
                                  "whole") {
  check_problem(batch(node, 5), 400, "invalid");
  check_problem(node.http.post("/v1/locks:batch", json::object()), 400,
                "invalid");
  check_problem(node.http.post("/v1/locks:batch", json::array()), 400,
                "invalid");
  json body{{"requests", json::array({acquire_body(resource, "bot-1")})},
            {"extra", 1}};
  check_problem_naming(node.http.post("/v1/locks:batch", body), 400, "invalid",
                       {"extra"});
  CHECK(node.resource(resource)["locked"] == false);
  auto mixed = batch(node, {5, acquire_body(resource, "bot-1")});
  REQUIRE(mixed.status == 200);
  CHECK(mixed.body["results"][0]["status"] == 400);
  CHECK(mixed.body["results"][1]["status"] == 201);
}
