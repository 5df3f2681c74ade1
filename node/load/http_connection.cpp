#include "node/load/http_connection.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdexcept>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace holdfast::bench {

namespace {

[[noreturn]] void fail(const std::string& doing) {
  throw std::runtime_error{doing + ": " + std::strerror(errno)};
}

sockaddr_in to_sockaddr(const endpoint& to) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(to.port);
  if (inet_pton(AF_INET, to.address.c_str(), &address.sin_addr) != 1)
    throw std::invalid_argument{"not an IPv4 address: " + to.address};
  return address;
}

const sockaddr* generic(const sockaddr_in& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

template <class T>
bool read_number(std::string_view text, T& x) {
  auto end = text.data() + text.size();
  return std::from_chars(text.data(), end, x).ec == std::errc{};
}

} // namespace

endpoint parse_url(const std::string& url) {
  std::string_view rest{url};
  constexpr std::string_view scheme = "http://";
  if (!rest.starts_with(scheme))
    throw std::invalid_argument{"a URL starts with http://, not so " + url};
  rest.remove_prefix(scheme.size());
  if (rest.ends_with('/'))
    rest.remove_suffix(1);
  auto colon = rest.find(':');
  endpoint result{std::string{rest.substr(0, colon)}, 80, {}};
  if (result.address == "localhost")
    result.address = "127.0.0.1";
  if (colon != std::string_view::npos &&
      !read_number(rest.substr(colon + 1), result.port))
    throw std::invalid_argument{"no port in " + url};
  to_sockaddr(result);
  return result;
}

std::uint16_t free_port() {
  auto fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  auto address = to_sockaddr({});
  socklen_t size = sizeof(address);
  auto good =
      fd >= 0 && bind(fd, generic(address), size) == 0 &&
      getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  if (!good)
    fail("cannot find a free port");
  close(fd);
  return ntohs(address.sin_port);
}

http_connection::http_connection(const endpoint& to)
    : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)), host_(to.address) {
  if (!to.token.empty())
    authorization_ = "\r\nAuthorization: Bearer " + to.token;
  if (fd_ < 0)
    fail("cannot make a socket");
  auto address = to_sockaddr(to);
  auto on = 1;
  // Connects before it becomes non-blocking: the node is on this machine.
  if (connect(fd_, generic(address), sizeof(address)) != 0) {
    auto why = errno;
    close(fd_);
    errno = why;
    fail("cannot connect to port " + std::to_string(to.port));
  }
  setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

http_connection::~http_connection() {
  if (fd_ >= 0)
    close(fd_);
}

http_connection::http_connection(http_connection&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), host_(std::move(other.host_)),
      authorization_(std::move(other.authorization_)) {}

void http_connection::ask(std::string_view method, std::string_view path,
                          std::string_view body) {
  in_.clear();
  answer_ = {};
  sent_ = 0;
  out_.assign(method).append(" ").append(path).append(" HTTP/1.1\r\nHost: ");
  out_.append(host_).append(authorization_);
  if (!body.empty())
    out_.append("\r\nContent-Type: application/json\r\nContent-Length: ")
        .append(std::to_string(body.size()));
  out_.append("\r\n\r\n").append(body);
  flush();
}

bool http_connection::flush() {
  while (sent_ < out_.size()) {
    auto n = send(fd_, out_.data() + sent_, out_.size() - sent_,
                  MSG_DONTWAIT | MSG_NOSIGNAL);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
      return false;
    if (n < 0)
      fail("cannot send");
    sent_ += static_cast<std::size_t>(n);
  }
  return true;
}

bool http_connection::take() {
  constexpr std::size_t chunk = 16 * 1024;
  auto had = in_.size();
  in_.resize(had + chunk);
  auto n = recv(fd_, in_.data() + had, chunk, MSG_DONTWAIT);
  auto why = errno;
  in_.resize(had + (n > 0 ? static_cast<std::size_t>(n) : 0));
  if (n == 0)
    throw std::runtime_error{"the node closed a connection"};
  if (n < 0 && why != EAGAIN && why != EINTR) {
    errno = why;
    fail("cannot receive");
  }
  return parse();
}

bool http_connection::parse() {
  std::string_view text{in_};
  auto head_end = text.find("\r\n\r\n");
  if (head_end == std::string_view::npos)
    return false;
  auto head = text.substr(0, head_end + 2);
  auto length = std::string_view::npos;
  constexpr std::string_view wanted = "\ncontent-length:";
  for (auto at = head.find('\n'); at != std::string_view::npos;
       at = head.find('\n', at + 1)) {
    auto line = head.substr(at);
    if (line.size() > wanted.size() &&
        strncasecmp(line.data(), wanted.data(), wanted.size()) == 0) {
      line.remove_prefix(wanted.size());
      line.remove_prefix(std::min(line.size(), line.find_first_not_of(' ')));
      read_number(line, length);
    }
  }
  constexpr std::string_view version = "HTTP/1.1 ";
  if (!head.starts_with(version) ||
      !read_number(head.substr(version.size()), answer_.status) ||
      length == std::string_view::npos)
    throw std::runtime_error{"an answer that is not understood: " +
                             std::string{head}};
  auto body = text.substr(head_end + 4);
  if (body.size() < length)
    return false;
  answer_.body = body.substr(0, length);
  return true;
}

const http_answer& http_connection::wait(int timeout_ms) {
  pollfd ready{fd_, POLLIN, 0};
  while (poll(&ready, 1, timeout_ms) > 0)
    if (take())
      return answer_;
  throw std::runtime_error{"no answer in time"};
}

std::string_view json_field(std::string_view json, std::string_view name) {
  auto wanted = '"' + std::string{name} + "\":";
  auto at = json.find(wanted);
  if (at == std::string_view::npos)
    return {};
  json.remove_prefix(at + wanted.size());
  if (!json.starts_with('"'))
    return json.substr(0, json.find_first_of(",}]"));
  json.remove_prefix(1);
  return json.substr(0, json.find('"'));
}

} // namespace holdfast::bench
