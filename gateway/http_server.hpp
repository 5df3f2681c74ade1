// An HTTP/1.1 server: connections, limits and time-outs, no routes.
// Must not know what is served; Boost stays in the .cpp files.
#pragma once

#include "gateway/http_parser.hpp"
#include "gateway/http_types.hpp"
#include "gateway/tls_context.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace holdfast {

/// What clients may ask of the server. The body's size is limited by route.
struct http_limits {
  /// Request line, headers and the empty line together. Beyond: 431.
  std::size_t header_bytes_max = 16 * 1024;
  /// Open connections. Beyond: 429 and close; if there are very many too many,
  /// just close.
  std::size_t connections_max = 10'000;
  /// Bytes of bodies being read or worked on, of all connections. Beyond: 429.
  std::size_t body_bytes_total_max = std::size_t{512} << 20;
  /// From the first byte of a request to the end of its head. Beyond: 408.
  /// For the handshake of TLS as well. Beyond: close.
  std::chrono::milliseconds header_timeout{10'000};
  /// From the end of the head to the end of the body. Beyond: 408.
  std::chrono::milliseconds body_timeout{30'000};
  /// Between requests, and before the first one. Beyond: close.
  std::chrono::milliseconds idle_timeout{60'000};
  /// For one answer to be taken. Beyond: close.
  std::chrono::milliseconds write_timeout{30'000};
  /// For the handler to answer, unless it asks for more. Beyond: 503.
  std::chrono::milliseconds answer_timeout{30'000};
  /// Of a stream, written and not yet taken by the network. Who is behind, and
  /// then passes this: close.
  std::size_t stream_bytes_max = std::size_t{1} << 20;
  /// A stream sends something at least this often.
  std::chrono::milliseconds stream_heartbeat{15'000};
};

struct http_options {
  std::string host = "127.0.0.1"; ///< an IP address, v4 or v6
  std::uint16_t port = 0;         ///< 0: any free one
  std::size_t io_threads = 1;
  http_limits limits;
  /// Null: plain HTTP.
  std::shared_ptr<const tls_context> tls;
  /// Seeds the ids of requests that bring none; empty: the machine's.
  std::function<std::uint64_t()> random;
  /// Judges every request by its head, before its body is read, and may set
  /// its `caller`; an answer refuses it. On the I/O threads. May be empty.
  std::function<std::optional<http_response>(http_request&)> admit;
  /// How large the body for a route may be. On the I/O threads.
  body_limit_function body_bytes_max;
  /// Gets every complete request, on its connection's I/O thread; must not
  /// block. The next request of a connection is read after the answer.
  std::function<void(http_request, reply)> handler;
  /// Says otherwise, for some paths, what an answer of 400 or more says. On the
  /// I/O threads. May be empty.
  std::function<std::optional<http_response>(std::string_view path,
                                             const http_response&)>
      reword;
  /// Hears of every answer, on the I/O threads. May be empty.
  std::function<void(const request_log&)> log;
};

/// Serves on threads of its own from `start` to `stop`.
class http_server {
public:
  /// Listens: clients can connect, and wait for `start`.
  /// @throws std::runtime_error when the address cannot be listened on.
  explicit http_server(http_options options);

  /// Stops without waiting for anybody.
  ~http_server();

  http_server(const http_server&) = delete;
  http_server& operator=(const http_server&) = delete;

  /// Begins to serve. Once.
  void start();

  /// Connections from now on show another certificate. Any thread; only on a
  /// server that began with TLS.
  void use_tls(std::shared_ptr<const tls_context> tls);

  /// The port listened on.
  std::uint16_t port() const;

  /// The queues that bring work to the I/O threads, by `io_thread`.
  const std::vector<std::shared_ptr<task_queue>>& io() const;

  /// Accepts nothing more, closes idle connections, answers long polls (those
  /// with an `on_hangup`) 503 at once and everybody else after half of
  /// `within`, lets answers be written, and returns when all are gone, or after
  /// `within`. Calling it again does nothing. Not from an I/O thread.
  void stop(std::chrono::milliseconds within);

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace holdfast
