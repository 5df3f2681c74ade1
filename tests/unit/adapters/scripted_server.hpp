// A server on a raw socket that does what a test says, connection by
// connection, and counts. Must not know the client.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace holdfast::test {

/// Serves each connection on a thread of its own.
class scripted_server {
public:
  /// Called with the socket of each connection, which is shut down afterwards.
  using script = std::function<void(int fd)>;

  explicit scripted_server(script what);
  ~scripted_server();
  scripted_server(const scripted_server&) = delete;
  scripted_server& operator=(const scripted_server&) = delete;

  std::string url() const; ///< "http://127.0.0.1:PORT"
  std::uint16_t port() const { return port_; }
  int connections() const { return connections_; }

private:
  void serve();

  script what_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<int> connections_ = 0;
  std::vector<int> sockets_;         ///< the acceptor's, until it has ended
  std::vector<std::thread> threads_; ///< the same
  std::thread acceptor_;
};

/// The next request with its body; empty when the client has closed.
std::string read_request(int fd);

void write_text(int fd, std::string_view text);

/// "HTTP/1.1 200 OK" with this body.
std::string ok_reply(std::string_view body, std::string_view headers = {});

} // namespace holdfast::test
