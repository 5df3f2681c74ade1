// Every limit and time-out of the server, at its edge.
#include "tests/unit/gateway/test_server.hpp"

#include <doctest/doctest.h>

#include <sys/resource.h>

using namespace holdfast;
using namespace holdfast::test;
using std::chrono::milliseconds;

namespace {

/// A GET request of exactly `bytes` bytes.
std::string head_of(std::size_t bytes) {
  auto text = request_text("GET", "/echo", "", "X: \r\n");
  text.insert(text.find("X: ") + 3, bytes - text.size(), 'x');
  return text;
}

http_limits short_times() {
  http_limits limits;
  limits.header_timeout = limits.body_timeout = limits.idle_timeout =
      limits.write_timeout = limits.answer_timeout = milliseconds{100};
  return limits;
}

/// As many descriptors as the system gives us.
void raise_descriptor_limit() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

} // namespace

TEST_CASE("a head of exactly the limit is read, one byte more is 431") {
  test_server node;
  raw_client client{node.port()};
  client.send(head_of(16 * 1024));
  CHECK(client.receive().status == 200);
  client.send(head_of(16 * 1024 + 1));
  auto answer = client.receive();
  CHECK(answer.status == 431);
  CHECK(answer.body.find("\"code\":\"headers-too-large\"") !=
        std::string::npos);
  CHECK(client.read_to_end().empty());
}

TEST_CASE("a head that is too large is refused before it ends") {
  test_server node;
  raw_client client{node.port()};
  client.send(head_of(16 * 1024 + 100).substr(0, 16 * 1024 + 1));
  CHECK(client.receive().status == 431);
}

TEST_CASE("the head's limit holds when it comes in pieces") {
  test_server node;
  for (auto bytes : {16 * 1024, 16 * 1024 + 1}) {
    raw_client client{node.port()};
    auto text = head_of(static_cast<std::size_t>(bytes));
    client.send(text.substr(0, 20));
    client.send(text.substr(20, 9000));
    client.send(text.substr(9020));
    CHECK(client.receive().status == (bytes == 16 * 1024 ? 200 : 431));
  }
}

TEST_CASE("a body of exactly its route's limit is read, one byte more is 413") {
  test_server node;
  raw_client client{node.port()};
  std::string fits(1000, 'x');
  CHECK(client.call("POST", "/echo", fits).status == 200);
  auto answer = client.call("POST", "/echo", fits + "x");
  CHECK(answer.status == 413);
  CHECK(answer.body.find("\"code\":\"too-large\"") != std::string::npos);
  CHECK(client.read_to_end().empty());
}

TEST_CASE("a chunked body has the same limit") {
  test_server node;
  auto status = [&](std::string_view chunks) {
    raw_client client{node.port()};
    client.send(
        request_text("POST", "/held", "", "Transfer-Encoding: chunked\r\n") +
        std::string{chunks} + "0\r\n\r\n");
    return client.receive().status;
  };
  CHECK(status("a\r\n0123456789\r\n1\r\nx\r\n") == 413);
  CHECK(status("b\r\n0123456789x\r\n") == 413);
  raw_client client{node.port()};
  client.send(
      request_text("POST", "/held", "", "Transfer-Encoding: chunked\r\n") +
      "9\r\n012345678\r\n1\r\nx\r\n0\r\n\r\n");
  node.await_arrivals(1);
  CHECK(node.requests().at(0).body == "012345678x");
}

TEST_CASE("a client that still sends hears why its body is refused") {
  test_server node;
  raw_client client{node.port()};
  std::string body(4 << 20, 'x');
  client.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 4194304\r\n"
              "\r\n");
  CHECK(client.send(body)); // nobody reads it, but nobody resets it either
  CHECK(client.receive().status == 413);
}

TEST_CASE("endless chunk headers and trailers are refused") {
  test_server node;
  for (auto start : {"5;", "0\r\nX: "}) {
    raw_client client{node.port()};
    client.send(
        request_text("POST", "/echo", "", "Transfer-Encoding: chunked\r\n") +
        start + std::string(20'000, 'x'));
    CHECK(client.receive().status == 400);
  }
}

TEST_CASE("bodies of all connections together are limited") {
  http_limits limits;
  limits.body_bytes_total_max = 15;
  test_server node{limits};
  raw_client first{node.port()};
  first.send(request_text("POST", "/held", "0123456789"));
  node.await_arrivals(1);
  raw_client second{node.port()};
  auto answer = second.call("POST", "/held", "012345");
  CHECK(answer.status == 429);
  CHECK(answer.header("Retry-After") == "1");
  node.release_all();
  CHECK(first.receive().status == 200);
  raw_client third{node.port()};
  third.send(request_text("POST", "/held", "0123456789"));
  node.await_arrivals(2);
}

TEST_CASE("a head that comes too slowly is answered 408 and closed") {
  test_server node{short_times()};
  raw_client client{node.port()};
  client.send("GET /echo HTTP/1.1\r\n");
  auto answer = client.receive();
  CHECK(answer.status == 408);
  CHECK(answer.body.find("head") != std::string::npos);
  CHECK(client.read_to_end().empty());
}

TEST_CASE("one byte now and then does not extend the time for the head") {
  auto limits = short_times();
  limits.idle_timeout = milliseconds{60'000};
  limits.header_bytes_max = std::size_t{1} << 30;
  test_server node{limits};
  raw_client client{node.port()};
  // Drips until the server has had enough: without a limit, for ever.
  client.send("GET /echo HTTP/1.1\r\nX: ");
  while (client.send("x") && node.logged().empty()) {
  }
  CHECK(client.receive().status == 408);
}

TEST_CASE("a body that comes too slowly is answered 408 and closed") {
  test_server node{short_times()};
  raw_client client{node.port()};
  client.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhel");
  auto answer = client.receive();
  CHECK(answer.status == 408);
  CHECK(answer.body.find("body") != std::string::npos);
  CHECK(client.read_to_end().empty());
}

TEST_CASE("an idle connection is closed without a word") {
  test_server node{short_times()};
  raw_client fresh{node.port()};
  CHECK(fresh.read_to_end().empty());
  raw_client used{node.port()};
  CHECK(used.call("GET", "/echo").status == 200);
  CHECK(used.read_to_end().empty());
}

TEST_CASE("a client that does not take its answer is closed") {
  test_server node{short_times()};
  raw_client client{node.port()};
  client.send(request_text("GET", "/large"));
  CHECK(client.receive(false).status == 200); // and not the rest, until it ends
  raw_client other{node.port()};
  CHECK(other.read_to_end().empty()); // the same time-out has passed
  CHECK(client.read_to_end().size() < std::size_t{64} << 20);
}

TEST_CASE("a handler that does not answer in time is answered for, 503") {
  test_server node{short_times()};
  raw_client client{node.port()};
  client.send(request_text("GET", "/polled"));
  auto answer = client.receive();
  CHECK(answer.status == 503);
  CHECK(answer.header("Retry-After") == "1");
  node.await_hangups(1);
  node.release_all(); // too late: goes nowhere
  CHECK(client.read_to_end().empty());
}

TEST_CASE("connections beyond the limit are told so and closed") {
  http_limits limits;
  limits.connections_max = 3;
  test_server node{limits};
  std::vector<raw_client> clients;
  for (int i = 0; i < 3; ++i) {
    clients.emplace_back(node.port());
    CHECK(clients.back().call("GET", "/echo").status == 200);
  }
  {
    raw_client one_more{node.port()};
    auto answer = one_more.receive();
    CHECK(answer.status == 429);
    CHECK(answer.header("Retry-After") == "1");
    CHECK(one_more.read_to_end().empty());
  }
  CHECK(clients[0].call("GET", "/echo").status == 200);
}

TEST_CASE("when descriptors run out the server waits, and goes on") {
  test_server node;
  rlimit before{};
  ::getrlimit(RLIMIT_NOFILE, &before);
  std::vector<raw_client> clients;
  clients.emplace_back(node.port());
  CHECK(clients.back().call("GET", "/echo").status == 200);
  // The client's own socket is the last descriptor that can be had.
  auto next = ::dup(0);
  ::close(next);
  auto tight = before;
  tight.rlim_cur = static_cast<rlim_t>(next) + 1;
  ::setrlimit(RLIMIT_NOFILE, &tight);
  clients.emplace_back(node.port());
  clients.back().send(request_text("GET", "/echo"));
  CHECK(clients.front().call("GET", "/echo").status == 200);
  ::setrlimit(RLIMIT_NOFILE, &before);
  CHECK(clients.back().receive().status == 200);
}

TEST_CASE("thousands of connections, idle and polling, need one thread") {
  raise_descriptor_limit();
  constexpr std::size_t count = 1000;
  test_server node;
  std::vector<raw_client> idle;
  std::vector<raw_client> polling;
  for (std::size_t i = 0; i < count; ++i) {
    idle.emplace_back(node.port());
    polling.emplace_back(node.port());
    polling.back().send(request_text("GET", "/polled"));
  }
  node.await_arrivals(count);
  std::size_t served = 0;
  for (auto& client : idle)
    served += client.call("GET", "/echo").status == 200;
  CHECK(served == count);
  node.release_all();
  std::size_t released = 0;
  for (auto& client : polling)
    released += client.receive().body == "released";
  CHECK(released == count);
}
