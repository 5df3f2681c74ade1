// Asking for locks over HTTP: what reaches the lock service, what comes back.
#include "gateway/shapes.hpp"
#include "tests/unit/contains.hpp"
#include "tests/unit/gateway/acquires.hpp"
#include "tests/unit/gateway/fake_service.hpp"

#include <doctest/doctest.h>

using namespace holdfast;
using namespace holdfast::test;

TEST_CASE("an acquire reaches the lock service with every field") {
  gateway_world world;
  auto answer = world.call(
      "POST", "/v1/locks",
      R"({"resourceId":"tr\u00e4de","ownerId":"o","ownerType":"workflow",)"
      R"("transactionType":"signal","transactionData":{ "price" : 0.10 },)"
      R"("priority":1,"timeoutMs":3600000,"maxRetries":0,)"
      R"("idempotencyKey":"k","onLocked":"reject","waitMs":300000})");
  CHECK(answer.status == 201);
  CHECK(answer.header("Content-Type") == "application/json");
  CHECK(answer.header("Location") == "/v1/locks/lock-5f3a9c1e-42");
  acquire_answer granted;
  granted.lock = example_lock();
  CHECK(answer.body == to_json(granted));
  auto cmd = world.service.await<acquire_lock>();
  CHECK(cmd.resource == "träde");
  CHECK(cmd.owner_id == "o");
  CHECK(cmd.owner == owner_type::workflow);
  CHECK(cmd.type == transaction_type::signal);
  CHECK(cmd.data == R"({"price":0.10})");
  CHECK(cmd.priority == 1);
  CHECK(cmd.timeout_ms == 3'600'000);
  CHECK(cmd.max_retries == 0);
  CHECK(cmd.idempotency_key == "k");
  CHECK(cmd.otherwise == when_locked::reject);
  CHECK(cmd.wait_ms == 300'000);
}

TEST_CASE("an acquire without options leaves the defaults to the service") {
  gateway_world world;
  CHECK(world
            .call("POST", "/v1/locks",
                  acquire_with(R"("transactionData":null,)"
                               R"("idempotencyKey":null)"))
            .status == 201);
  auto cmd = world.service.await<acquire_lock>();
  CHECK(cmd.priority == 0);
  CHECK(cmd.timeout_ms == 0);
  CHECK(cmd.max_retries == -1);
  CHECK(cmd.data.empty());
  CHECK(cmd.idempotency_key.empty());
  CHECK(cmd.otherwise == when_locked::queue);
}

TEST_CASE("a queued acquire is 202 with the entry's place") {
  gateway_world world;
  world.service.set([](auto& answers) {
    answers.acquire = [](const auto&) { return queued(); };
  });
  auto answer = world.call("POST", "/v1/locks", minimal);
  CHECK(answer.status == 202);
  CHECK(answer.header("Location") == "/v1/queue/entry-5f3a9c1e-7");
  CHECK(answer.body == to_json(queued()));
}

TEST_CASE("a replay is 200 and says so") {
  gateway_world world;
  world.service.set([](auto& answers) {
    answers.acquire = [](const auto&) { return replayed(); };
  });
  auto answer = world.call("POST", "/v1/locks", minimal);
  CHECK(answer.status == 200);
  CHECK(answer.header("Idempotent-Replayed") == "true");
  CHECK(answer.body == to_json(replayed()));
}

TEST_CASE("a refusal is a problem with its details") {
  gateway_world world;
  problem full{errc::queue_full, "too many", "bot-9", "lock-1", 1000, 1500};
  world.service.set([&](auto& answers) { answers.refusal = full; });
  auto answer = world.call("POST", "/v1/locks", minimal);
  CHECK(answer.status == 429);
  CHECK(answer.header("Content-Type") == "application/problem+json");
  CHECK(answer.header("Retry-After") == "2");
  CHECK(answer.body == problem_json(full));
}

TEST_CASE("numbers out of range are refused with the range, never clamped") {
  gateway_world world;
  struct {
    const char* member;
    const char* range;
  } rows[] = {{R"("priority":0)", "1 to 10"},
              {R"("priority":11)", "1 to 10"},
              {R"("priority":266)", "1 to 10"},
              {R"("timeoutMs":0)", "1 to 3600000"},
              {R"("timeoutMs":3600001)", "1 to 3600000"},
              {R"("timeoutMs":99999999999999999999)", "1 to 3600000"},
              {R"("waitMs":0)", "1 to 300000"},
              {R"("waitMs":300001)", "1 to 300000"},
              {R"("maxRetries":-1)", "0 to 100"},
              {R"("maxRetries":101)", "0 to 100"},
              {R"("priority":5.5)", "1 to 10"},
              {R"("priority":5.0)", "1 to 10"},
              {R"("priority":"5")", "1 to 10"},
              {R"("priority":null)", "1 to 10"}};
  for (auto& row : rows) {
    INFO(row.member);
    auto answer = world.call("POST", "/v1/locks", acquire_with(row.member));
    CHECK(answer.status == 400);
    CHECK(contains(answer.body, row.range));
  }
  CHECK(world.service.times<acquire_lock>() == 0);
  for (auto member :
       {R"("priority":10)", R"("timeoutMs":1)", R"("waitMs":1)",
        R"("maxRetries":100)", R"("timeoutMs":3600000)", R"("waitMs":300000)"})
    CHECK(world.call("POST", "/v1/locks", acquire_with(member)).status == 201);
}

TEST_CASE("a field that is wrong is named with what would be right") {
  gateway_world world;
  struct {
    std::string body;
    const char* words;
  } rows[] = {
      {R"({"ownerId":"o"})", "resourceId is missing"},
      {R"({"resourceId":"r"})", "ownerId is missing"},
      {R"({"resourceId":5,"ownerId":"o"})", "resourceId is 5; expected"},
      {R"({"resourceId":null,"ownerId":"o"})", "resourceId is null; expected"},
      {R"({"resourceId":"","ownerId":"o"})", "resourceId is empty"},
      {R"({"resourceId":"r","ownerId":"a\u0085"})", "ownerId has a control"},
      {acquire_with(R"("idempotencyKey":"")"), "idempotencyKey is empty"},
      {acquire_with(R"("idempotencyKey":7)"), "idempotencyKey is 7"},
      {acquire_with(R"("ownerType":"robot")"), "user, system, workflow"},
      {acquire_with(R"("transactionType":1)"), "trade, cancel, update"},
      {acquire_with(R"("onLocked":["wait"])"), "onLocked is an array"},
      {acquire_with(R"("wibble":1)"), "wibble"},
      {acquire_with(R"("wibble":1)"), "resourceId, ownerId, ownerType"},
      {acquire_with(R"("ownerId":"p")"), "stands twice"},
      {"[]", "not a JSON object but an array"},
      {"{", "not valid JSON"},
  };
  for (auto& row : rows) {
    auto answer = world.call("POST", "/v1/locks", row.body);
    INFO(row.body, " is answered ", answer.body);
    CHECK(answer.status == 400);
    CHECK(contains(answer.body, R"("code":"invalid")"));
    CHECK(contains(answer.body, row.words));
  }
  CHECK(world.call("POST", "/v1/locks").status == 400); // no body at all
  CHECK(world.service.times<acquire_lock>() == 0);
}

TEST_CASE("texts of 256 bytes are taken, of 257 refused") {
  gateway_world world;
  std::string longest(256, 'x');
  auto body = [](const std::string& resource) {
    return R"({"resourceId":")" + resource + R"(","ownerId":"o"})";
  };
  CHECK(world.call("POST", "/v1/locks", body(longest)).status == 201);
  auto answer = world.call("POST", "/v1/locks", body(longest + "x"));
  CHECK(answer.status == 400);
  CHECK(contains(answer.body, "257 bytes; it must have 1 to 256"));
}

TEST_CASE("invalid UTF-8 is refused wherever it comes") {
  gateway_world world;
  CHECK(world
            .call("POST", "/v1/locks",
                  "{\"resourceId\":\"a\xff\",\"ownerId\":\"o\"}")
            .status == 400);
  CHECK(world.call("POST", "/v1/locks", minimal, "Idempotency-Key: \xff\r\n")
            .status == 400);
  CHECK(world.call("GET", "/v1/resources/%FF").status == 400);
  CHECK(world.call("GET", "/v1/locks?ownerId=%C3").status == 400);
  CHECK(world.service.times<acquire_lock>() == 0);
}

TEST_CASE("the Idempotency-Key header serves quoted and bare") {
  gateway_world world;
  struct {
    const char* header;
    const char* key;
  } rows[] = {{"key-1", "key-1"},
              {"\"key-1\"", "key-1"},
              {R"("a\"b\\c")", R"(a"b\c)"},
              {"\"", "\""},
              {"a\"b", "a\"b"}};
  std::size_t count = 0;
  for (auto [header, key] : rows) {
    world.call("POST", "/v1/locks", minimal,
               "Idempotency-Key: " + std::string{header} + "\r\n");
    CHECK(world.service.await<acquire_lock>(++count).idempotency_key == key);
  }
}

TEST_CASE("an Idempotency-Key header must be one key, and the body's") {
  gateway_world world;
  auto with = [&](std::string_view headers, std::string_view member) {
    return world.call("POST", "/v1/locks", acquire_with(member), headers);
  };
  auto key = R"("idempotencyKey":"k")";
  CHECK(with("Idempotency-Key: k\r\n", key).status == 201);
  CHECK(with("Idempotency-Key: \"k\"\r\n", key).status == 201);
  auto differs = with("Idempotency-Key: j\r\n", key);
  CHECK(differs.status == 400);
  CHECK(contains(differs.body, "different keys"));
  CHECK(with("Idempotency-Key: k\r\nIdempotency-Key: k\r\n", key).status ==
        400);
  CHECK(with("Idempotency-Key: \"\"\r\n", R"("priority":5)").status == 400);
  CHECK(with("Idempotency-Key:\r\n", R"("priority":5)").status == 400);
  CHECK(world.service.times<acquire_lock>() == 2);
}

TEST_CASE("a wait is answered when it is granted") {
  gateway_world world;
  world.service.set([](auto& answers) { answers.hold_waits = true; });
  auto client = world.client();
  client.send(
      request_text("POST", "/v1/locks", acquire_with(R"("onLocked":"wait")")));
  auto cmd = world.service.await<acquire_lock>();
  CHECK(cmd.caller != 0);
  world.call("POST", "/v1/pause");
  CHECK(client.receive().status == 201);
  CHECK(world.service.times<abandon_wait>() == 0);
  CHECK(world.service.times<release_lock>() == 0);
}

TEST_CASE("a waiting caller that hangs up is taken out of the queue") {
  gateway_world world;
  world.service.set([](auto& answers) { answers.hold_waits = true; });
  {
    auto client = world.client();
    client.send(request_text("POST", "/v1/locks",
                             acquire_with(R"("onLocked":"wait")")));
    world.service.await<acquire_lock>();
  }
  auto gone = world.service.await<abandon_wait>();
  CHECK(gone.resource == "r");
  CHECK(gone.caller == world.service.await<acquire_lock>().caller);
}

TEST_CASE("a grant that crosses the hang-up of its caller is given back") {
  gateway_world world;
  world.service.set([](auto& answers) {
    answers.hold_waits = true;
    answers.grant_abandoned = true;
  });
  auto client = world.client();
  client.send(
      request_text("POST", "/v1/locks", acquire_with(R"("onLocked":"wait")")));
  world.service.await<acquire_lock>();
  SUBCASE("when the connection is gone") { client.reset(); }
  SUBCASE("when the caller only stops sending, and hears of it") {
    client.shut_down_sending();
    auto answer = client.receive();
    CHECK(answer.status == 409);
    CHECK(contains(answer.body, R"("code":"cancelled")"));
  }
  auto back = world.service.await<release_lock>();
  CHECK(back.resource == example_lock().work.resource);
  CHECK(back.id == example_lock().id);
  CHECK(back.token == 42);
  CHECK(back.failed);
  CHECK(back.error == "the caller hung up before it heard of the grant");
}

TEST_CASE("a grant that was not waited for is kept when the caller hangs up") {
  gateway_world world;
  {
    auto client = world.client();
    client.send(request_text("POST", "/v1/locks", minimal));
    world.service.await<acquire_lock>();
  }
  CHECK(world.call("GET", "/v1/stats").status == 200);
  CHECK(world.service.times<release_lock>() == 0);
  CHECK(world.service.times<abandon_wait>() == 0);
}
