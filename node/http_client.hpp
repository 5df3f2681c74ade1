// An HTTP client for the commands that talk to a running node.
// Must not know what is asked.
#pragma once

#include "messages/percent_encoding.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace holdfast {

struct client_request {
  std::string method = "GET";
  std::string target; ///< path and query, percent-encoded
  std::string body;   ///< sent as application/json unless empty
  /// How long the answer may take; 0: longer than the longest long poll.
  std::chrono::milliseconds timeout{0};
};

struct client_response {
  int status = 0; ///< 0: there was no answer, see `error`
  std::string body;
  std::string error;     ///< why there was no answer
  bool replayed = false; ///< the header `Idempotent-Replayed: true`
};

/// Sends requests and hands each answer to a callback, all on one thread.
class http_transport {
public:
  using callback = std::function<void(client_response)>;

  virtual ~http_transport() = default;

  /// Starts a request. `done` is called once, from inside `poll`.
  virtual void send(client_request what, callback done) = 0;

  /// Does the work at hand; waits up to `at_most` when there is none.
  virtual void poll(std::chrono::milliseconds at_most) = 0;
};

/// Where a node is, and who calls.
struct node_access {
  std::string url;     ///< "http://host:port"; a path comes before all targets
  std::string token;   ///< sent as `Authorization: Bearer`; empty: none
  std::string ca_file; ///< PEM; trusted for https in place of the system's
};

/// The transport over real connections, which are kept and used again.
class http_client : public http_transport {
public:
  /// @throws std::invalid_argument when the URL is none, the token has other
  /// bytes than visible ASCII, or the file cannot be read.
  explicit http_client(node_access to);
  explicit http_client(std::string url)
      : http_client(node_access{std::move(url), {}, {}}) {}
  ~http_client() override;

  void send(client_request what, callback done) override;
  void poll(std::chrono::milliseconds at_most) override;

  /// `poll` returns early when one of `fds` can be read.
  void wake_on(std::vector<int> fds);

  /// Sends one request and waits for its answer.
  client_response call(client_request what);

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace holdfast
