// Whether a gateway's threads do what they are handed.
#include "events_world.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <latch>

using namespace holdfast;
using namespace holdfast::test;
using namespace std::chrono_literals;

TEST_CASE("a gateway whose I/O thread hangs is not alive, nor is it slow to "
          "say so") {
  std::latch reached{1};
  std::latch go_on{1};
  std::atomic<bool> hang = false;
  gateway_options how;
  how.log = [&](const request_log&) {
    if (hang.exchange(false)) {
      reached.count_down();
      go_on.wait();
    }
  };
  events_world world{how};
  CHECK(world.http->is_alive(10s));
  hang = true;
  // Its answer is told of before it is sent.
  auto answered = std::async(std::launch::async,
                             [&] { return world.call("GET", "/healthz"); });
  reached.wait();
  auto alive = world.http->is_alive(50ms);
  go_on.count_down(); // a failed check may end the test, and must not hang it
  CHECK_FALSE(alive);
  CHECK(world.http->is_alive(10s));
  CHECK(answered.get().status == 200);
}
