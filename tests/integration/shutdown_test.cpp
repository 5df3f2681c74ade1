// SIGTERM: everybody who waits is told, the exit code is 0, and soon.
// Must not know how the node is built: only the contract's words.
#include "tests/integration/fixture.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <memory>

using namespace holdfast::test;
using namespace std::chrono_literals;

TEST_CASE("SIGTERM answers every long poll 503 shutting-down and ends with 0 "
          "in time") {
  on_own_node own;
  auto node = own.client();
  auto lock = node.granted(own.resource, "bot-0", {{"timeoutMs", 600000}});
  auto entry = node.queued(own.resource, "bot-1");
  auto waiter = own.client();
  waiter.begin_acquire(own.resource, "bot-2",
                       {{"onLocked", "wait"}, {"waitMs", 60000}});
  auto reader = own.client();
  reader.http.begin("GET", "/v1/queue/" + entry["entryId"].get<std::string>() +
                               "?waitMs=60000");
  auto watcher = own.client();
  watcher.http.begin("GET", "/v1/journal?waitMs=60000&resourceId=nothing");
  http_client idle{own.process.port()};
  idle.connect();
  REQUIRE(waiting(node, own.resource, 2));
  CHECK_FALSE(reader.http.readable(100ms));
  CHECK_FALSE(watcher.http.readable(0ms));
  std::string place = node.resource(own.resource)["queue"][1]["entryId"];

  auto start = std::chrono::steady_clock::now();
  own.process.terminate();
  for (auto* caller : {&waiter, &reader, &watcher})
    check_problem(caller->http.finish(), 503, "shutting-down");
  CHECK(own.process.wait() == 0);
  CHECK(std::chrono::steady_clock::now() - start < 4s);

  own.process.start();
  auto again = own.client();
  CHECK(again.entry(entry["entryId"])["status"] == "waiting");
  CHECK(again.entry(place, 10000)["status"] == "cancelled");
  CHECK(again.lock(lock["lockId"])["status"] == "active");
}

TEST_CASE("SIGTERM under load loses nothing that was acknowledged") {
  on_own_node own;
  std::vector<std::unique_ptr<api>> callers;
  for (int i = 0; i < 50; ++i) {
    callers.push_back(std::make_unique<api>(own.process.port()));
    callers.back()->http.connect();
  }
  std::vector<std::string> resources;
  for (auto& caller : callers) {
    resources.push_back(unique(own.resource));
    caller->begin_acquire(resources.back(), "bot-1", {{"timeoutMs", 600000}});
  }
  own.process.terminate();
  std::vector<json> granted;
  for (auto& caller : callers) {
    try {
      auto answer = caller->http.finish();
      if (answer.status == 201)
        granted.push_back(answer.body["lock"]);
      else
        check_problem(answer, 503, "shutting-down");
    } catch (const connection_lost&) {
      // never accepted: nothing was acknowledged
    }
  }
  CHECK(own.process.wait() == 0);
  own.process.start();
  auto node = own.client();
  for (auto& lock : granted)
    CHECK(node.lock(lock["lockId"])["status"] == "active");
}

TEST_CASE("SIGINT ends the node as SIGTERM does") {
  on_own_node own;
  ::kill(own.process.pid(), SIGINT);
  CHECK(own.process.wait() == 0);
}

TEST_CASE("a second node on the same directory is refused with 1 and says "
          "why, the first serves on") {
  on_own_node own;
  auto node = own.client();
  auto lock = node.granted(own.resource, "bot-1");
  auto second =
      run_binary({"node", "--config", own.process.config_file().string()});
  INFO("it wrote: ", second.output);
  CHECK(second.exit_code == 1);
  CHECK(second.output.find(own.process.data_dir().string()) !=
        std::string::npos);
  CHECK(second.output.find("listening on") == std::string::npos);
  CHECK(node.release(lock).status == 200);
}

TEST_CASE("a node whose port is taken ends with 1 and says so") {
  on_own_node own;
  auto port = std::to_string(own.process.port());
  node_process other{{.node = "listen = \"127.0.0.1:" + port + "\""}};
  auto second = run_binary({"node", "--config", other.config_file().string()});
  INFO("it wrote: ", second.output);
  CHECK(second.exit_code == 1);
  CHECK(second.output.find(port) != std::string::npos);
}
