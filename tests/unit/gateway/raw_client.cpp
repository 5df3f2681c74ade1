// A blocking TCP client for tests.
#include "tests/unit/gateway/raw_client.hpp"

#include "gateway/http_types.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

namespace holdfast::test {

bool raw_answer::has_header(std::string_view line) const {
  return head.find("\r\n" + std::string{line} + "\r\n") != std::string::npos;
}

std::string raw_answer::header(std::string_view name) const {
  std::string_view rest = head;
  for (;;) {
    auto end = rest.find("\r\n");
    if (end == std::string_view::npos)
      return {};
    rest.remove_prefix(end + 2);
    auto colon = rest.find(':');
    if (colon != std::string_view::npos &&
        equal_ignoring_case(rest.substr(0, colon), name)) {
      auto value = rest.substr(colon + 2);
      return std::string{value.substr(0, value.find("\r\n"))};
    }
  }
}

raw_client::raw_client(std::uint16_t port) {
  fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (fd_ < 0 || ::connect(fd_, reinterpret_cast<sockaddr*>(&to), sizeof to))
    throw std::runtime_error("cannot connect");
  int on = 1;
  ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  timeval limit{10, 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
}

raw_client::~raw_client() { close(); }

void raw_client::close() {
  if (fd_ >= 0)
    ::close(fd_);
  fd_ = -1;
}

void raw_client::reset() {
  linger now{1, 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  close();
}

void raw_client::shut_down_sending() { ::shutdown(fd_, SHUT_WR); }

bool raw_client::send(std::string_view bytes) {
  while (!bytes.empty()) {
    auto sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0)
      return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool raw_client::read_more() {
  char buffer[16 * 1024];
  auto size = ::recv(fd_, buffer, sizeof buffer, 0);
  if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
    throw std::runtime_error("the server said nothing for ten seconds");
  if (size <= 0)
    return false;
  input_.append(buffer, static_cast<std::size_t>(size));
  return true;
}

raw_answer raw_client::receive(bool has_body) {
  raw_answer answer;
  std::size_t end = 0;
  while ((end = input_.find("\r\n\r\n")) == std::string::npos)
    if (!read_more())
      return answer;
  answer.head = input_.substr(0, end + 2);
  answer.status = std::stoi(answer.head.substr(9, 3));
  input_.erase(0, end + 4);
  auto length = answer.header("Content-Length");
  if (!has_body || length.empty())
    return answer;
  while (input_.size() < std::stoul(length))
    if (!read_more())
      return {};
  answer.body = input_.substr(0, std::stoul(length));
  input_.erase(0, answer.body.size());
  return answer;
}

raw_answer raw_client::call(std::string_view method, std::string_view target,
                            std::string_view body, std::string_view headers) {
  send(request_text(method, target, body, headers));
  return receive(method != "HEAD");
}

std::string raw_client::read_until(std::string_view end) {
  std::size_t found = 0;
  while ((found = input_.find(end)) == std::string::npos)
    if (!read_more())
      return std::move(input_);
  auto text = input_.substr(0, found + end.size());
  input_.erase(0, text.size());
  return text;
}

std::string raw_client::read_to_end() {
  while (read_more()) {
  }
  return std::move(input_);
}

std::string request_text(std::string_view method, std::string_view target,
                         std::string_view body, std::string_view headers) {
  std::string text{method};
  text += ' ';
  text += target;
  text += " HTTP/1.1\r\nHost: localhost\r\n";
  text += headers;
  if (!body.empty()) {
    text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    if (headers.find("Content-Type") == std::string_view::npos)
      text += "Content-Type: application/json\r\n";
  }
  text += "\r\n";
  text += body;
  return text;
}

} // namespace holdfast::test
