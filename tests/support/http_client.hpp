// A blocking HTTP/1.1 client for tests: one keep-alive connection, split into
// "send" and "read" so that a test can hang up or stop in the middle.
// Must not know what Holdfast's calls mean.
#pragma once

#include <nlohmann/json.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>

namespace holdfast::test {

using json = nlohmann::json;
using header_map = std::map<std::string, std::string>;

/// The connection broke or stayed silent before a whole answer was there:
/// what the server did with the request is unknown.
class connection_lost : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

struct http_response {
  int status = 0;
  header_map headers; ///< names in lower case
  std::string text;   ///< the body as sent
  json body;          ///< the body parsed; null when it is not JSON

  /// The value of a header, empty when absent. `name` in lower case.
  std::string header(const std::string& name) const;
};

class http_client {
public:
  explicit http_client(std::uint16_t port, std::chrono::milliseconds patience =
                                               std::chrono::seconds{30});
  ~http_client();
  http_client(const http_client&) = delete;
  http_client& operator=(const http_client&) = delete;
  http_client(http_client&& other) noexcept;
  http_client& operator=(http_client&& other) noexcept;

  /// Sends a request and reads its answer. A body gets
  /// `Content-Type: application/json` unless `headers` say otherwise.
  /// @throws connection_lost
  http_response send(const std::string& method, const std::string& target,
                     const std::string& body = {},
                     const header_map& headers = {});

  http_response get(const std::string& target);
  http_response del(const std::string& target);
  http_response post(const std::string& target, const json& body,
                     const header_map& headers = {});

  /// Only sends; `finish` reads the answer.
  void begin(const std::string& method, const std::string& target,
             const std::string& body = {}, const header_map& headers = {});
  http_response finish(bool head = false);

  /// Sends bytes as they are; a peer that closed already is no error, since
  /// its answer may still be readable.
  void send_raw(std::string_view bytes);

  /// Reads bytes as they are, up to `end`, and answers them with it.
  /// @throws connection_lost
  std::string read_until(std::string_view end);

  /// Reads until the peer closes; true when it did so within the patience.
  bool peer_closes();

  /// True when an answer, or the end, is there to be read within `wait`.
  bool readable(std::chrono::milliseconds wait);

  void connect();
  void hang_up();

private:
  void fill();
  std::string take_line();
  std::string take(std::size_t count);
  void read_body(http_response& into, bool head);

  std::uint16_t port_;
  std::chrono::milliseconds patience_;
  int fd_ = -1;
  std::string buffer_;
};

} // namespace holdfast::test
