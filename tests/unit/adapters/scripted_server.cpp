#include "tests/unit/adapters/scripted_server.hpp"

#include <arpa/inet.h>
#include <csignal>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace holdfast::test {

scripted_server::scripted_server(script what)
    : what_(std::move(what)),
      listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in any{};
  any.sin_family = AF_INET;
  any.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto address = reinterpret_cast<sockaddr*>(&any);
  socklen_t size = sizeof any;
  if (bind(listener_, address, size) != 0 || listen(listener_, 64) != 0 ||
      getsockname(listener_, address, &size) != 0)
    throw std::runtime_error("no socket");
  port_ = ntohs(any.sin_port);
  acceptor_ = std::thread{[this] { serve(); }};
}

scripted_server::~scripted_server() {
  shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  for (auto fd : sockets_)
    shutdown(fd, SHUT_RDWR);
  for (auto& thread : threads_)
    thread.join();
  for (auto fd : sockets_)
    close(fd);
  close(listener_);
}

void scripted_server::serve() {
  // Clients close when they like; the threads of connections inherit this.
  sigset_t pipe;
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
  for (;;) {
    auto fd = accept(listener_, nullptr, nullptr);
    if (fd < 0)
      return;
    ++connections_;
    sockets_.push_back(fd);
    // Closed for the client when the script is done; the number stays ours.
    threads_.emplace_back([this, fd] {
      what_(fd);
      shutdown(fd, SHUT_RDWR);
    });
  }
}

std::string scripted_server::url() const {
  return "http://127.0.0.1:" + std::to_string(port_);
}

std::string read_request(int fd) {
  std::string text;
  std::size_t end = std::string::npos;
  while (end == std::string::npos || text.size() < end) {
    char part[4096];
    auto n = read(fd, part, sizeof part);
    if (n <= 0)
      return {};
    text.append(part, static_cast<std::size_t>(n));
    if (auto head = text.find("\r\n\r\n"); head != std::string::npos) {
      auto length = text.find("Content-Length: ");
      end = head + 4;
      if (length < head)
        end += std::stoul(text.substr(length + 16));
    }
  }
  return text;
}

void write_text(int fd, std::string_view text) {
  while (!text.empty()) {
    auto n = send(fd, text.data(), text.size(), MSG_NOSIGNAL);
    if (n <= 0)
      return; // the client has closed
    text.remove_prefix(static_cast<std::size_t>(n));
  }
}

std::string ok_reply(std::string_view body, std::string_view headers) {
  return "HTTP/1.1 200 OK\r\n" + std::string{headers} +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         std::string{body};
}

} // namespace holdfast::test
