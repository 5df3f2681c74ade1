// One keep-alive connection with one request at a time, cheap and unforgiving.
// Must not know what is asked.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace holdfast::bench {

/// Where a node listens: an IPv4 address and a port.
struct endpoint {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;
  std::string token = {}; ///< sent as `Authorization: Bearer`; empty: none
};

/// Reads `http://127.0.0.1:8080`, with or without a slash at its end.
/// @throws std::invalid_argument
endpoint parse_url(const std::string& url);

/// A port that nobody listens on at the moment.
std::uint16_t free_port();

struct http_answer {
  int status = 0;
  std::string_view body;
};

/// All calls throw std::runtime_error when the connection fails or the answer
/// is no HTTP with a Content-Length.
class http_connection {
public:
  explicit http_connection(const endpoint& to);
  ~http_connection();
  http_connection(http_connection&& other) noexcept;
  http_connection(const http_connection&) = delete;
  http_connection& operator=(const http_connection&) = delete;

  int fd() const { return fd_; }

  /// Sends as much as the socket takes.
  void ask(std::string_view method, std::string_view path,
           std::string_view body);
  /// Sends the rest; false: there still is some.
  bool flush();
  /// Reads what has come; true: the answer is complete. It is valid until the
  /// next `ask`.
  bool take();
  const http_answer& answer() const { return answer_; }

  /// Waits for the answer, up to `timeout_ms`.
  const http_answer& wait(int timeout_ms);

private:
  bool parse();

  int fd_ = -1;
  std::string host_;
  std::string authorization_; ///< the header line, or nothing
  std::string out_;
  std::size_t sent_ = 0;
  std::string in_;
  http_answer answer_;
};

/// What stands behind `"name":` in compact JSON: a number, or a string without
/// its quotes. Good for ids and tokens, which have no escapes. Empty: nothing.
std::string_view json_field(std::string_view json, std::string_view name);

} // namespace holdfast::bench
