// HTTP itself: methods, media types, sizes, encodings of paths, broken
// requests.
// Must not know how the node is built: only the contract's words.
#include "tests/integration/fixture.hpp"

#include <doctest/doctest.h>

using namespace holdfast::test;
using namespace std::chrono_literals;

namespace {

/// Sends bytes as they are on a new connection; 0 when there is no answer but
/// a closed connection.
int status_of(const std::string& bytes) {
  http_client client{shared_node().port(), 5s};
  client.send_raw(bytes);
  try {
    return client.finish().status;
  } catch (const connection_lost&) {
    return 0;
  }
}

} // namespace

TEST_CASE_FIXTURE(on_shared_node, "unknown paths are 404 problems") {
  for (auto path : {"/v1", "/v1/nothing", "/v2/locks", "/v1/locks/a/b/c",
                    "/v1/locks/no-such-lock", "/v1/LOCKS"}) {
    INFO("path ", path);
    check_problem(node.http.get(path), 404, "not-found");
  }
  check_problem(node.http.send("POST", "/v1/nothing", "{}"), 404, "not-found");
  check_problem(node.http.del("/v1/dead-letters/no-such-letter"), 404,
                "not-found");
  check_problem(node.http.send("POST", "/v1/dead-letters/none/requeue"), 404,
                "not-found");
}

TEST_CASE_FIXTURE(on_shared_node, "a wrong method is 405 with Allow") {
  struct {
    const char *method, *path, *allowed;
  } cases[] = {{"PUT", "/v1/locks", "POST"},
               {"PATCH", "/v1/locks", "GET"},
               {"GET", "/v1/locks:batch", "POST"},
               {"POST", "/v1/stats", "GET"},
               {"DELETE", "/v1/stats", "GET"},
               {"GET", "/v1/pause", "POST"},
               {"GET", "/v1/locks/x/renew", "POST"},
               {"POST", "/healthz", "GET"},
               {"POST", "/v1/resources/x", "GET"},
               {"GET", "/v1/owners/x/locks", "DELETE"}};
  for (const auto& each : cases) {
    INFO(each.method, " ", each.path);
    auto answer = node.http.send(each.method, each.path);
    check_problem(answer, 405, "method-not-allowed");
    CHECK(answer.header("allow").find(each.allowed) != std::string::npos);
  }
}

TEST_CASE_FIXTURE(on_shared_node, "a body that is not JSON by its type is "
                                  "415") {
  auto body = acquire_body(resource, "bot-1").dump();
  for (auto type : {"text/plain", "application/x-www-form-urlencoded",
                    "application/xml", "application/jsonx"}) {
    INFO("type ", type);
    auto answer =
        node.http.send("POST", "/v1/locks", body, {{"Content-Type", type}});
    check_problem(answer, 415, "unsupported-media-type");
  }
  CHECK(node.resource(resource)["locked"] == false);
  auto answer =
      node.http.send("POST", "/v1/locks", body,
                     {{"Content-Type", "Application/JSON; charset=utf-8"}});
  CHECK(answer.status == 201);
}

TEST_CASE_FIXTURE(on_shared_node, "a body of 64 KiB is taken, a larger one is "
                                  "413") {
  auto body = acquire_body(resource, "bot-1", {{"transactionData", ""}}).dump();
  std::string padding(65536 - body.size(), 'x');
  auto largest = body;
  largest.insert(largest.rfind('"'), padding);
  REQUIRE(largest.size() == 65536);
  CHECK(node.http.send("POST", "/v1/locks", largest).status == 201);
  auto too_large = body;
  too_large.insert(too_large.rfind('"'), padding + "x");
  check_problem(node.http.send("POST", "/v1/locks", too_large), 413,
                "too-large");
  CHECK(node.http.get("/healthz").status == 200);
}

TEST_CASE_FIXTURE(on_shared_node, "a length beyond the limit is refused before "
                                  "the body arrives") {
  auto caller = other();
  caller.http.send_raw("POST /v1/locks HTTP/1.1\r\nHost: localhost\r\n"
                       "Content-Type: application/json\r\n"
                       "Content-Length: 999999999999\r\n\r\n{");
  check_problem(caller.http.finish(), 413, "too-large");
}

TEST_CASE_FIXTURE(on_shared_node, "a chunked body is read, and bounded too") {
  auto body = acquire_body(resource, "bot-1").dump();
  auto half = body.size() / 2;
  auto chunk = [](const std::string& text) {
    char size[32];
    std::snprintf(size, sizeof(size), "%zx\r\n", text.size());
    return size + text + "\r\n";
  };
  auto head = std::string{"POST /v1/locks HTTP/1.1\r\nHost: localhost\r\n"
                          "Content-Type: application/json\r\n"
                          "Transfer-Encoding: chunked\r\n\r\n"};
  node.http.send_raw(head + chunk(body.substr(0, half)) +
                     chunk(body.substr(half)) + "0\r\n\r\n");
  CHECK(node.http.finish().status == 201);
  auto caller = other();
  caller.http.send_raw(head);
  for (int i = 0; i < 9; ++i)
    caller.http.send_raw(chunk(std::string(8192, ' ')));
  caller.http.send_raw("0\r\n\r\n");
  check_problem(caller.http.finish(), 413, "too-large");
}

TEST_CASE("headers beyond the limit are 431") {
  on_own_node own{{.limits = "header_bytes_max = 4096"}};
  auto node = own.client();
  CHECK(node.http.send("GET", "/healthz", {}, {{"X-A", std::string(1000, 'a')}})
            .status == 200);
  check_problem(
      node.http.send("GET", "/healthz", {}, {{"X-A", std::string(5000, 'a')}}),
      431, "headers-too-large");
  auto again = own.client();
  CHECK(again.http.get("/healthz").status == 200);
}

TEST_CASE_FIXTURE(on_shared_node, "HEAD answers as GET without a body") {
  for (auto path : {"/healthz", "/v1/stats", "/v1/locks"}) {
    INFO("path ", path);
    auto head = node.http.send("HEAD", path);
    CHECK(head.status == 200);
    auto get = node.http.get(path); // still in step on the same connection
    CHECK(get.status == 200);
    CHECK(head.header("content-type") == get.header("content-type"));
  }
}

TEST_CASE_FIXTURE(on_shared_node, "keys in paths are percent-encoded UTF-8, "
                                  "slashes included") {
  auto key = unique("café/trade?BTC&USDT#1 +%41;ä€😀:");
  auto lock = node.granted(key, "bot/ü");
  auto found = node.resource(key);
  CHECK(found["resourceId"] == key);
  CHECK(found["lock"]["lockId"] == lock["lockId"]);
  CHECK(node.all("/v1/locks?resourceId=" + percent_encoded(key)).size() == 1);
  auto plain = unique("plain");
  node.granted(plain, "bot-1");
  auto spelled = node.http.get("/v1/resources/%70lai%6e" + plain.substr(5));
  CHECK(spelled.body["resourceId"] == plain);
  CHECK(spelled.body["locked"] == true);
}

TEST_CASE_FIXTURE(on_shared_node, "a broken percent-encoding is refused") {
  for (auto path : {"/v1/resources/a%", "/v1/resources/a%4",
                    "/v1/resources/a%zz", "/v1/locks?ownerId=%g1"}) {
    INFO("path ", path);
    check_problem(node.http.get(path), 400, "invalid");
  }
}

TEST_CASE_FIXTURE(on_shared_node, "pipelined requests are answered in order") {
  std::string all;
  for (int i = 0; i < 5; ++i)
    all += "GET /v1/resources/pipe" + std::to_string(i) +
           " HTTP/1.1\r\nHost: localhost\r\n\r\n";
  node.http.send_raw(all);
  for (int i = 0; i < 5; ++i)
    CHECK(node.http.finish().body["resourceId"] == "pipe" + std::to_string(i));
}

TEST_CASE_FIXTURE(on_shared_node, "a request that arrives byte by byte is "
                                  "understood") {
  std::string text = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
  for (char c : text)
    node.http.send_raw(std::string(1, c));
  CHECK(node.http.finish().status == 200);
}

TEST_CASE_FIXTURE(on_shared_node, "Connection: close is honoured") {
  auto answer =
      node.http.send("GET", "/healthz", {}, {{"Connection", "close"}});
  CHECK(answer.status == 200);
  CHECK(answer.header("connection") == "close");
}

TEST_CASE_FIXTURE(on_shared_node, "what is no HTTP is refused, and the node "
                                  "lives on") {
  for (std::string bytes :
       {"GARBAGE\r\n\r\n", "\r\n\r\n\r\n \r\n\r\n", "GET\r\n\r\n",
        "GET / HTTP/9.9\r\n\r\n", "GET /healthz HTTP/1.1\r\nbad header\r\n\r\n",
        "POST /v1/locks HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
        "POST /v1/locks HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n"
        "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST /v1/locks HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n"
        "Content-Length: 3\r\n\r\n{}x"}) {
    INFO("request ", bytes);
    auto status = status_of(bytes);
    CHECK((status == 0 || status == 400 || status == 405 || status == 501 ||
           status == 505));
  }
  CHECK(status_of(std::string(3000, '\xfe') + "\r\n\r\n") <= 505);
  CHECK(node.http.get("/healthz").status == 200);
}

TEST_CASE_FIXTURE(on_shared_node, "errors are problems whatever the call") {
  check_problem(node.http.send("POST", "/v1/locks", "{",
                               {{"Content-Type", "application/json"}}),
                400, "invalid");
  check_problem(node.http.send("DELETE", "/v1/locks"), 405,
                "method-not-allowed");
  auto brew = node.http.send("BREW", "/v1/locks").status;
  CHECK((brew == 405 || brew == 501));
}
