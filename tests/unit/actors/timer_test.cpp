// What is due happens, and the timer does not grow.
#include "simulation/world.hpp"

#include <doctest/doctest.h>

using namespace holdfast;
using namespace holdfast::simulation;

TEST_CASE_FIXTURE(world, "any number of short waits leaves one tick under "
                         "way") {
  auto lock = want("r", "ann");
  lock.timeout_ms = 3'600'000;
  now(acquire(lock));
  advance(5'000);
  auto before = pending_timeouts();
  for (int i = 0; i < 30; ++i) {
    auto cmd = want("r", "bob");
    cmd.otherwise = when_locked::wait;
    cmd.wait_ms = 100;
    auto call = acquire(cmd);
    advance(137);
    REQUIRE(call->code() == errc::wait_timeout);
  }
  advance(5'000);
  CHECK(pending_timeouts() <= before);
}

TEST_CASE_FIXTURE(world, "an earlier end than the one awaited is kept on "
                         "time, and so is the later one") {
  auto first = want("long", "ann");
  first.timeout_ms = 10'000;
  now(acquire(first));
  auto second = want("short", "ann");
  second.timeout_ms = 300;
  now(acquire(second));
  advance(299);
  CHECK(state("short").holder);
  advance(1);
  CHECK_FALSE(state("short").holder);
  advance(9'699);
  CHECK(state("long").holder);
  advance(1);
  CHECK_FALSE(state("long").holder);
}

TEST_CASE_FIXTURE(world, "a free resource whose owner sleeps leaves nothing "
                         "in the timer, a held one does") {
  auto cmd = want("other", "ann");
  cmd.timeout_ms = 1'000;
  now(acquire(cmd));
  advance(300'000);
  auto before = pending_timeouts();
  cmd = want("r", "ann");
  cmd.timeout_ms = 3'600'000;
  auto lock = now(acquire(cmd)).lock;
  advance(300'000);
  CHECK(pending_timeouts() > before);
  now(release(lock));
  advance(300'000);
  CHECK(pending_timeouts() == before);
}

TEST_CASE_FIXTURE(world, "a lease that was renewed is awaited to its new "
                         "end") {
  auto cmd = want("r", "ann");
  cmd.timeout_ms = 1'000;
  auto lock = now(acquire(cmd)).lock;
  advance(900);
  now(renew(lock, 3'000));
  advance(2'999);
  CHECK(state("r").holder);
  advance(1);
  CHECK_FALSE(state("r").holder);
}
