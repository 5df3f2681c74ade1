#include "node/http_client.hpp"

#include <doctest/doctest.h>

#include <arpa/inet.h>
#include <stdexcept>
#include <string>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <vector>

using namespace holdfast;

namespace {

/// Answers what comes on one connection, request by request, with canned
/// bytes; closes it after the last.
class canned_server {
public:
  explicit canned_server(std::vector<std::string> answers)
      : listener_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in any{};
    any.sin_family = AF_INET;
    any.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto address = reinterpret_cast<sockaddr*>(&any);
    socklen_t size = sizeof any;
    if (bind(listener_, address, size) != 0 || listen(listener_, 1) != 0 ||
        getsockname(listener_, address, &size) != 0)
      throw std::runtime_error("no socket");
    url = "http://127.0.0.1:" + std::to_string(ntohs(any.sin_port));
    thread_ = std::thread{[this, answers = std::move(answers)] {
      auto connection = accept(listener_, nullptr, nullptr);
      for (auto& answer : answers) {
        requests.push_back(read_request(connection));
        (void)!::write(connection, answer.data(), answer.size());
      }
      close(connection);
    }};
  }

  ~canned_server() {
    join();
    close(listener_);
  }

  void join() {
    if (thread_.joinable())
      thread_.join();
  }

  std::string url;
  std::vector<std::string> requests; ///< read after `join`

private:
  static std::string read_request(int from) {
    std::string text;
    std::size_t end = std::string::npos;
    while (end == std::string::npos || text.size() < end) {
      char part[4096];
      auto n = read(from, part, sizeof part);
      if (n <= 0)
        break;
      text.append(part, static_cast<std::size_t>(n));
      if (auto head = text.find("\r\n\r\n"); head != std::string::npos) {
        auto length = text.find("Content-Length: ");
        end = head + 4;
        if (length < head)
          end += std::stoul(text.substr(length + 16));
      }
    }
    return text;
  }

  int listener_;
  std::thread thread_;
};

const std::string ok = "HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\n{}";
const std::string replayed = "HTTP/1.1 200 OK\r\nIDEMPOTENT-replayed: true\r\n"
                             "Content-Length: 3\r\n\r\n[1]";

} // namespace

TEST_CASE("requests go out as asked, over one connection") {
  canned_server server{{ok, replayed, ok}};
  http_client client{server.url + "/"};
  auto first = client.call({"POST", "/v1/locks?x=%20", R"({"a":"ü"})"});
  CHECK(first.status == 201);
  CHECK(first.body == "{}");
  CHECK(first.error.empty());
  CHECK_FALSE(first.replayed);
  auto second = client.call({"GET", "/a/../b", ""});
  CHECK(second.status == 200);
  CHECK(second.body == "[1]");
  CHECK(second.replayed);
  CHECK(client.call({"POST", "/v1/pause", ""}).status == 201);
  server.join();
  REQUIRE(server.requests.size() == 3);
  auto& post = server.requests[0];
  CHECK(post.starts_with("POST /v1/locks?x=%20 HTTP/1.1\r\n"));
  CHECK(post.find("Content-Type: application/json\r\n") != std::string::npos);
  CHECK(post.find("Expect") == std::string::npos);
  CHECK(post.ends_with("\r\n\r\n{\"a\":\"ü\"}"));
  CHECK(server.requests[1].starts_with("GET /a/../b HTTP/1.1\r\n"));
  CHECK(server.requests[2].find("Content-Length: 0\r\n") != std::string::npos);
  CHECK(server.requests[2].find("Content-Type") == std::string::npos);
}

TEST_CASE("a connection that breaks before the answer is an error") {
  canned_server server{{"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"}};
  http_client client{server.url};
  auto answer = client.call({"GET", "/", ""});
  CHECK(answer.status == 0);
  CHECK_FALSE(answer.error.empty());
}

TEST_CASE("nobody listening is an error that says so") {
  std::string url;
  { // A port that was free a moment ago.
    canned_server server{{ok}};
    url = server.url;
    http_client{url}.call({"GET", "/", ""});
  }
  auto answer = http_client{url}.call({"GET", "/", ""});
  CHECK(answer.status == 0);
  CHECK(answer.error.find("onnect") != std::string::npos);
}

TEST_CASE("what is no URL of a node is refused") {
  for (auto url : {"", "localhost:8080", "ftp://x", "http://", "http://x?y"})
    CHECK_THROWS_AS(http_client{url}, std::invalid_argument);
}

TEST_CASE("percent encoding keeps letters and digits alone") {
  CHECK(percent_encoded("aZ09-._~") == "aZ09-._~");
  CHECK(percent_encoded("trade:a/b ü") == "trade%3Aa%2Fb%20%C3%BC");
}
