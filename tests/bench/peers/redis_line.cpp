#include "bench/peers/redis_line.hpp"

#include <arpa/inet.h>
#include <cerrno>
#include <cstring>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

namespace holdfast::bench {

namespace {

[[noreturn]] void fail(const std::string& doing) {
  throw std::runtime_error{"redis: " + doing + ": " + std::strerror(errno)};
}

/// How RESP writes a command.
std::string command(const std::vector<std::string_view>& words) {
  auto text = '*' + std::to_string(words.size()) + "\r\n";
  for (auto word : words)
    text.append("$")
        .append(std::to_string(word.size()))
        .append("\r\n")
        .append(word)
        .append("\r\n");
  return text;
}

class redis_line : public peer_line {
public:
  redis_line(std::uint16_t port, std::size_t number)
      : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)),
        key_("trade:BTCUSDT:BUY:snipe-" + std::to_string(number)),
        owner_("client-" + std::to_string(number) + "-") {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd_ < 0 ||
        connect(fd_, reinterpret_cast<sockaddr*>(&to), sizeof(to)) != 0)
      fail("cannot connect");
    auto on = 1;
    setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    script_ = load_script();
  }
  ~redis_line() override {
    if (fd_ >= 0)
      close(fd_);
  }
  redis_line(const redis_line&) = delete;
  redis_line& operator=(const redis_line&) = delete;

  int fd() const override { return fd_; }

  void acquire() override {
    token_ = owner_ + std::to_string(++cycle_);
    ask({"SET", key_, token_, "NX", "PX", "30000"}, "+OK\r\n");
  }

  void release() override {
    ask({"EVALSHA", script_, "1", key_, token_}, ":1\r\n");
  }

  bool flush() override {
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

  bool take() override {
    receive();
    if (!in_.ends_with("\r\n"))
      return false;
    if (in_ != wanted_)
      throw std::runtime_error{"redis: unexpected answer " + in_};
    return true;
  }

private:
  void ask(const std::vector<std::string_view>& words,
           std::string_view wanted) {
    out_ = command(words);
    wanted_ = wanted;
    sent_ = 0;
    in_.clear();
    flush();
  }

  void receive() {
    char buffer[512];
    auto n = recv(fd_, buffer, sizeof(buffer), MSG_DONTWAIT);
    if (n == 0)
      throw std::runtime_error{"redis: the connection was closed"};
    if (n < 0 && errno != EAGAIN && errno != EINTR)
      fail("cannot receive");
    if (n > 0)
      in_.append(buffer, static_cast<std::size_t>(n));
  }

  /// The script's name; it is "$40\r\n<40 digits>\r\n" that Redis answers.
  std::string load_script() {
    constexpr std::size_t head = 5;
    constexpr std::size_t digits = 40;
    ask({"SCRIPT", "LOAD",
         "if redis.call('get',KEYS[1])==ARGV[1] then "
         "return redis.call('del',KEYS[1]) else return 0 end"},
        {});
    pollfd ready{fd_, POLLIN, 0};
    while (in_.size() < head + digits + 2) {
      if (poll(&ready, 1, 5000) <= 0)
        throw std::runtime_error{"redis: no answer in time"};
      receive();
    }
    if (!in_.starts_with("$40\r\n"))
      throw std::runtime_error{"redis: unexpected answer " + in_};
    return in_.substr(head, digits);
  }

  int fd_ = -1;
  std::string key_;
  std::string owner_;
  std::string script_;
  std::string token_;
  std::uint64_t cycle_ = 0;
  std::string out_;
  std::size_t sent_ = 0;
  std::string in_;
  std::string wanted_;
};

} // namespace

std::unique_ptr<peer_line> make_redis_line(std::uint16_t port,
                                           std::size_t number) {
  return std::make_unique<redis_line>(port, number);
}

} // namespace holdfast::bench
