// Many acquires in one call.
#include "gateway/request_fields.hpp"
#include "gateway/shapes.hpp"
#include "tests/unit/contains.hpp"
#include "tests/unit/gateway/acquires.hpp"
#include "tests/unit/gateway/fake_service.hpp"

#include <doctest/doctest.h>

using namespace holdfast;
using namespace holdfast::test;

TEST_CASE("a batch answers in order, each as the single call would") {
  gateway_world world;
  problem held{errc::held, "no", "bot-9", "", 0, 0};
  world.service.set([](auto& answers) {
    answers.acquire = [](const acquire_lock& cmd) {
      if (cmd.resource == "queued")
        return queued();
      if (cmd.resource == "replayed")
        return replayed();
      acquire_answer granted;
      granted.lock = example_lock();
      return granted;
    };
  });
  auto answer = world.call(
      "POST", "/v1/locks:batch",
      R"({"requests":[{"resourceId":"queued","ownerId":"o"},)"
      R"({"ownerId":"o"},5,{"resourceId":"r","ownerId":"o","priority":99},)"
      R"({"resourceId":"replayed","ownerId":"o"},)"
      R"({"resourceId":"r","ownerId":"o"}]})");
  CHECK(answer.status == 200);
  acquire_answer granted;
  granted.lock = example_lock();
  auto missing = problem_json(invalid_request("resourceId is missing."));
  auto number =
      problem_json(invalid_request("The request is not a JSON object but a "
                                   "number."));
  auto range = problem_json(
      invalid_request("priority is 99; expected an integer from 1 to 10."));
  CHECK(answer.body == R"({"results":[{"status":202,"body":)" +
                           to_json(queued()) + R"(},{"status":400,"body":)" +
                           missing + R"(},{"status":400,"body":)" + number +
                           R"(},{"status":400,"body":)" + range +
                           R"(},{"status":200,"body":)" + to_json(replayed()) +
                           R"(},{"status":201,"body":)" + to_json(granted) +
                           "}]}");
}

TEST_CASE("a batch has 1 to 256 requests, and nothing else") {
  gateway_world world;
  auto batch_of = [](int count) {
    std::string body = R"({"requests":[)";
    for (int i = 0; i < count; ++i)
      body += (i ? "," : "") + std::string{minimal};
    return body + "]}";
  };
  auto client = world.client();
  CHECK(client.call("POST", "/v1/locks:batch", batch_of(256)).status == 200);
  CHECK(world.service.times<acquire_lock>() == 256);
  auto refused = [&](const std::string& body, std::string_view words,
                     std::string_view headers = {}) {
    auto answer = client.call("POST", "/v1/locks:batch", body, headers);
    CHECK(answer.status == 400);
    INFO(answer.body);
    CHECK(contains(answer.body, words));
  };
  refused(batch_of(257), "257 elements; expected 1 to 256");
  refused(batch_of(0), "0 elements");
  refused("{}", "requests is missing");
  refused(R"({"requests":5})", "expected an array");
  refused(R"({"requests":[],"extra":1})", "extra");
  refused("[]", "not a JSON object");
  refused(batch_of(1), "Idempotency-Key", "Idempotency-Key: k\r\n");
  CHECK(world.service.times<acquire_lock>() == 256);
}

TEST_CASE("too deep a request fails alone in its batch") {
  gateway_world world;
  std::string deep = std::string(70, '[') + std::string(70, ']');
  auto answer = world.call("POST", "/v1/locks:batch",
                           R"({"requests":[)" +
                               acquire_with(R"("transactionData":)" + deep) +
                               "," + minimal + "]}");
  CHECK(answer.status == 200);
  CHECK(contains(answer.body, R"("status":400)"));
  CHECK(contains(answer.body, R"("status":201)"));
}

TEST_CASE("every waiting request of a batch is abandoned with its caller") {
  gateway_world world;
  world.service.set([](auto& answers) { answers.hold_waits = true; });
  {
    auto client = world.client();
    client.send(request_text(
        "POST", "/v1/locks:batch",
        R"({"requests":[{"resourceId":"a","ownerId":"o","onLocked":"wait"},)"
        R"({"resourceId":"b","ownerId":"o"},)"
        R"({"resourceId":"a","ownerId":"o","onLocked":"wait"}]})"));
    world.service.await<acquire_lock>(3);
  }
  auto first = world.service.await<abandon_wait>(1);
  auto second = world.service.await<abandon_wait>(2);
  CHECK(first.resource == "a");
  CHECK(second.resource == "a");
  CHECK(first.caller != second.caller);
}

TEST_CASE("a batch may have 4 MiB, a single call 64 KiB") {
  gateway_world world;
  auto padded = [](std::size_t bytes, std::string_view start,
                   std::string_view end) {
    std::string body{start};
    body.append(bytes - start.size() - end.size(), ' ');
    return body + std::string{end};
  };
  std::string_view single_start = R"({"resourceId":"r",)";
  std::string_view single_end = R"("ownerId":"o"})";
  CHECK(
      world.call("POST", "/v1/locks", padded(65'536, single_start, single_end))
          .status == 201);
  CHECK(
      world.call("POST", "/v1/locks", padded(65'537, single_start, single_end))
          .status == 413);
  std::string_view start = R"({"requests":[{"resourceId":"r","ownerId":"o"})";
  CHECK(world.call("POST", "/v1/locks:batch", padded(4'194'304, start, "]}"))
            .status == 200);
  CHECK(world.call("POST", "/v1/locks:batch", padded(4'194'305, start, "]}"))
            .status == 413);
}

TEST_CASE("a request of a batch has the size of a single one at most") {
  gateway_options how;
  how.body_bytes_max = 200;
  gateway_world world{how};
  auto request = [](std::size_t bytes) {
    std::string text = R"({"resourceId":"r","ownerId":"o","transactionData":")";
    return text + std::string(bytes - text.size() - 2, 'x') + "\"}";
  };
  auto answer =
      world.call("POST", "/v1/locks:batch",
                 R"({"requests":[)" + request(200) + ',' + request(201) + "]}");
  CHECK(answer.status == 200);
  CHECK(contains(answer.body, R"({"results":[{"status":20)"));
  CHECK(contains(answer.body, R"({"status":413,"body":)"));
  CHECK(contains(answer.body, "may have 200 bytes"));
  CHECK(world.service.times<acquire_lock>() == 1);
}
