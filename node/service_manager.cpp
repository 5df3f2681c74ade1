// sd_notify(3), in the few lines that a node needs of it.
#include "node/service_manager.hpp"

#include <cerrno>
#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>
#include <utility>

namespace holdfast {

namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

/// Reads a variable and removes it.
std::string take_variable(const char* name) {
  const char* value = std::getenv(name);
  std::string text = value == nullptr ? "" : value;
  ::unsetenv(name);
  return text;
}

/// 0 for what is no positive whole number.
std::int64_t positive(std::string_view text) {
  std::int64_t number = 0;
  auto [end, failure] =
      std::from_chars(text.data(), text.data() + text.size(), number);
  auto all = failure == std::errc{} && end == text.data() + text.size();
  return all && number > 0 ? number : 0;
}

std::string failed(const std::string& socket, const std::string& why) {
  return "the service manager at " + socket + " cannot be told: " + why;
}

} // namespace

service_manager::service_manager(std::string socket, microseconds watchdog)
    : socket_(std::move(socket)), watchdog_(watchdog) {}

service_manager service_manager::from_environment() {
  auto socket = take_variable("NOTIFY_SOCKET");
  auto patience_us = positive(take_variable("WATCHDOG_USEC"));
  auto pid = take_variable("WATCHDOG_PID");
  auto ours = pid.empty() || positive(pid) == ::getpid();
  return service_manager{std::move(socket),
                         microseconds{ours ? patience_us : 0}};
}

std::string service_manager::tell(std::string_view state) const {
  if (socket_.empty())
    return {};
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  if ((socket_[0] != '/' && socket_[0] != '@') ||
      socket_.size() >= sizeof to.sun_path)
    return failed(socket_, "NOTIFY_SOCKET must be a path, or a name after '@'");
  std::memcpy(to.sun_path, socket_.data(), socket_.size());
  if (to.sun_path[0] == '@')
    to.sun_path[0] = '\0';
  auto fd = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0)
    return failed(socket_, std::strerror(errno));
  // It shall not hold up the node.
  timeval patience{1, 0};
  ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  auto length =
      static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + socket_.size());
  auto sent = ::sendto(fd, state.data(), state.size(), MSG_NOSIGNAL,
                       reinterpret_cast<const sockaddr*>(&to), length);
  auto why = sent < 0 ? std::strerror(errno) : nullptr;
  ::close(fd);
  return why == nullptr ? std::string{} : failed(socket_, why);
}

signs_of_life::signs_of_life(const service_manager& to,
                             std::function<bool(milliseconds)> alive,
                             std::function<void(const std::string&)> warn)
    : to_(to), alive_(std::move(alive)), warn_(std::move(warn)) {
  if (to_.watchdog() > microseconds{0})
    thread_ = std::thread{[this] { run(); }};
}

signs_of_life::~signs_of_life() {
  {
    std::lock_guard guard{mutex_};
    end_ = true;
  }
  ending_.notify_all();
  if (thread_.joinable())
    thread_.join();
}

void signs_of_life::run() {
  std::string trouble;
  std::unique_lock lock{mutex_};
  do {
    lock.unlock();
    auto now = give_one();
    if (now != trouble)
      warn_(now.empty() ? "signs of life go to the service manager again"
                        : now);
    trouble = std::move(now);
    lock.lock();
  } while (
      !ending_.wait_for(lock, to_.watchdog() / 3, [this] { return end_; }));
}

std::string signs_of_life::give_one() {
  auto within = std::chrono::duration_cast<milliseconds>(to_.watchdog() / 3);
  if (!alive_(within))
    return "the node does not answer itself within " +
           std::to_string(within.count()) +
           " ms: no sign of life for the service manager";
  return to_.tell("WATCHDOG=1");
}

} // namespace holdfast
