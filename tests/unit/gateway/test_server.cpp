// An HTTP server for tests.
#include "tests/unit/gateway/test_server.hpp"

#include <stdexcept>

namespace holdfast::test {

namespace {

constexpr std::chrono::seconds patience{10};

http_response text(std::string body) {
  http_response what;
  what.content_type = "text/plain";
  what.body = std::move(body);
  return what;
}

} // namespace

test_server::test_server(http_limits limits, std::size_t io_threads,
                         std::shared_ptr<const tls_context> tls) {
  http_options options;
  options.limits = limits;
  options.io_threads = io_threads;
  options.tls = std::move(tls);
  options.body_bytes_max = [](std::string_view, std::string_view path) {
    return path == "/echo" ? std::size_t{1000} : std::size_t{10};
  };
  options.handler = [this](http_request request, reply answer) {
    handle(std::move(request), std::move(answer));
  };
  options.log = [this](const request_log& what) {
    std::lock_guard lock{guard_};
    logged_.push_back(what.status);
  };
  server = std::make_unique<http_server>(std::move(options));
  server->start();
}

void test_server::handle(http_request request, reply answer) {
  auto path = request.path;
  auto echo = request.method + " " + request.path + " " + request.query + "|" +
              request.body;
  {
    std::lock_guard lock{guard_};
    requests_.push_back(std::move(request));
  }
  if (path == "/echo")
    answer(text(echo));
  else if (path == "/large")
    answer(text(std::string(std::size_t{64} << 20, 'x')));
  else if (path == "/held" || path == "/polled")
    hold(std::move(answer), path == "/polled");
  else if (path == "/thrown")
    throw std::runtime_error("the handler broke");
  else
    answer(to_response(http_fault::method_not_allowed, ""));
}

void test_server::hold(reply answer, bool polled) {
  if (polled)
    answer.on_hangup([this] {
      std::lock_guard lock{guard_};
      ++hangups_;
      changed_.notify_all();
    });
  std::lock_guard lock{guard_};
  held_.push_back(std::move(answer));
  ++arrivals_;
  changed_.notify_all();
}

void test_server::await_arrivals(std::size_t count) {
  std::unique_lock lock{guard_};
  if (!changed_.wait_for(lock, patience, [&] { return arrivals_ >= count; }))
    throw std::runtime_error("the requests did not arrive");
}

void test_server::await_hangups(std::size_t count) {
  std::unique_lock lock{guard_};
  if (!changed_.wait_for(lock, patience, [&] { return hangups_ >= count; }))
    throw std::runtime_error("the hang-ups were not noticed");
}

void test_server::release_all() {
  std::vector<reply> now;
  {
    std::lock_guard lock{guard_};
    now.swap(held_);
  }
  for (auto& answer : now)
    answer(text("released"));
}

std::vector<http_request> test_server::requests() {
  std::lock_guard lock{guard_};
  return requests_;
}

std::vector<unsigned> test_server::logged() {
  std::lock_guard lock{guard_};
  return logged_;
}

std::size_t test_server::hangups() {
  std::lock_guard lock{guard_};
  return hangups_;
}

} // namespace holdfast::test
