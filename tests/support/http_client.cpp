// Sockets and the little of HTTP/1.1 that reading an answer takes.
// Must not retry anything: the tests decide what is safe to repeat.
#include "tests/support/http_client.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <cctype>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace holdfast::test {

namespace {

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return std::tolower(c); });
  return text;
}

std::string trimmed(const std::string& text) {
  auto first = text.find_first_not_of(" \t");
  if (first == std::string::npos)
    return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

} // namespace

std::string http_response::header(const std::string& name) const {
  auto found = headers.find(name);
  return found == headers.end() ? std::string{} : found->second;
}

http_client::http_client(std::uint16_t port, std::chrono::milliseconds patience)
    : port_(port), patience_(patience) {}

http_client::~http_client() { hang_up(); }

http_client::http_client(http_client&& other) noexcept
    : port_(other.port_), patience_(other.patience_),
      fd_(std::exchange(other.fd_, -1)), buffer_(std::move(other.buffer_)) {}

http_client& http_client::operator=(http_client&& other) noexcept {
  if (this != &other) {
    hang_up();
    port_ = other.port_;
    patience_ = other.patience_;
    fd_ = std::exchange(other.fd_, -1);
    buffer_ = std::move(other.buffer_);
  }
  return *this;
}

http_response http_client::send(const std::string& method,
                                const std::string& target,
                                const std::string& body,
                                const header_map& headers) {
  begin(method, target, body, headers);
  return finish(method == "HEAD");
}

http_response http_client::get(const std::string& target) {
  return send("GET", target);
}

http_response http_client::del(const std::string& target) {
  return send("DELETE", target);
}

http_response http_client::post(const std::string& target, const json& body,
                                const header_map& headers) {
  return send("POST", target, body.dump(), headers);
}

void http_client::begin(const std::string& method, const std::string& target,
                        const std::string& body, const header_map& headers) {
  auto text = method + " " + target + " HTTP/1.1\r\nHost: 127.0.0.1\r\n";
  bool typed = false;
  for (const auto& [name, value] : headers) {
    text += name + ": " + value + "\r\n";
    typed = typed || lower(name) == "content-type";
  }
  if (!body.empty() && !typed)
    text += "Content-Type: application/json\r\n";
  if (!body.empty() || method == "POST" || method == "PUT")
    text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  if (fd_ < 0)
    connect();
  send_raw(text + "\r\n" + body);
}

http_response http_client::finish(bool head) {
  http_response answer;
  do {
    auto line = take_line();
    if (line.compare(0, 7, "HTTP/1.") != 0 || line.size() < 12)
      throw std::runtime_error("not an HTTP status line: " + line);
    answer.status = std::stoi(line.substr(9, 3));
    answer.headers.clear();
    for (line = take_line(); !line.empty(); line = take_line()) {
      auto colon = line.find(':');
      if (colon == std::string::npos)
        throw std::runtime_error("not an HTTP header: " + line);
      answer.headers[lower(line.substr(0, colon))] =
          trimmed(line.substr(colon + 1));
    }
  } while (answer.status < 200);
  read_body(answer, head);
  answer.body = json::parse(answer.text, nullptr, false);
  if (answer.body.is_discarded())
    answer.body = nullptr;
  if (lower(answer.header("connection")) == "close")
    hang_up();
  return answer;
}

void http_client::send_raw(std::string_view bytes) {
  if (fd_ < 0)
    connect();
  while (!bytes.empty()) {
    auto sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0)
      return; // the answer, or its absence, tells
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

std::string http_client::read_until(std::string_view end) {
  auto found = buffer_.find(end);
  while (found == std::string::npos) {
    fill();
    found = buffer_.find(end);
  }
  return take(found + end.size());
}

bool http_client::peer_closes() {
  try {
    for (;;)
      fill();
  } catch (const connection_lost&) {
    return fd_ < 0;
  }
}

bool http_client::readable(std::chrono::milliseconds wait) {
  if (!buffer_.empty())
    return true;
  pollfd ready{fd_, POLLIN, 0};
  return ::poll(&ready, 1, static_cast<int>(wait.count())) > 0;
}

void http_client::connect() {
  hang_up();
  fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd_ < 0)
    throw std::runtime_error("no socket left");
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port_);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof(address))) {
    hang_up();
    throw connection_lost("connection refused");
  }
  int on = 1;
  ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

void http_client::hang_up() {
  if (fd_ >= 0)
    ::close(fd_);
  fd_ = -1;
  buffer_.clear();
}

void http_client::fill() {
  if (fd_ < 0)
    throw connection_lost("not connected");
  pollfd ready{fd_, POLLIN, 0};
  auto count = ::poll(&ready, 1, static_cast<int>(patience_.count()));
  if (count == 0)
    throw connection_lost("no answer in time");
  char chunk[16384];
  auto got = ::recv(fd_, chunk, sizeof(chunk), 0);
  if (got <= 0) {
    auto rest = buffer_.size();
    hang_up();
    throw connection_lost("peer closed with " + std::to_string(rest) +
                          " bytes unread");
  }
  buffer_.append(chunk, static_cast<std::size_t>(got));
}

std::string http_client::take_line() {
  auto end = buffer_.find("\r\n");
  while (end == std::string::npos) {
    fill();
    end = buffer_.find("\r\n");
  }
  auto line = buffer_.substr(0, end);
  buffer_.erase(0, end + 2);
  return line;
}

std::string http_client::take(std::size_t count) {
  while (buffer_.size() < count)
    fill();
  auto bytes = buffer_.substr(0, count);
  buffer_.erase(0, count);
  return bytes;
}

void http_client::read_body(http_response& into, bool head) {
  if (head || into.status == 204 || into.status == 304)
    return;
  if (lower(into.header("transfer-encoding")) == "chunked") {
    for (;;) {
      auto size = std::stoul(take_line(), nullptr, 16);
      into.text += take(size);
      take_line();
      if (size == 0)
        return;
    }
  }
  auto length = into.header("content-length");
  if (length.empty())
    throw std::runtime_error("an answer without a length");
  into.text = take(std::stoul(length));
}

} // namespace holdfast::test
