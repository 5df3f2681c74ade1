// The socket of a service manager, as sd_notify(3) has it.
#pragma once

#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstring>
#include <optional>
#include <stdexcept>
#include <string>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

namespace holdfast::test {

class notify_socket {
public:
  /// `name`: a path, or an abstract name after '@'.
  explicit notify_socket(const std::string& name)
      : fd_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un at{};
    at.sun_family = AF_UNIX;
    std::memcpy(at.sun_path, name.data(), name.size());
    if (at.sun_path[0] == '@')
      at.sun_path[0] = '\0';
    auto length =
        static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
    if (::bind(fd_, reinterpret_cast<sockaddr*>(&at), length) != 0)
      throw std::runtime_error{"cannot listen on " + name + ": " +
                               std::strerror(errno)};
  }
  ~notify_socket() { ::close(fd_); }
  notify_socket(const notify_socket&) = delete;
  notify_socket& operator=(const notify_socket&) = delete;

  /// What is said next; nothing when nothing is within this time.
  std::optional<std::string> hear(std::chrono::milliseconds within) {
    using namespace std::chrono;
    auto s = duration_cast<seconds>(within);
    timeval patience{s.count(), microseconds{within - s}.count()};
    if (patience.tv_sec == 0 && patience.tv_usec == 0)
      patience.tv_usec = 1;
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    char text[4096];
    auto got = ::recv(fd_, text, sizeof text, 0);
    if (got < 0)
      return std::nullopt;
    return std::string(text, static_cast<std::size_t>(got));
  }

  /// Whether this is said within that time, whatever else is.
  bool hears(const std::string& what, std::chrono::milliseconds within) {
    auto end = std::chrono::steady_clock::now() + within;
    while (std::chrono::steady_clock::now() < end) {
      auto said = hear(std::chrono::duration_cast<std::chrono::milliseconds>(
          end - std::chrono::steady_clock::now()));
      if (said && said->find(what) != std::string::npos)
        return true;
    }
    return false;
  }

private:
  int fd_;
};

} // namespace holdfast::test
