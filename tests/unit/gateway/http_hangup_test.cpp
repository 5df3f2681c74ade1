// Clients that leave while they wait, and a server that stops under them.
#include "tests/unit/gateway/test_server.hpp"

#include <doctest/doctest.h>

using namespace holdfast;
using namespace holdfast::test;
using std::chrono::milliseconds;

TEST_CASE("a client that hangs up during a long poll is noticed") {
  test_server node;
  SUBCASE("with an orderly end") {
    raw_client client{node.port()};
    client.send(request_text("GET", "/polled"));
    node.await_arrivals(1);
    client.close();
    node.await_hangups(1);
  }
  SUBCASE("with a reset") {
    raw_client client{node.port()};
    client.send(request_text("GET", "/polled"));
    node.await_arrivals(1);
    client.reset();
    node.await_hangups(1);
  }
  SUBCASE("after it had pipelined another request") {
    raw_client client{node.port()};
    client.send(request_text("GET", "/polled") + request_text("GET", "/echo"));
    node.await_arrivals(1);
    client.close();
    node.await_hangups(1);
    CHECK(node.requests().size() == 1);
  }
  SUBCASE("before an answer that then goes nowhere") {
    raw_client client{node.port()};
    client.send(request_text("GET", "/polled"));
    node.await_arrivals(1);
    client.reset();
    node.await_hangups(1);
    node.release_all();
    CHECK(raw_client{node.port()}.call("GET", "/echo").status == 200);
    CHECK(node.logged() == std::vector<unsigned>{200});
  }
}

TEST_CASE("a client that only stops sending still gets its answer") {
  test_server node;
  raw_client client{node.port()};
  client.send(request_text("GET", "/polled"));
  node.await_arrivals(1);
  client.shut_down_sending();
  node.await_hangups(1);
  node.release_all();
  auto answer = client.receive();
  CHECK(answer.body == "released");
  CHECK(answer.has_header("Connection: close"));
}

TEST_CASE("an answered request never hangs up") {
  test_server node;
  raw_client client{node.port()};
  client.send(request_text("GET", "/polled"));
  node.await_arrivals(1);
  node.release_all();
  CHECK(client.receive().body == "released");
  client.close();
  raw_client second{node.port()};
  second.send(request_text("GET", "/polled"));
  node.await_arrivals(2);
  second.close();
  node.await_hangups(1);
  CHECK(node.hangups() == 1);
}

TEST_CASE("a second answer to one request goes nowhere") {
  test_server node;
  raw_client client{node.port()};
  client.send(request_text("GET", "/held"));
  node.await_arrivals(1);
  node.release_all();
  CHECK(client.receive().status == 200);
  CHECK(client.call("GET", "/echo").body == "GET /echo |");
}

TEST_CASE("stop answers long polls 503 at once and closes the idle") {
  test_server node;
  std::vector<raw_client> polls;
  for (int i = 0; i < 50; ++i) {
    polls.emplace_back(node.port());
    polls.back().send(request_text("GET", "/polled"));
  }
  raw_client idle{node.port()};
  CHECK(idle.call("GET", "/echo").status == 200);
  node.await_arrivals(50);
  // Each client ends when told to: nobody waits for the time given.
  std::thread stopping{[&] { node.server->stop(milliseconds{60'000}); }};
  for (auto& poll : polls) {
    auto answer = poll.receive();
    CHECK(answer.status == 503);
    CHECK(answer.body.find("\"code\":\"shutting-down\"") != std::string::npos);
    CHECK(answer.has_header("Connection: close"));
    poll.close();
  }
  CHECK(idle.read_to_end().empty());
  stopping.join();
  CHECK(node.hangups() == 50);
  CHECK_THROWS(raw_client{node.port()});
}

TEST_CASE("stop gives requests at work half of its time") {
  test_server node;
  raw_client held{node.port()};
  held.send(request_text("GET", "/held"));
  node.await_arrivals(1);
  SUBCASE("and writes the answer they get") {
    raw_client polled{node.port()};
    polled.send(request_text("GET", "/polled"));
    node.await_arrivals(2);
    std::thread stopping{[&] { node.server->stop(milliseconds{60'000}); }};
    CHECK(polled.receive().status == 503); // so it is stopping by now
    node.release_all();
    auto answer = held.receive();
    CHECK(answer.body == "released");
    CHECK(answer.has_header("Connection: close"));
    held.close();
    polled.close();
    stopping.join();
  }
  SUBCASE("and then answers for them") {
    std::thread stopping{[&] { node.server->stop(milliseconds{200}); }};
    CHECK(held.receive().status == 503);
    stopping.join(); // although this client never closes
  }
}

TEST_CASE("stop does not wait longer than told for a client that stays") {
  test_server node;
  raw_client client{node.port()};
  client.send(request_text("GET", "/large"));
  CHECK(client.receive(false).status == 200);
  node.server->stop(milliseconds{100});
  CHECK(client.read_to_end().size() < std::size_t{64} << 20);
}

TEST_CASE("an answer that comes after the end of the server goes nowhere") {
  test_server node;
  raw_client client{node.port()};
  client.send(request_text("GET", "/held"));
  node.await_arrivals(1);
  node.server.reset();
  node.release_all();
  CHECK(client.read_to_end().empty());
}
