// Calls that wait: for their turn, for an outcome, for room.
#include "simulation/world.hpp"

#include <doctest/doctest.h>

using namespace holdfast;
using namespace holdfast::simulation;

namespace {

acquire_lock waiting(acquire_lock cmd, std::int64_t wait_ms = 30'000) {
  cmd.otherwise = when_locked::wait;
  cmd.wait_ms = wait_ms;
  return cmd;
}

acquire_lock ranked(acquire_lock cmd, std::uint8_t priority) {
  cmd.priority = priority;
  return cmd;
}

} // namespace

TEST_CASE_FIXTURE(world, "M12: who is told 'queued' is served, even when the "
                         "waiting call that made the place hangs up") {
  auto lock = now(acquire(want("r", "ann"))).lock;
  auto cmd = waiting(want("r", "bob", "k"));
  cmd.caller = 7;
  auto waits = acquire(cmd);
  settle();
  auto told = now(acquire(want("r", "bob", "k")));
  CHECK(told.outcome == acquire_outcome::queued);
  caf::anon_send(locks(), abandon_wait{"r", 7});
  settle();
  now(release(lock));
  CHECK(state("r").holder->work.owner_id == "bob");
}

TEST_CASE_FIXTURE(world, "a waiting call is granted, refused in time, or "
                         "cancelled with its connection") {
  auto lock = now(acquire(want("r", "ann"))).lock;
  auto soon = acquire(waiting(want("r", "bob"), 1'000));
  auto late = acquire(waiting(want("r", "cid"), 60'000));
  auto cmd = waiting(want("r", "dan"), 60'000);
  cmd.caller = 9;
  auto gone = acquire(cmd);
  settle();
  CHECK(state("r").waiters.size() == 3);
  caf::anon_send(locks(), abandon_wait{"r", 9});
  settle();
  CHECK(state("r").waiters.size() == 2);
  advance(1'001);
  CHECK(soon->code() == errc::wait_timeout);
  CHECK(late->pending());
  CHECK(state("r").waiters.size() == 1);
  now(release(lock));
  REQUIRE(late->ok());
  CHECK((*late)->lock.work.owner_id == "cid");
  CHECK(in_flight() == 0);
}

TEST_CASE_FIXTURE(world, "M16: a failure is never replayed as a success") {
  auto lock = now(acquire(want("r", "ann", "k"))).lock;
  auto joiner = acquire(waiting(want("r", "ann", "k")));
  settle();
  CHECK(joiner->pending());
  now(fail(lock, "rejected"));
  settle();
  REQUIRE(joiner->ok());
  CHECK((*joiner)->outcome == acquire_outcome::granted);
  CHECK((*joiner)->lock.id != lock.id);
}

TEST_CASE_FIXTURE(world, "equal waiting calls share one transaction") {
  auto lock = now(acquire(want("r", "ann", "k"))).lock;
  auto a = acquire(waiting(want("r", "ann", "k")));
  auto b = acquire(waiting(want("r", "ann", "k")));
  settle();
  now(release(lock, "1"));
  settle();
  CHECK((*a)->outcome == acquire_outcome::replayed);
  CHECK((*b)->outcome == acquire_outcome::replayed);
  CHECK((*b)->lock.result == "1");
}

TEST_CASE_FIXTURE(world, "one of several equal waiting calls gets the lock, "
                         "the others its outcome") {
  auto lock = now(acquire(want("r", "x"))).lock;
  auto a = acquire(waiting(want("r", "ann", "k")));
  auto b = acquire(waiting(want("r", "ann", "k")));
  settle();
  CHECK(state("r").waiters.size() == 1);
  now(release(lock));
  REQUIRE(int{a->ok()} + int{b->ok()} == 1);
  auto& first = a->ok() ? a : b;
  auto& second = a->ok() ? b : a;
  now(release((*first)->lock, "2"));
  REQUIRE(second->ok());
  CHECK((*second)->outcome == acquire_outcome::replayed);
  CHECK((*second)->lock.result == "2");
}

TEST_CASE_FIXTURE(world, "whoever waits for an outcome takes its place by "
                         "priority when the work fails") {
  auto lock = now(acquire(want("r", "ann", "k"))).lock;
  auto joiner = acquire(waiting(ranked(want("r", "ann", "k"), 5)));
  settle();
  auto sell = now(acquire(ranked(want("r", "s"), 1))).entry;
  now(fail(lock, "x"));
  CHECK(state("r").holder->work.owner_id == "s");
  CHECK(state("r").waiters.size() == 1);
  CHECK(joiner->pending());
  now(release(*state("r").holder));
  REQUIRE(joiner->ok());
  CHECK((*joiner)->outcome == acquire_outcome::granted);
}

TEST_CASE_FIXTURE(world, "of those who wait for an outcome the best priority "
                         "begins anew, whoever came first") {
  auto lock = now(acquire(want("r", "ann", "k"))).lock;
  auto first = acquire(waiting(ranked(want("r", "ann", "k"), 5)));
  settle();
  auto urgent = acquire(waiting(ranked(want("r", "ann", "k"), 2)));
  settle();
  now(fail(lock, "x"));
  REQUIRE(urgent->ok());
  CHECK((*urgent)->lock.work.priority == 2);
  CHECK(first->pending());
}

TEST_CASE_FIXTURE(world, "a place is kept as long as one of its calls waits") {
  auto lock = now(acquire(want("r", "ann"))).lock;
  auto soon = acquire(waiting(want("r", "bob", "k"), 1'000));
  auto late = acquire(waiting(want("r", "bob", "k"), 60'000));
  advance(1'001);
  CHECK(soon->code() == errc::wait_timeout);
  now(release(lock));
  REQUIRE(late->ok());
  CHECK((*late)->lock.work.owner_id == "bob");
}

TEST_CASE_FIXTURE(world, "M6: a lasting place is claimed by the call that "
                         "waits for it") {
  auto lock = now(acquire(want("r", "ann"))).lock;
  now(acquire(want("r", "bob", "k")));
  auto waits = acquire(waiting(want("r", "bob", "k"), 60'000));
  settle();
  now(release(lock));
  REQUIRE(waits->ok());
  CHECK(state("r").holder->claimed);
}

TEST_CASE_FIXTURE(world, "calls without a caller's number are nobody's to "
                         "abandon") {
  now(acquire(want("r", "ann")));
  auto waits = acquire(waiting(want("r", "bob")));
  settle();
  caf::anon_send(locks(), abandon_wait{"r", 0});
  settle();
  CHECK(waits->pending());
}

TEST_CASE("a full queue refuses, and takes again when there is room") {
  world::settings s;
  s.limits.queue_depth_max = 2;
  world w{s};
  auto lock = w.now(w.acquire(want("r", "x"))).lock;
  w.now(w.acquire(want("r", "a")));
  w.now(w.acquire(want("r", "b")));
  auto full = w.acquire(want("r", "c"));
  w.settle();
  CHECK(full->code() == errc::queue_full);
  CHECK(full->why().retry_after_ms > 0);
  w.now(w.release(lock));
  CHECK(w.now(w.acquire(want("r", "c"))).outcome == acquire_outcome::queued);
}

TEST_CASE("requests in flight are bounded") {
  world::settings s;
  s.in_flight_max = 2;
  world w{s};
  auto lock = w.now(w.acquire(want("r", "x"))).lock;
  auto a = w.acquire(waiting(want("r", "a")));
  auto b = w.acquire(waiting(want("r", "b")));
  w.settle();
  auto c = w.acquire(want("other", "c"));
  w.settle();
  CHECK(c->code() == errc::rate_limited);
  // Those who wait must not keep out what lets them go on.
  CHECK(w.now(w.renew(lock)).id == lock.id);
  w.advance(30'001);
  CHECK(w.in_flight() < 2);
  CHECK(w.now(w.acquire(want("other", "c"))).outcome ==
        acquire_outcome::granted);
}
