// A blocking TCP client for tests: sends bytes as told, reads what comes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace holdfast::test {

/// What came back, taken apart. `status` 0: the connection ended instead.
struct raw_answer {
  int status = 0;
  std::string head; ///< status line and headers
  std::string body;

  bool has_header(std::string_view line) const;
  /// The header's value; empty when it is not there.
  std::string header(std::string_view name) const;
};

/// One connection to 127.0.0.1. Every read gives up after ten seconds, so a
/// test that would hang fails instead.
class raw_client {
public:
  explicit raw_client(std::uint16_t port);
  ~raw_client();

  raw_client(raw_client&& other) noexcept
      : fd_(std::exchange(other.fd_, -1)), input_(std::move(other.input_)) {}
  raw_client(const raw_client&) = delete;
  raw_client& operator=(const raw_client&) = delete;

  /// False when the server has closed the connection.
  bool send(std::string_view bytes);

  /// Reads one answer. `has_body` false: it answers a HEAD request.
  raw_answer receive(bool has_body = true);

  /// Sends a request and reads its answer.
  raw_answer call(std::string_view method, std::string_view target,
                  std::string_view body = {}, std::string_view headers = {});

  /// Reads up to `end` and answers what came, `end` with it; less when the
  /// server ends the connection before.
  std::string read_until(std::string_view end);

  /// Reads until the server ends the connection, and answers what came.
  std::string read_to_end();

  /// Ends the direction to the server: it reads to the end, and can answer.
  void shut_down_sending();

  /// Closes so that the server sees a reset.
  void reset();

  void close();

private:
  bool read_more();

  int fd_ = -1;
  std::string input_;
};

/// The bytes of a request with the usual headers.
std::string request_text(std::string_view method, std::string_view target,
                         std::string_view body = {},
                         std::string_view headers = {});

} // namespace holdfast::test
