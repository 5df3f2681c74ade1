// Calls other services over HTTP and TLS, from a thread of its own.
// Must not know CAF, nor whom it calls and why.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace holdfast {

/// One request. URL and headers must not hold line breaks.
struct http_call {
  std::string method = "GET";
  std::string url;                  ///< http:// or https://, complete
  std::vector<std::string> headers; ///< "Name: value"
  std::string body;
  std::chrono::milliseconds timeout{3000}; ///< until the reply is complete
  /// Sent once or not at all, on a connection of its own. Without this a kept
  /// connection may be used, and libcurl repeats a request by itself, a POST
  /// too, when it finds that connection closed.
  bool at_most_once = false;
  /// A reply is complete with that much of its body; the rest is not read.
  /// 0: all of it counts.
  std::size_t body_bytes_enough = 0;
};

/// What came of a request.
struct http_reply {
  enum kind_type : std::uint8_t {
    not_sent, ///< surely no byte of it left: no address, route or valid TLS
    broken,   ///< sent, at least in part, and there is no complete reply
    replied,  ///< the rest has it
  };
  kind_type kind = not_sent;
  int status = 0;
  std::string body;
  std::string retry_after; ///< the header's value; empty: there was none
  std::string why;         ///< unless replied; without path and query
};

struct http_caller_options {
  /// Requests begun and not yet answered; more are answered `not_sent`.
  std::size_t outstanding_max = 256;
  /// A reply with more than this is `broken`.
  std::size_t body_bytes_max = 1 << 20;
  std::size_t header_bytes_max = 1 << 16;
  /// PEM; trusted in place of the system's authorities. Empty: those.
  std::string ca_file;
};

/// An HTTP/1.1 client. Certificates and names are always verified, redirects
/// never followed, and no proxy is taken from the environment: which way an
/// order goes is not for a variable to say. Thread-safe.
class http_caller {
public:
  /// Called once for each request, from the caller's own thread, or from
  /// within `send` or the destructor. Must neither block nor throw.
  using callback = std::function<void(http_reply)>;

  /// @throws std::runtime_error when libcurl does not start.
  explicit http_caller(http_caller_options options = {});

  /// Gives up what is under way, and answers it. May be called from within a
  /// callback.
  ~http_caller();

  http_caller(const http_caller&) = delete;
  http_caller& operator=(const http_caller&) = delete;

  /// Begins a request. Never blocks.
  void send(http_call what, callback done);

private:
  struct impl;
  std::shared_ptr<impl> impl_;
};

} // namespace holdfast
