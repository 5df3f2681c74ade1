// An HTTP server for tests: echoes, holds requests, and tells what it saw.
#pragma once

#include "gateway/http_server.hpp"
#include "tests/unit/gateway/raw_client.hpp"

#include <condition_variable>
#include <mutex>
#include <vector>

namespace holdfast::test {

/// `/echo` answers the request itself; `/held` waits for `release_all`;
/// `/polled` as well, and hears of hang-ups; `/thrown` throws; all others 404.
class test_server {
public:
  explicit test_server(http_limits limits = {}, std::size_t io_threads = 1,
                       std::shared_ptr<const tls_context> tls = nullptr);

  std::uint16_t port() const { return server->port(); }

  /// Blocks until as many held or polled requests have arrived in all.
  void await_arrivals(std::size_t count);

  /// Blocks until as many hang-ups were heard of in all.
  void await_hangups(std::size_t count);

  /// Answers every held request, from this thread.
  void release_all();

  std::vector<http_request> requests(); ///< all that were handled
  std::vector<unsigned> logged();       ///< statuses of all answers
  std::size_t hangups();

private:
  void handle(http_request request, reply answer);
  void hold(reply answer, bool polled);

  std::mutex guard_;
  std::condition_variable changed_;
  std::vector<http_request> requests_;
  std::vector<reply> held_;
  std::vector<unsigned> logged_;
  std::size_t arrivals_ = 0;
  std::size_t hangups_ = 0;

public:
  /// Last, so that it ends before what its threads use.
  std::unique_ptr<http_server> server;
};

} // namespace holdfast::test
