// Lease arithmetic and durations of the command line.
#include "node/cli/duration.hpp"
#include "node/cli/lease_schedule.hpp"

#include <doctest/doctest.h>

#include <stdexcept>

using namespace holdfast;
using namespace std::chrono_literals;

TEST_CASE("durations are a whole number and a unit") {
  CHECK(parse_duration("500ms") == 500ms);
  CHECK(parse_duration("30s") == 30s);
  CHECK(parse_duration("2m") == 2min);
  CHECK(parse_duration("1h") == 1h);
  CHECK(parse_duration("0s") == 0ms);
  for (auto wrong : {"", "30", "s", "-1s", "1.5s", "1 s", "1d", "1S",
                     "99999999999999999999s", "9999999999h", "1s ", "+1s"}) {
    INFO(wrong);
    CHECK_THROWS_AS(parse_duration(wrong), std::invalid_argument);
  }
  CHECK(to_text(30s) == "30s");
  CHECK(to_text(90s) == "90s");
  CHECK(to_text(2h) == "2h");
  CHECK(to_text(1500ms) == "1500ms");
}

TEST_CASE("a lease is renewed at a third, ended in its grace, killed before "
          "its end") {
  lease_schedule lease{30s, 5s, 100s};
  CHECK(lease.duty(100s) == lease_duty::nothing);
  CHECK(lease.next_change(100s) == 110s);
  CHECK(lease.duty(110s) == lease_duty::renew);
  CHECK(lease.next_change(110s) == 125s);
  CHECK(lease.duty(125s - 1us) == lease_duty::renew);
  CHECK(lease.duty(125s) == lease_duty::terminate);
  CHECK(lease.next_change(125s) == 129s);
  CHECK(lease.duty(129s) == lease_duty::kill);
  CHECK(lease.next_change(129s) == lease.end());
  CHECK(lease.kill_at() < lease.end());
}

TEST_CASE("a confirmation counts from before its request, in any order") {
  lease_schedule lease{30s, 5s, 100s};
  lease.confirmed(112s);
  CHECK(lease.end() == 142s);
  CHECK(lease.duty(112s) == lease_duty::nothing);
  CHECK(lease.duty(122s) == lease_duty::renew);
  lease.confirmed(110s);
  CHECK(lease.end() == 142s);
}

TEST_CASE("a failed renewal is tried again until the command must end") {
  lease_schedule lease{12s, 2s, 0s};
  lease.postpone(5s);
  CHECK(lease.duty(5s) == lease_duty::nothing);
  CHECK(lease.next_change(5s) == 6s);
  CHECK(lease.duty(6s) == lease_duty::renew);
  lease.postpone(9900ms);
  CHECK(lease.next_change(9900ms) == 10s);
  CHECK(lease.duty(10s) == lease_duty::terminate);
}

TEST_CASE("the shortest lease leaves time to kill") {
  auto ttl = lease_schedule::least_ttl;
  auto grace = lease_schedule::default_grace(ttl);
  CHECK(grace >= lease_schedule::least_grace);
  lease_schedule lease{ttl, grace, 0s};
  CHECK(lease.end() - lease.kill_at() >= 50ms);
  CHECK(lease.terminate_at() < lease.kill_at());
  CHECK(lease.attempt_timeout() >= 100ms);
  lease_schedule least{ttl, lease_schedule::least_grace, 0s};
  CHECK(least.terminate_at() < least.kill_at());
  CHECK(least.kill_at() < least.end());
}
