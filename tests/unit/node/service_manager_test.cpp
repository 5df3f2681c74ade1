// What a service manager is told, and by whom.
#include "node/service_manager.hpp"
#include "tests/support/notify_socket.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <cstdlib>
#include <string>
#include <vector>

using namespace holdfast;
using namespace holdfast::test;
using namespace std::chrono_literals;

namespace {

std::string abstract_name() {
  static std::atomic<int> count = 0;
  return "@holdfast-unit-" + std::to_string(::getpid()) + "-" +
         std::to_string(++count);
}

/// The environment of a service.
void set(const std::string& socket, const std::string& watchdog_us,
         const std::string& pid) {
  ::setenv("NOTIFY_SOCKET", socket.c_str(), 1);
  ::setenv("WATCHDOG_USEC", watchdog_us.c_str(), 1);
  ::setenv("WATCHDOG_PID", pid.c_str(), 1);
}

std::chrono::microseconds watchdog_of(const std::string& us,
                                      const std::string& pid) {
  set("@x", us, pid);
  return service_manager::from_environment().watchdog();
}

} // namespace

TEST_CASE("a service manager is told by its socket, a path or a name") {
  auto path = "/tmp/holdfast-unit-" + std::to_string(::getpid()) + ".sock";
  for (const auto& name : {abstract_name(), path}) {
    notify_socket manager{name};
    CHECK(service_manager{name}.tell("READY=1").empty());
    CHECK(manager.hear(5s) == "READY=1");
  }
  ::unlink(path.c_str());
}

TEST_CASE("without a socket nobody is told; one that is none is said so") {
  CHECK(service_manager{""}.tell("READY=1").empty());
  CHECK(service_manager{"relative"}.tell("READY=1").find(
            "NOTIFY_SOCKET must be a path, or a name after '@'") !=
        std::string::npos);
  CHECK_FALSE(service_manager{'/' + std::string(200, 'x')}.tell("a").empty());
  CHECK(service_manager{abstract_name()}.tell("READY=1").find(
            "cannot be told") != std::string::npos);
}

TEST_CASE("the environment says who wants to know, and no child sees it") {
  auto own = std::to_string(::getpid());
  set("@somebody", "30000000", own);
  auto manager = service_manager::from_environment();
  CHECK(manager.watchdog() == 30s);
  for (const auto* name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"})
    CHECK(std::getenv(name) == nullptr);
  CHECK(watchdog_of("5000000", "") == 5s);
  CHECK(watchdog_of("5000000", "1") == 0s); // another process is meant
  for (const auto* bad : {"0", "-1", "5s", "99999999999999999999"})
    CHECK(watchdog_of(bad, own) == 0s);
  CHECK(service_manager::from_environment().tell("x").empty());
}

TEST_CASE("signs of life come while the node is alive, and no others") {
  auto name = abstract_name();
  notify_socket manager{name};
  std::atomic<bool> alive = true;
  std::atomic<std::int64_t> asked_within = 0;
  std::mutex mutex;
  std::vector<std::string> warnings;
  auto warned = [&](std::size_t n) {
    std::lock_guard guard{mutex};
    return warnings.size() == n;
  };
  service_manager to{name, 60ms};
  {
    signs_of_life signs{to,
                        [&](std::chrono::milliseconds within) {
                          asked_within = within.count();
                          return alive.load();
                        },
                        [&](const std::string& text) {
                          std::lock_guard guard{mutex};
                          warnings.push_back(text);
                        }};
    for (int i = 0; i < 3; ++i)
      CHECK(manager.hear(10s) == "WATCHDOG=1");
    CHECK(asked_within == 20);
    CHECK(warned(0));
    alive = false;
    // Some may have been on their way.
    auto late = 0;
    while (late < 100 && manager.hear(200ms))
      ++late;
    CHECK(late < 100);
    CHECK(warned(1));
    alive = true;
    CHECK(manager.hear(10s) == "WATCHDOG=1");
    CHECK(manager.hear(10s) == "WATCHDOG=1");
    CHECK(warned(2));
  }
  while (manager.hear(1ms)) {
  }
  CHECK_FALSE(manager.hear(100ms));
}

TEST_CASE("who wants no signs of life gets none") {
  auto name = abstract_name();
  notify_socket manager{name};
  service_manager to{name};
  auto asked = false;
  {
    signs_of_life signs{to,
                        [&](std::chrono::milliseconds) {
                          asked = true;
                          return true;
                        },
                        [](const std::string&) {}};
  }
  CHECK_FALSE(asked);
  CHECK_FALSE(manager.hear(1ms));
}
