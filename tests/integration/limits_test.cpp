// Limits: reaching one gives a clear error, and the node serves on.
// Must not know how the node is built: only the contract's words.
#include "tests/integration/fixture.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <future>
#include <memory>

using namespace holdfast::test;
using namespace std::chrono_literals;

namespace {

/// True when the node closed the connection, with or without a last answer.
bool dropped(http_client& client) {
  try {
    return client.peer_closes();
  } catch (const connection_lost&) {
    return true;
  }
}

int threads_of(pid_t pid) {
  std::ifstream status{"/proc/" + std::to_string(pid) + "/status"};
  std::string word;
  int count = 0;
  while (status >> word) {
    if (word == "Threads:")
      status >> count;
  }
  return count;
}

} // namespace

TEST_CASE("a client that does not finish its headers is dropped") {
  on_own_node own{{.limits = "header_timeout_ms = 200"}};
  http_client slow{own.process.port(), 8s};
  slow.send_raw("GET /healthz HTTP/1.1\r\nHost:");
  CHECK(dropped(slow));
  CHECK(own.client().http.get("/healthz").status == 200);
}

TEST_CASE("a client that does not finish its body is dropped") {
  on_own_node own{{.limits = "body_timeout_ms = 200"}};
  http_client slow{own.process.port(), 8s};
  slow.send_raw("POST /v1/locks HTTP/1.1\r\nHost: localhost\r\n"
                "Content-Type: application/json\r\n"
                "Content-Length: 100\r\n\r\n{\"resourceId\":");
  CHECK(dropped(slow));
  CHECK(own.client().http.get("/healthz").status == 200);
}

TEST_CASE("an idle connection is closed, one that waits for its turn is not") {
  on_own_node own{{.limits = "idle_timeout_ms = 200"}};
  auto node = own.client();
  auto lock = node.granted(own.resource, "bot-1");
  auto caller = own.client();
  caller.begin_acquire(own.resource, "bot-2", {{"onLocked", "wait"}});
  http_client idle{own.process.port(), 8s};
  CHECK(idle.get("/healthz").status == 200);
  CHECK(dropped(idle));
  auto later = own.client();
  CHECK(later.release(lock).status == 200);
  CHECK(caller.http.finish().status == 201);
}

TEST_CASE("connections beyond the limit are turned away, those before it "
          "served") {
  on_own_node own{{.limits = "connections_max = 8"}};
  std::vector<std::unique_ptr<http_client>> first;
  for (int i = 0; i < 8; ++i) {
    first.push_back(std::make_unique<http_client>(own.process.port(), 5s));
    auto& client = *first.back();
    REQUIRE(eventually([&] {
      try {
        return client.get("/healthz").status == 200;
      } catch (const connection_lost&) {
        return false; // the connection that asked /readyz is still counted
      }
    }));
  }
  int refused = 0;
  for (int i = 0; i < 4; ++i) {
    http_client surplus{own.process.port(), 500ms};
    try {
      auto status = surplus.get("/healthz").status;
      refused += status == 503 || status == 429;
    } catch (const connection_lost&) {
      ++refused;
    }
  }
  CHECK(refused == 4);
  for (auto& client : first)
    CHECK(client->get("/healthz").status == 200);
  first.clear();
  CHECK(eventually([&] {
    try {
      return own.client().http.get("/healthz").status == 200;
    } catch (const connection_lost&) {
      return false; // the node has not seen all of them close
    }
  }));
}

TEST_CASE("requests beyond those in flight are answered 429 rate-limited") {
  on_own_node own{{.limits = "requests_in_flight_max = 2"}};
  auto resource = own.resource;
  auto load = [&](int number) {
    auto node = own.client();
    std::vector<http_response> odd;
    for (int i = 0; i < 40; ++i) {
      auto answer = node.acquire(resource, "bot-" + std::to_string(number),
                                 {{"onLocked", "reject"}, {"timeoutMs", 50}});
      if (answer.status != 201 && answer.status != 409)
        odd.push_back(answer);
    }
    return odd;
  };
  std::vector<std::future<std::vector<http_response>>> clients;
  for (int i = 0; i < 16; ++i)
    clients.push_back(std::async(std::launch::async, load, i));
  for (auto& client : clients) {
    for (auto& answer : client.get())
      check_problem(answer, 429, "rate-limited");
  }
  auto node = own.client();
  CHECK(node.granted(unique(resource), "bot-1")["status"] == "active");
}

TEST_CASE("owners beyond the limit give a clear error, never a crash") {
  on_own_node own{{.limits = "owners_max = 8"}};
  auto node = own.client();
  int granted = 0;
  for (int i = 0; i < 60; ++i) {
    auto answer = node.acquire(unique(own.resource), "bot-1");
    if (answer.status == 201) {
      ++granted;
    } else {
      INFO("answer: ", answer.text);
      CHECK((answer.status == 429 || answer.status == 503));
      CHECK(answer.body["code"].is_string());
    }
  }
  CHECK(granted >= 8);
  CHECK(node.http.get("/healthz").status == 200);
  CHECK(own.process.stop() == 0);
}

TEST_CASE("body and batch sizes and depth follow the configuration") {
  on_own_node own{{.limits = "body_bytes_max = 2000\n"
                             "batch_bytes_max = 5000\n"
                             "json_depth_max = 8"}};
  auto node = own.client();
  auto body = [&](int bytes) {
    return acquire_body(unique(own.resource), "bot-1",
                        {{"transactionData", std::string(bytes, 'x')}});
  };
  CHECK(node.http.post("/v1/locks", body(1700)).status == 201);
  check_problem(node.http.post("/v1/locks", body(2000)), 413, "too-large");
  json batch{{"requests", json::array({body(1900), body(1900)})}};
  CHECK(node.http.post("/v1/locks:batch", batch).status == 200);
  batch["requests"].push_back(body(1900));
  check_problem(node.http.post("/v1/locks:batch", batch), 413, "too-large");
  auto deep = json::parse("[[[[[[[[[[1]]]]]]]]]]");
  check_problem(
      node.acquire(own.resource, "bot-1", {{"transactionData", deep}}), 400,
      "invalid");
}

TEST_CASE("long polls by the hundred need no thread each and all hear one "
          "event") {
  on_own_node own{{.limits = "connections_max = 1000\n"
                             "requests_in_flight_max = 2000"}};
  auto node = own.client();
  auto lock = node.granted(own.resource, "bot-0");
  auto entry = node.queued(own.resource, "bot-1");
  std::vector<std::unique_ptr<http_client>> polls;
  auto target =
      "/v1/queue/" + entry["entryId"].get<std::string>() + "?waitMs=60000";
  for (int i = 0; i < 300; ++i) {
    polls.push_back(std::make_unique<http_client>(own.process.port(), 20s));
    polls.back()->begin("GET", target);
  }
  std::vector<std::unique_ptr<http_client>> watches;
  auto last = node.journal(own.resource).back()["seq"].dump();
  for (int i = 0; i < 100; ++i) {
    watches.push_back(std::make_unique<http_client>(own.process.port(), 20s));
    watches.back()->begin("GET",
                          "/v1/journal?waitMs=60000&after=" + last +
                              "&resourceId=" + percent_encoded(own.resource));
  }
  CHECK_FALSE(polls.front()->readable(100ms));
  CHECK_FALSE(watches.back()->readable(100ms));
  CHECK(threads_of(own.process.pid()) < 64);
  CHECK(node.release(lock).status == 200);
  for (auto& poll : polls)
    REQUIRE(poll->finish().body["status"] == "granted");
  for (auto& watch : watches)
    REQUIRE(watch->finish().body["items"][0]["kind"] == "released");
}

TEST_CASE("a full store answers 503 storage-unavailable and keeps all that it "
          "acknowledged") {
  on_own_node own{{.node = "map_size_gib = 0.004"}};
  auto node = own.client();
  std::vector<json> granted;
  http_response refusal;
  json data{{"note", std::string(20000, 'x')}};
  for (int i = 0; i < 5000 && refusal.status == 0; ++i) {
    auto answer =
        node.acquire(unique(own.resource), "bot-1",
                     {{"transactionData", data}, {"timeoutMs", 3600000}});
    if (answer.status == 201)
      granted.push_back(answer.body["lock"]);
    else
      refusal = answer;
  }
  REQUIRE(refusal.status != 0);
  check_problem(refusal, 503, "storage-unavailable");
  CHECK(granted.size() > 20);
  CHECK(node.http.get("/healthz").status == 200);
  for (auto& lock : granted)
    CHECK(node.lock(lock["lockId"])["status"] == "active");
  own.process.kill();
  own.process.reconfigure({.node = "map_size_gib = 0.1"});
  own.process.start();
  auto again = own.client();
  for (auto& lock : granted) {
    CHECK(again.lock(lock["lockId"])["status"] == "active");
    CHECK(again.release(lock).status == 200);
  }
}
