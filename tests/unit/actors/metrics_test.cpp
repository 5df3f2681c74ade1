// What an engine counts while its actors work.
#include "simulation/world.hpp"
#include "tests/unit/actors/counted.hpp"
#include "trade_world.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace holdfast;
using namespace holdfast::simulation;
using namespace holdfast::test;

namespace {

struct counting_world : world {
  node_metrics metrics() {
    return now(ask<node_metrics>(queries(), get_metrics{}));
  }

  std::uint64_t acquires(const std::string& outcome) {
    return count_of(metrics().acquires, outcome);
  }

  std::uint64_t events(const std::string& kind) {
    return count_of(metrics().events, kind);
  }
};

acquire_lock or_else(acquire_lock cmd, when_locked otherwise,
                     std::int64_t wait_ms = 0) {
  cmd.otherwise = otherwise;
  cmd.wait_ms = wait_ms;
  return cmd;
}

} // namespace

TEST_CASE_FIXTURE(counting_world, "requests for a lock are counted by their "
                                  "end") {
  auto lock = now(acquire(want("r", "ann", "k"))).lock;
  now(acquire(want("r", "bob")));
  acquire(or_else(want("r", "cal"), when_locked::reject));
  acquire(want("r", "ann", "k")); // in flight
  auto waits = acquire(or_else(want("r", "dan"), when_locked::wait, 100));
  settle();
  now(release(lock));
  now(acquire(want("r", "ann", "k")));
  advance(101);
  CHECK(waits->code() == errc::wait_timeout);
  CHECK(acquires("granted") == 1); // bob's was promised before
  CHECK(acquires("queued") == 1);
  CHECK(acquires("held") == 1);
  CHECK(acquires("in-progress") == 1);
  CHECK(acquires("replayed") == 1);
  CHECK(acquires("wait-timeout") == 1);
}

TEST_CASE_FIXTURE(counting_world, "a request that nobody could make durable "
                                  "is not counted as granted") {
  storage().fail_with(storage_errc::disk_full);
  auto lost = acquire(want("r", "ann"));
  settle();
  CHECK(lost->code() == errc::storage_unavailable);
  storage().heal();
  CHECK(acquires("granted") == 0);
  CHECK(acquires("storage-unavailable") == 1);
  CHECK_FALSE(metrics().ready);
  CHECK(events("granted") == 0);
}

TEST_CASE_FIXTURE(counting_world,
                  "ends of locks, waits and holds are counted") {
  auto first = now(acquire(want("r", "ann"))).lock;
  now(acquire(want("r", "bob")));
  advance(2000);
  now(release(first));
  CHECK(events("granted") == 2);
  CHECK(events("released") == 1);
  auto so_far = metrics();
  CHECK(total(so_far.wait_ms) == 2);
  CHECK(so_far.wait_ms.counts.front() == 1); // ann did not wait
  CHECK(so_far.wait_ms.sum == 2000);
  CHECK(total(so_far.hold_ms) == 1);
  CHECK(so_far.hold_ms.sum == 2000);
  advance(30'001);
  CHECK(events("expired") == 1);
  CHECK(total(metrics().hold_ms) == 2);
  now(fail(now(acquire(want("r", "cal"))).lock, "no"));
  CHECK(events("failed") == 1);
}

TEST_CASE_FIXTURE(counting_world, "a stale token is counted, a renewal is no "
                                  "grant") {
  auto lock = now(acquire(want("r", "ann"))).lock;
  now(renew(lock));
  auto stale = lock;
  stale.id.number += 1;
  auto refused =
      ask<lock_record>(locks(), renew_lock{"r", lock.id, lock.token() + 1, 0});
  settle();
  CHECK(refused->code() == errc::stale_lock);
  CHECK(metrics().stale_tokens == 1);
  CHECK(total(metrics().wait_ms) == 1);
}

TEST_CASE_FIXTURE(counting_world, "what waits is told by priority") {
  now(acquire(want("r", "ann")));
  for (std::uint8_t priority : {1, 5, 5, 10}) {
    auto cmd = want("r", "bob");
    cmd.priority = priority;
    now(acquire(cmd));
  }
  CHECK(metrics().queue_by_priority ==
        std::vector<std::uint64_t>{1, 0, 0, 0, 2, 0, 0, 0, 0, 1});
  CHECK(metrics().now.queue_length == 4);
  CHECK(metrics().now.active_locks == 1);
}

TEST_CASE_FIXTURE(counting_world, "commits are counted with what shares them") {
  auto before = metrics();
  for (int i = 0; i < 10; ++i)
    acquire(want("r" + std::to_string(i), "ann"));
  settle();
  auto after = metrics();
  CHECK(after.commit_ops.sum == before.commit_ops.sum + 10);
  CHECK(total(after.commit_us) == total(after.commit_ops));
  CHECK(after.store_limit_bytes >= after.store_used_bytes);
  CHECK(after.ready);
}

TEST_CASE_FIXTURE(trade_world, "an order is counted by its outcome") {
  now(acquire(want_trade("k")));
  settle();
  auto told = now(ask<node_metrics>(queries(), get_metrics{})).effects;
  auto order = std::ranges::find_if(told, [](const effect_count& x) {
    return x.kind == "order" && x.outcome == "done";
  });
  REQUIRE(order != told.end());
  CHECK(order->count == 1);
}
