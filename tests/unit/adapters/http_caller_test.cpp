// What an HTTP call may be told to have done, and how often it is sent.
#include "adapters/http_caller.hpp"
#include "tests/unit/adapters/scripted_server.hpp"

#include <doctest/doctest.h>
#include <openssl/ssl.h>

#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <mutex>
#include <unistd.h>

using namespace holdfast;
using namespace holdfast::test;
using namespace std::chrono_literals;

namespace {

http_reply reply_to(http_caller& caller, http_call what) {
  std::promise<http_reply> answer;
  caller.send(std::move(what),
              [&](http_reply x) { answer.set_value(std::move(x)); });
  return answer.get_future().get();
}

http_call to(const std::string& url) {
  http_call call;
  call.url = url;
  call.timeout = 5s;
  return call;
}

http_call quick(const std::string& url) {
  auto call = to(url);
  call.timeout = 200ms;
  return call;
}

http_call order(const std::string& url) {
  auto call = to(url);
  call.method = "POST";
  call.at_most_once = true;
  return call;
}

void answer_all(int fd) {
  while (!read_request(fd).empty())
    write_text(fd, ok_reply("{}"));
}

void wait_for_end(int fd) {
  while (!read_request(fd).empty()) {
  }
}

/// A self-signed certificate for `name`, and its key, in one directory.
struct certificate {
  explicit certificate(const std::string& name) {
    auto pattern =
        (std::filesystem::temp_directory_path() / "holdfast-XXXXXX").string();
    dir = mkdtemp(pattern.data());
    auto command =
        "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -keyout " + key() +
        " -out " + file() + " -subj /CN=" + name +
        " -addext subjectAltName=DNS:" + name + " 2>/dev/null";
    REQUIRE(std::system(command.c_str()) == 0);
  }
  ~certificate() { std::filesystem::remove_all(dir); }
  std::string file() const { return dir + "/cert.pem"; }
  std::string key() const { return dir + "/key.pem"; }
  std::string dir;
};

/// A script that answers one request over TLS.
scripted_server::script over_tls(const certificate& who,
                                 std::atomic<int>& requests) {
  return [&](int fd) {
    auto context = SSL_CTX_new(TLS_server_method());
    SSL_CTX_use_certificate_file(context, who.file().c_str(), SSL_FILETYPE_PEM);
    SSL_CTX_use_PrivateKey_file(context, who.key().c_str(), SSL_FILETYPE_PEM);
    auto ssl = SSL_new(context);
    SSL_set_fd(ssl, fd);
    char part[4096];
    if (SSL_accept(ssl) == 1 && SSL_read(ssl, part, sizeof part) > 0) {
      ++requests;
      auto text = ok_reply("safe", "Connection: close\r\n");
      SSL_write(ssl, text.data(), static_cast<int>(text.size()));
    }
    SSL_free(ssl);
    SSL_CTX_free(context);
  };
}

} // namespace

TEST_CASE("a complete reply has status, body and the header that counts") {
  std::string seen;
  scripted_server server{[&](int fd) {
    seen = read_request(fd);
    write_text(fd, "HTTP/1.1 429 Slow\r\nretry-AFTER:  7 \r\n"
                   "Content-Length: 4\r\n\r\nwait");
  }};
  http_caller caller;
  auto call = to(server.url() + "/a?b=c");
  call.method = "DELETE";
  call.headers = {"X-Key: k"};
  auto reply = reply_to(caller, call);
  CHECK(reply.kind == http_reply::replied);
  CHECK(reply.status == 429);
  CHECK(reply.body == "wait");
  CHECK(reply.retry_after == "7");
  CHECK(seen.starts_with("DELETE /a?b=c HTTP/1.1\r\n"));
  CHECK(seen.find("X-Key: k\r\n") != std::string::npos);
  CHECK(seen.find("Expect") == std::string::npos);
}

TEST_CASE("a POST without a body is one, and has the headers it was given") {
  std::string seen;
  scripted_server server{[&](int fd) {
    seen = read_request(fd);
    write_text(fd, ok_reply(""));
  }};
  http_caller caller;
  auto call = order(server.url());
  call.headers = {"Content-Type: application/json"};
  CHECK(reply_to(caller, call).status == 200);
  CHECK(seen.starts_with("POST / HTTP/1.1\r\n"));
  CHECK(seen.find("Content-Length: 0\r\n") != std::string::npos);
  CHECK(seen.find("Content-Type: application/json\r\n") != std::string::npos);
  CHECK(seen.find("urlencoded") == std::string::npos);
}

TEST_CASE("a request that found nobody was not sent") {
  std::string url;
  {
    scripted_server gone{answer_all};
    url = gone.url();
  }
  http_caller caller;
  for (const auto& nobody :
       {url, std::string{"http://nowhere.invalid/"}, std::string{"no url"},
        std::string{"file:///etc/passwd"}, std::string{"ftp://127.0.0.1/"}}) {
    INFO(nobody);
    auto reply = reply_to(caller, to(nobody));
    CHECK(reply.kind == http_reply::not_sent);
    CHECK_FALSE(reply.why.empty());
  }
}

TEST_CASE("a request without a TLS handshake was not sent") {
  scripted_server silent{wait_for_end};
  http_caller caller;
  auto reply = reply_to(
      caller, quick("https://127.0.0.1:" + std::to_string(silent.port())));
  CHECK(reply.kind == http_reply::not_sent);
}

TEST_CASE(
    "only a certificate that is trusted, and of that name, is talked to") {
  certificate good{"localhost"};
  certificate other{"other.example"};
  struct {
    const certificate* server;
    const certificate* trusted;
    http_reply::kind_type kind;
  } const rows[] = {
      {&good, &good, http_reply::replied},
      {&good, nullptr, http_reply::not_sent},
      {&good, &other, http_reply::not_sent},
      {&other, &other, http_reply::not_sent},
  };
  for (const auto& row : rows) {
    std::atomic<int> requests = 0;
    scripted_server server{over_tls(*row.server, requests)};
    http_caller_options options;
    if (row.trusted)
      options.ca_file = row.trusted->file();
    http_caller caller{options};
    auto reply = reply_to(
        caller, order("https://localhost:" + std::to_string(server.port())));
    INFO(reply.why);
    CHECK(reply.kind == row.kind);
    CHECK(requests == (row.kind == http_reply::replied ? 1 : 0));
  }
}

TEST_CASE("a request without a complete reply is broken") {
  const char* const replies[] = {
      "",
      "HTTP/1.1 200 OK\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n123",
      "who are you?\r\n\r\n",
  };
  for (const auto* text : replies) {
    INFO(text);
    scripted_server server{[&](int fd) {
      read_request(fd);
      write_text(fd, text);
    }};
    http_caller caller;
    auto reply = reply_to(caller, order(server.url() + "/secret-path"));
    CHECK(reply.kind == http_reply::broken);
    CHECK_FALSE(reply.why.empty());
    CHECK(reply.why.find("secret-path") == std::string::npos);
    CHECK(reply.body.empty());
    CHECK(server.connections() == 1);
  }
  scripted_server silent{wait_for_end};
  http_caller caller;
  CHECK(reply_to(caller, quick(silent.url())).kind == http_reply::broken);
}

TEST_CASE("a reply has limits") {
  scripted_server server{[](int fd) {
    auto what = read_request(fd);
    if (what.starts_with("GET /body"))
      write_text(fd, ok_reply(std::string((1 << 20) + 1, 'x')));
    else if (what.starts_with("GET /fits"))
      write_text(fd, ok_reply(std::string(1 << 20, 'x')));
    else
      write_text(fd, ok_reply("", "X: " + std::string(90'000, 'x') + "\r\n"));
  }};
  http_caller caller;
  auto body = reply_to(caller, to(server.url() + "/body"));
  CHECK(body.kind == http_reply::broken);
  CHECK(body.why == "the reply is larger than 1048576 bytes");
  CHECK(reply_to(caller, to(server.url() + "/fits")).body.size() == 1 << 20);
  CHECK(reply_to(caller, to(server.url() + "/head")).kind ==
        http_reply::broken);
}

TEST_CASE("redirects are not followed") {
  scripted_server server{[](int fd) {
    read_request(fd);
    write_text(fd, "HTTP/1.1 302 Found\r\nLocation: /other\r\n"
                   "Content-Length: 0\r\n\r\n");
  }};
  http_caller caller;
  auto reply = reply_to(caller, to(server.url()));
  CHECK(reply.kind == http_reply::replied);
  CHECK(reply.status == 302);
  CHECK(server.connections() == 1);
}

TEST_CASE("the environment does not choose the way") {
  for (auto name : {"http_proxy", "all_proxy", "ALL_PROXY"})
    setenv(name, "http://127.0.0.1:1", 1);
  scripted_server server{answer_all};
  http_caller caller;
  CHECK(reply_to(caller, to(server.url())).kind == http_reply::replied);
  for (auto name : {"http_proxy", "all_proxy", "ALL_PROXY"})
    unsetenv(name);
}

TEST_CASE("connections are kept, but not for what is sent at most once") {
  http_caller caller;
  {
    scripted_server server{answer_all};
    for (int i = 0; i < 3; ++i)
      reply_to(caller, to(server.url()));
    CHECK(server.connections() == 1);
  }
  std::atomic<int> requests = 0;
  scripted_server server{[&](int fd) {
    while (!read_request(fd).empty()) {
      ++requests;
      write_text(fd, ok_reply("{}"));
    }
  }};
  for (int i = 0; i < 3; ++i)
    CHECK(reply_to(caller, order(server.url())).kind == http_reply::replied);
  CHECK(server.connections() == 3);
  CHECK(requests == 3);
}

TEST_CASE("what is sent at most once is not repeated when a kept connection "
          "turns out closed") {
  // Answers the first request of a connection, takes the second, and closes.
  std::atomic<int> posts = 0;
  scripted_server server{[&](int fd) {
    for (int i = 0; i < 2; ++i) {
      if (read_request(fd).starts_with("POST"))
        ++posts;
      if (i == 0)
        write_text(fd, ok_reply("{}"));
    }
  }};
  auto posts_seen = [&](bool at_most_once) {
    http_caller caller;
    reply_to(caller, to(server.url()));
    posts = 0;
    auto call = order(server.url());
    call.at_most_once = at_most_once;
    CHECK(reply_to(caller, call).kind == http_reply::replied);
    return posts.load();
  };
  CHECK(posts_seen(false) == 2); // libcurl does it
  CHECK(posts_seen(true) == 1);
}

TEST_CASE("a reply is complete with as much of its body as is wanted") {
  scripted_server server{[&](int fd) {
    while (!read_request(fd).empty())
      write_text(fd, "HTTP/1.1 202 OK\r\nContent-Length: 100000000\r\n\r\n" +
                         std::string(70'000, 'x'));
  }};
  http_caller caller;
  auto call = to(server.url());
  call.body_bytes_enough = 65'536;
  auto reply = reply_to(caller, call);
  CHECK(reply.kind == http_reply::replied);
  CHECK(reply.status == 202);
  CHECK(reply.body == std::string(65'536, 'x'));
  // It may be shorter, but not cut.
  call.body_bytes_enough = 70'001;
  call.timeout = 200ms;
  CHECK(reply_to(caller, call).kind == http_reply::broken);
}

TEST_CASE("only so many requests wait for replies") {
  std::mutex guard;
  guard.lock();
  scripted_server server{[&](int fd) {
    read_request(fd);
    std::lock_guard wait{guard};
    write_text(fd, ok_reply("{}", "Connection: close\r\n"));
  }};
  http_caller_options options;
  options.outstanding_max = 2;
  http_caller caller{options};
  std::promise<http_reply> first;
  std::promise<http_reply> second;
  caller.send(to(server.url()),
              [&](http_reply x) { first.set_value(std::move(x)); });
  caller.send(to(server.url()),
              [&](http_reply x) { second.set_value(std::move(x)); });
  auto refused = reply_to(caller, to(server.url()));
  CHECK(refused.kind == http_reply::not_sent);
  CHECK(refused.why.find("2 requests") == 0);
  guard.unlock();
  CHECK(first.get_future().get().kind == http_reply::replied);
  CHECK(second.get_future().get().kind == http_reply::replied);
  CHECK(reply_to(caller, to(server.url())).kind == http_reply::replied);
}

TEST_CASE("a caller that ends answers what is under way") {
  std::promise<void> arrived;
  scripted_server server{[&](int fd) {
    if (!read_request(fd).empty())
      arrived.set_value();
    wait_for_end(fd);
  }};
  std::promise<http_reply> answer;
  {
    http_caller caller;
    caller.send(to(server.url()),
                [&](http_reply x) { answer.set_value(std::move(x)); });
    arrived.get_future().wait();
  }
  CHECK(answer.get_future().get().kind == http_reply::broken);
}

TEST_CASE("a caller may end from within a callback") {
  scripted_server server{answer_all};
  std::promise<http_reply> answer;
  auto caller = std::make_shared<http_caller>();
  auto& sender = *caller;
  sender.send(to(server.url()),
              [&, last = std::move(caller)](http_reply x) mutable {
                last.reset();
                answer.set_value(std::move(x));
              });
  CHECK(answer.get_future().get().kind == http_reply::replied);
}
