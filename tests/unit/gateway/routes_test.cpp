// The other calls: what reaches the actors, what comes back.
#include "gateway/shapes.hpp"
#include "tests/unit/contains.hpp"
#include "tests/unit/gateway/fake_service.hpp"

#include <doctest/doctest.h>

using namespace holdfast;
using namespace holdfast::test;

TEST_CASE("a renewal carries token and new length") {
  gateway_world world;
  auto answer =
      world.call("POST", "/v1/locks/lock-5f3a9c1e-42/renew",
                 R"({"fencingToken":9007199254740991,"timeoutMs":5})");
  CHECK(answer.status == 200);
  CHECK(answer.body == to_json(example_lock()));
  auto cmd = world.service.await<renew_lock>();
  CHECK(cmd.id == lock_id{0x5F3A9C1E, 42});
  CHECK(cmd.token == 9'007'199'254'740'991);
  CHECK(cmd.timeout_ms == 5);
  world.call("POST", "/v1/locks/lock-5f3a9c1e-42/renew",
             R"({"fencingToken":42})");
  CHECK(world.service.await<renew_lock>(2).timeout_ms == 0);
}

TEST_CASE("a renewal needs a token, and lengths in range") {
  gateway_world world;
  for (auto body :
       {"{}", R"({"fencingToken":"42"})", R"({"fencingToken":-1})",
        R"({"fencingToken":9007199254740992})", R"({"fencingToken":1.5})",
        R"({"fencingToken":null})", R"({"fencingToken":42,"timeoutMs":0})",
        R"({"fencingToken":42,"timeoutMs":3600001})",
        R"({"fencingToken":42,"wibble":1})"}) {
    INFO(body);
    CHECK(world.call("POST", "/v1/locks/lock-5f3a9c1e-42/renew", body).status ==
          400);
  }
  CHECK(world.service.times<renew_lock>() == 0);
}

TEST_CASE("a release carries its result, its error, or neither") {
  gateway_world world;
  auto target = "/v1/locks/lock-5f3a9c1e-42/release";
  std::size_t count = 0;
  auto released = [&](const std::string& members) {
    CHECK(world.call("POST", target, R"({"fencingToken":42)" + members + "}")
              .status == 200);
    return world.service.await<release_lock>(++count);
  };
  auto plain = released("");
  CHECK(plain.id == lock_id{0x5F3A9C1E, 42});
  CHECK(plain.token == 42);
  CHECK_FALSE(plain.failed);
  CHECK(plain.result.empty());
  CHECK(released(R"(,"result":null)").result == "null");
  CHECK(released(R"(,"result": { "a" : 1.50 })").result == R"({"a":1.50})");
  auto failed = released(R"(,"error":"no\n\u00e9")");
  CHECK(failed.failed);
  CHECK(failed.error == "no\né");
  CHECK(released(R"(,"error":"")").failed);
  CHECK(released(R"(,"error":")" + std::string(4096, 'x') + "\"").failed);
}

TEST_CASE("a release is refused with both, or an error that is no text") {
  gateway_world world;
  for (const std::string& members :
       {std::string{R"(,"result":1,"error":"no")"},
        std::string{R"(,"result":null,"error":"no")"},
        std::string{R"(,"error":5)"}, std::string{R"(,"error":null)"},
        R"(,"error":")" + std::string(4097, 'x') + "\""}) {
    auto answer = world.call("POST", "/v1/locks/lock-5f3a9c1e-42/release",
                             R"({"fencingToken":42)" + members + "}");
    CHECK(answer.status == 400);
  }
  CHECK(world.service.times<release_lock>() == 0);
}

TEST_CASE("what is no id names nothing: 404") {
  gateway_world world;
  for (auto [method, target] : {std::pair{"GET", "/v1/locks/x"},
                                {"GET", "/v1/locks/entry-00000001-7"},
                                {"POST", "/v1/locks/lock-1-1/renew"},
                                {"POST", "/v1/locks/x/release"},
                                {"DELETE", "/v1/locks/x"},
                                {"GET", "/v1/queue/lock-5f3a9c1e-42"},
                                {"DELETE", "/v1/queue/x"},
                                {"POST", "/v1/dead-letters/x/requeue"},
                                {"DELETE", "/v1/dead-letters/x"}}) {
    auto answer = world.call(method, target);
    INFO(answer.body);
    CHECK(answer.status == 404);
    CHECK(contains(answer.body, R"("code":"not-found")"));
  }
}

TEST_CASE("forced releases carry who and why") {
  gateway_world world;
  world.service.set([](auto& answers) { answers.released = 3; });
  auto one = world.call("DELETE", "/v1/locks/lock-5f3a9c1e-42?reason=stuck%21");
  CHECK(one.status == 200);
  CHECK(one.body == R"({"released":3})");
  auto cmd = world.service.await<force_release>();
  CHECK(cmd.id == lock_id{0x5F3A9C1E, 42});
  CHECK(cmd.actor == "local");
  CHECK(cmd.reason == "stuck!");
  auto all = world.call("DELETE", "/v1/owners/a%2Fb%20%C3%BC/locks?reason=a+b");
  CHECK(all.status == 200);
  auto owner = world.service.await<force_release_owner>();
  CHECK(owner.owner_id == "a/b ü");
  CHECK(owner.actor == "local");
  CHECK(owner.reason == "a b");
  CHECK(world.call("DELETE", "/v1/locks/lock-5f3a9c1e-42?reason=%0A").status ==
        400);
  CHECK(world.call("DELETE", "/v1/locks/lock-5f3a9c1e-42").status == 200);
}

TEST_CASE("dead letters are requeued and thrown away") {
  gateway_world world;
  auto requeued =
      world.call("POST", "/v1/dead-letters/dead-0000abcd-9/requeue");
  CHECK(requeued.status == 202);
  CHECK(requeued.header("Location") == "/v1/queue/entry-5f3a9c1e-7");
  CHECK(requeued.body == to_json(example_entry()));
  CHECK(world.service.await<requeue_dead_letter>().actor == "local");
  auto client = world.client();
  auto gone = client.call("DELETE", "/v1/dead-letters/dead-0000abcd-9");
  CHECK(gone.status == 204);
  CHECK(gone.body.empty());
  CHECK(gone.header("Content-Length").empty());
  CHECK(world.service.await<discard_dead_letter>().id ==
        dead_letter_id{0xABCD, 9});
  CHECK(client.call("GET", "/healthz").status == 200); // still in step
}

TEST_CASE("pause and resume say what is the case now") {
  gateway_world world;
  CHECK(world.call("POST", "/v1/pause").body == R"({"paused":true})");
  CHECK(world.service.await<set_paused>(1).paused);
  CHECK(world.call("POST", "/v1/resume", "{}").body == R"({"paused":false})");
  CHECK_FALSE(world.service.await<set_paused>(2).paused);
}

TEST_CASE("calls without a body take an empty one of any type, and {}") {
  gateway_world world;
  CHECK(world.call("POST", "/v1/pause", "", "Content-Type: text/plain\r\n")
            .status == 200);
  CHECK(
      world.call("POST", "/v1/pause", " {} ", "Content-Type: a/b\r\n").status ==
      200);
  CHECK(world.call("POST", "/v1/pause", R"({"a":1})").status == 400);
  CHECK(world.call("GET", "/v1/stats", "x").status == 400);
}

TEST_CASE("bodies must be JSON by their content type") {
  gateway_world world;
  auto status = [&](std::string_view headers) {
    auto client = world.client();
    client.send("POST /v1/locks HTTP/1.1\r\nHost: localhost\r\n" +
                std::string{headers} +
                "Content-Length: 34\r\n\r\n"
                R"({"resourceId":"r", "ownerId": "o"})");
    return client.receive().status;
  };
  CHECK(status("Content-Type: application/json\r\n") == 201);
  CHECK(status("Content-Type: Application/JSON ; charset=utf-8\r\n") == 201);
  CHECK(status("Content-Type: text/plain\r\n") == 415);
  CHECK(status("Content-Type: application/jsonx\r\n") == 415);
  CHECK(status("") == 415);
}

TEST_CASE("health, readiness and stats") {
  gateway_world world;
  CHECK(world.call("GET", "/healthz").body == R"({"status":"ok"})");
  CHECK(world.call("GET", "/v1/stats").body == to_json(stats{}));
  auto ready = world.call("GET", "/readyz");
  CHECK(ready.status == 200);
  CHECK(ready.body == R"({"ready":true,"detail":"ok"})");
  world.service.set([](auto& answers) { answers.now = {false, "disk full"}; });
  auto not_ready = world.call("GET", "/readyz");
  CHECK(not_ready.status == 503);
  CHECK(not_ready.body == R"({"ready":false,"detail":"disk full"})");
  CHECK(not_ready.header("Retry-After") == "1");
}

TEST_CASE("unknown paths are 404, wrong methods 405 with what is possible") {
  gateway_world world;
  for (auto path : {"/v1", "/v1/locks/", "/v1/locks/a/b/c", "/v1/LOCKS",
                    "/v1//locks", "//v1/locks", "/v1/resources/",
                    "/v1/resources/a/b", "/v2/locks", "/healthz/", "*"}) {
    INFO(path);
    auto answer = world.call("GET", path);
    CHECK(answer.status == 404);
    CHECK(contains(answer.body, R"("code":"not-found")"));
  }
  struct {
    const char* method;
    const char* path;
    const char* allowed;
  } rows[] = {{"PUT", "/v1/locks", "POST, GET, HEAD"},
              {"GET", "/v1/locks:batch", "POST"},
              {"OPTIONS", "/v1/stats", "GET, HEAD"},
              {"BREW", "/v1/locks/x", "GET, HEAD, DELETE"},
              {"GET", "/v1/owners/x/locks", "DELETE"}};
  for (auto [method, path, allowed] : rows) {
    auto answer = world.call(method, path);
    CHECK(answer.status == 405);
    CHECK(answer.header("Allow") == allowed);
    CHECK(contains(answer.body, R"("code":"method-not-allowed")"));
  }
}

TEST_CASE("an actor that has ended is answered for: 503 shutting-down") {
  gateway_world world;
  auto waiting = world.client();
  world.service.set([](auto& answers) { answers.hold_waits = true; });
  waiting.send(
      request_text("POST", "/v1/locks",
                   R"({"resourceId":"r","ownerId":"o","onLocked":"wait"})"));
  world.service.await<acquire_lock>();
  world.end_actors();
  for (auto path : {"/v1/stats", "/v1/locks", "/v1/queue/entry-00000001-7"}) {
    auto answer = world.call("GET", path);
    CHECK(answer.status == 503);
    CHECK(contains(answer.body, R"("code":"shutting-down")"));
    CHECK(answer.header("Retry-After") == "1");
  }
  CHECK(world.call("GET", "/readyz").status == 503);
  CHECK(world.call("GET", "/healthz").status == 200);
  std::thread stopping{
      [&] { world.http->stop(std::chrono::milliseconds{60'000}); }};
  CHECK(waiting.receive().status == 503);
  waiting.close();
  stopping.join();
}

TEST_CASE("every answer is logged with method, path and status") {
  std::mutex guard;
  std::vector<std::string> lines;
  gateway_options options;
  options.log = [&](const request_log& what) {
    std::lock_guard lock{guard};
    lines.push_back(std::string{what.method} + " " + std::string{what.path} +
                    " " + std::to_string(what.status));
  };
  gateway_world world{options};
  auto client = world.client();
  client.call("HEAD", "/v1/stats");
  client.call("POST", "/v1/locks", "{}");
  client.call("GET", "/nothing?x=secret");
  client.send("nonsense\r\n\r\n");
  client.receive();
  std::lock_guard lock{guard};
  CHECK(lines == std::vector<std::string>{"HEAD /v1/stats 200",
                                          "POST /v1/locks 400",
                                          "GET /nothing 404", "  400"});
}

TEST_CASE("several I/O threads each bring their answers home") {
  gateway_options options;
  options.io_threads = 3;
  gateway_world world{options};
  std::vector<raw_client> clients;
  for (int i = 0; i < 9; ++i)
    clients.push_back(world.client());
  for (int round = 0; round < 3; ++round) {
    for (auto& client : clients)
      client.send(request_text("POST", "/v1/locks",
                               R"({"resourceId":"r","ownerId":"o"})"));
    for (auto& client : clients)
      CHECK(client.receive().status == 201);
  }
}
