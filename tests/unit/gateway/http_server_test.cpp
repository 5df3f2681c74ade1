// How the server reads requests and answers them, over real sockets.
#include "tests/unit/gateway/test_server.hpp"

#include <doctest/doctest.h>

using namespace holdfast;
using namespace holdfast::test;

TEST_CASE("a connection serves one request after the other") {
  test_server node;
  raw_client client{node.port()};
  auto first = client.call("POST", "/echo?a=b", "hello");
  CHECK(first.status == 200);
  CHECK(first.body == "POST /echo a=b|hello");
  CHECK(first.header("Content-Type") == "text/plain");
  CHECK(first.header("Connection").empty());
  CHECK(client.call("GET", "/echo").body == "GET /echo |");
  auto seen = node.requests();
  CHECK(seen.at(0).connection == seen.at(1).connection);
}

TEST_CASE("two pipelined requests are answered in order, each once") {
  test_server node;
  raw_client client{node.port()};
  client.send(request_text("POST", "/echo", "one") +
              request_text("POST", "/echo", "two"));
  CHECK(client.receive().body == "POST /echo |one");
  CHECK(client.receive().body == "POST /echo |two");
}

TEST_CASE("a request pipelined behind a held one is handled after it") {
  test_server node;
  raw_client client{node.port()};
  client.send(request_text("GET", "/held"));
  node.await_arrivals(1);
  client.send(request_text("GET", "/echo"));
  CHECK(node.requests().size() == 1);
  node.release_all();
  CHECK(client.receive().body == "released");
  CHECK(client.receive().body == "GET /echo |");
}

TEST_CASE("a thousand requests in one write are all answered") {
  test_server node;
  raw_client client{node.port()};
  std::string all;
  for (int i = 0; i < 1000; ++i)
    all += request_text("POST", "/echo", std::to_string(i));
  client.send(all);
  bool in_order = true;
  for (int i = 0; i < 1000; ++i)
    in_order &= client.receive().body == "POST /echo |" + std::to_string(i);
  CHECK(in_order);
}

TEST_CASE("a request that comes byte by byte is understood") {
  test_server node;
  raw_client client{node.port()};
  auto plain = request_text("POST", "/echo", "hello");
  auto chunked =
      request_text("POST", "/echo", "", "Transfer-Encoding: chunked\r\n") +
      "3\r\nabc\r\n2;ext=1\r\nde\r\n0\r\nTrailer: x\r\n\r\n";
  auto empty =
      request_text("POST", "/echo", "", "Transfer-Encoding: chunked\r\n") +
      "0\r\n\r\n";
  for (char c : plain + chunked + empty)
    client.send({&c, 1});
  CHECK(client.receive().body == "POST /echo |hello");
  CHECK(client.receive().body == "POST /echo |abcde");
  CHECK(client.receive().body == "POST /echo |");
  CHECK(node.requests().at(1).find("Trailer") == nullptr);
}

TEST_CASE("HEAD is answered like GET, without the body") {
  test_server node;
  raw_client client{node.port()};
  auto answer = client.call("HEAD", "/echo");
  CHECK(answer.status == 200);
  CHECK(answer.header("Content-Length") == "11");
  CHECK(client.call("GET", "/echo").body == "GET /echo |");
}

TEST_CASE("HTTP/1.0 closes unless asked to keep the connection") {
  test_server node;
  raw_client once{node.port()};
  once.send("GET /echo HTTP/1.0\r\n\r\n");
  auto answer = once.receive();
  CHECK(answer.body == "GET /echo |");
  CHECK(answer.has_header("Connection: close"));
  CHECK(once.read_to_end().empty());

  raw_client kept{node.port()};
  for (int i = 0; i < 2; ++i) {
    kept.send("GET /echo HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    CHECK(kept.receive().has_header("Connection: keep-alive"));
  }
}

TEST_CASE("Connection: close ends the connection after the answer") {
  test_server node;
  raw_client client{node.port()};
  CHECK(client.call("GET", "/echo", "", "Connection: close\r\n")
            .has_header("Connection: close"));
  CHECK(client.read_to_end().empty());
}

TEST_CASE("Expect: 100-continue is told to go on, unless it is too large") {
  test_server node;
  raw_client client{node.port()};
  std::string head = "POST /echo HTTP/1.1\r\nHost: t\r\n"
                     "Expect: 100-continue\r\nContent-Length: ";
  client.send(head + "5\r\n\r\n");
  CHECK(client.receive(false).status == 100);
  client.send("hello");
  CHECK(client.receive().body == "POST /echo |hello");
  client.send(head + "1001\r\n\r\n");
  CHECK(client.receive().status == 413);
}

TEST_CASE("the absolute form of a target is understood") {
  test_server node;
  raw_client client{node.port()};
  CHECK(client.call("GET", "http://node:8080/echo?x=1").body ==
        "GET /echo x=1|");
}

TEST_CASE("a handler that throws is answered 500, and the server goes on") {
  test_server node;
  raw_client client{node.port()};
  auto answer = client.call("GET", "/thrown");
  CHECK(answer.status == 500);
  CHECK(answer.body.find("urn:holdfast:problem:internal") != answer.body.npos);
  CHECK(client.call("GET", "/echo").status == 200);
  CHECK(node.logged() == std::vector<unsigned>{500, 200});
}

TEST_CASE("what is no HTTP is answered 400 and closed") {
  test_server node;
  auto refused = [&](std::string_view bytes) {
    raw_client client{node.port()};
    client.send(bytes);
    auto answer = client.receive();
    CHECK(answer.has_header("Connection: close"));
    CHECK(answer.body.find("\"code\":\"invalid\"") != answer.body.npos);
    CHECK(client.read_to_end().empty());
    return answer.status;
  };
  CHECK(refused("nonsense\r\n\r\n") == 400);
  CHECK(refused("GET /echo\r\n\r\n") == 400);
  CHECK(refused("GET /echo HTTP/2.0\r\n\r\n") == 400);
  CHECK(refused("GET /echo HTTP/1.1\nHost: x\n\n") == 400);
  CHECK(refused("GET /echo HTTP/1.1\r\nHost : x\r\n\r\n") == 400);
  CHECK(refused("GET /echo HTTP/1.1\r\n\r\n") == 400); // no Host
  CHECK(refused("GET /echo HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n") == 400);
  CHECK(node.requests().empty());
}

TEST_CASE("ambiguous framing is answered 400 and closed") {
  test_server node;
  auto refused = [&](std::string_view headers, std::string_view body) {
    raw_client client{node.port()};
    client.send("POST /echo HTTP/1.1\r\nHost: x\r\n" + std::string{headers} +
                "\r\n" + std::string{body});
    auto status = client.receive().status;
    CHECK(client.read_to_end().empty());
    return status;
  };
  std::string_view chunks = "3\r\nabc\r\n0\r\n\r\n";
  CHECK(refused("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n",
                chunks) == 400);
  CHECK(refused("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n",
                chunks) == 400);
  CHECK(refused("Content-Length: 3\r\nContent-Length: 4\r\n", "abcd") == 400);
  CHECK(refused("Content-Length: 3\r\nContent-Length: 3\r\n", "abc") == 400);
  CHECK(refused("Content-Length: 3, 4\r\n", "abcd") == 400);
  CHECK(refused("Content-Length: -3\r\n", "abc") == 400);
  CHECK(refused("Content-Length: +3\r\n", "abc") == 400);
  CHECK(refused("Transfer-Encoding: gzip\r\n", "abc") == 400);
  CHECK(refused("Transfer-Encoding: gzip, chunked\r\n", chunks) == 400);
  CHECK(refused("Transfer-Encoding: chunked\r\n"
                "Transfer-Encoding: chunked\r\n",
                chunks) == 400);
  CHECK(refused("Transfer-Encoding: chunked\r\n", "xyz\r\nabc\r\n") == 400);
  CHECK(node.requests().empty());
}

TEST_CASE("several I/O threads share the connections") {
  test_server node{{}, 3};
  std::vector<raw_client> clients;
  for (int i = 0; i < 30; ++i)
    clients.emplace_back(node.port());
  for (auto& client : clients)
    client.send(request_text("GET", "/held"));
  node.await_arrivals(30);
  node.release_all();
  for (auto& client : clients)
    CHECK(client.receive().body == "released");
  std::size_t by_thread[3] = {};
  for (auto& request : node.requests())
    ++by_thread[request.io_thread];
  for (auto count : by_thread)
    CHECK(count == 10);
}

TEST_CASE("an address that is taken is refused with its name") {
  test_server node;
  http_options options;
  options.port = node.port();
  auto refusal = [&]() -> std::string {
    try {
      http_server second{options};
    } catch (const std::runtime_error& e) {
      return e.what();
    }
    return "";
  };
  auto port = std::to_string(node.port());
  CHECK(refusal() ==
        "cannot listen on 127.0.0.1 port " + port + ": Address already in use");
  options.host = "no.address";
  CHECK(refusal().find("no.address") != std::string::npos);
}
