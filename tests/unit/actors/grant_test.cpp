// Grants, queues, leases and outcomes through the real actors.
#include "simulation/world.hpp"

#include <doctest/doctest.h>

using namespace holdfast;
using namespace holdfast::simulation;

namespace {

acquire_lock reject(acquire_lock cmd) {
  cmd.otherwise = when_locked::reject;
  return cmd;
}

acquire_lock ranked(acquire_lock cmd, std::uint8_t priority) {
  cmd.priority = priority;
  return cmd;
}

entry_view watch(world& w, entry_id id) {
  return w.now(w.ask<entry_view>(w.locks(), watch_entry{{}, id, 0, 0}));
}

} // namespace

TEST_CASE_FIXTURE(world, "a free resource is granted, with a fencing token") {
  auto a = now(acquire(want("r", "ann")));
  CHECK(a.outcome == acquire_outcome::granted);
  CHECK(a.lock.token() > 0);
  CHECK(a.lock.status == lock_status::active);
  CHECK(a.lock.expires_at_ms == clock().wall_ms + 30'000);
  CHECK(kinds("r") == std::vector{event_kind::granted});
  check_tables();
  CHECK(fault() == "");
}

TEST_CASE_FIXTURE(world, "M2: of two concurrent requests one gets the lock") {
  auto a = acquire(reject(want("r", "ann")));
  auto b = acquire(reject(want("r", "bob")));
  settle();
  CHECK(int{a->ok()} + int{b->ok()} == 1);
  auto& loser = a->ok() ? b : a;
  CHECK(loser->code() == errc::held);
  CHECK(loser->why().holder == (a->ok() ? "ann" : "bob"));
}

TEST_CASE_FIXTURE(world, "an expired lease passes to the next waiter with a "
                         "larger token") {
  auto first = now(acquire(want("r", "ann"))).lock;
  auto entry = now(acquire(want("r", "bob"))).entry;
  CHECK(entry.position == 1);
  advance(29'999);
  CHECK(state("r").holder->id == first.id);
  advance(2);
  CHECK(state("r").holder->work.owner_id == "bob");
  CHECK(state("r").holder->token() > first.token());
  CHECK(kinds("r") == std::vector{event_kind::granted, event_kind::queued,
                                  event_kind::expired, event_kind::granted});
}

TEST_CASE_FIXTURE(world, "M4: a key whose transaction failed, expired, was "
                         "forced or cancelled may be tried again at once") {
  auto lock = now(acquire(want("r", "ann", "k"))).lock;
  now(fail(lock, "no money"));
  lock = now(acquire(want("r", "ann", "k"))).lock;
  CHECK(lock.status == lock_status::active);
  advance(31'000);
  CHECK_FALSE(state("r").holder);
  lock = now(acquire(want("r", "ann", "k"))).lock;
  CHECK(lock.status == lock_status::active);
  CHECK(now(ask<force_released>(locks(),
                                force_release{{}, lock.id, "op", "stuck"}))
            .released == 1);
  auto again = now(acquire(want("r", "ann", "k")));
  CHECK(again.outcome == acquire_outcome::granted);
  auto entry = now(acquire(want("r", "bob", "q"))).entry;
  now(ask<entry_view>(locks(), cancel_entry{{}, entry.record.id, "op"}));
  auto queued = now(acquire(want("r", "bob", "q")));
  CHECK(queued.outcome == acquire_outcome::queued);
  CHECK(queued.entry.record.id != entry.record.id);
}

TEST_CASE_FIXTURE(world, "M7: one key has one place in the queue") {
  now(acquire(want("r", "ann")));
  auto a = now(acquire(want("r", "bob", "k"))).entry;
  auto b = now(acquire(want("r", "bob", "k"))).entry;
  CHECK(a.record.id == b.record.id);
  CHECK(b.position == 1);
  auto c = now(acquire(reject(want("r", "bob", "k"))));
  CHECK(c.outcome == acquire_outcome::queued);
  CHECK(state("r").waiters.size() == 1);
}

TEST_CASE("M8: a release that races with a queued acquire strands nobody") {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    world::settings s;
    s.seed = seed;
    world w{s};
    auto lock = w.now(w.acquire(want("r", "ann"))).lock;
    auto released = w.release(lock);
    auto queued = w.acquire(want("r", "bob"));
    w.settle();
    REQUIRE(released->ok());
    REQUIRE(w.state("r").holder);
    CHECK(w.state("r").holder->work.owner_id == "bob");
    CHECK(w.state("r").waiters.empty());
  }
}

TEST_CASE_FIXTURE(world, "M9: every way a lock ends grants the next waiter") {
  auto lock = now(acquire(want("r", "a0"))).lock;
  for (int i = 1; i <= 4; ++i)
    now(acquire(want("r", "a" + std::to_string(i))));
  now(release(lock));
  lock = *state("r").holder;
  CHECK(lock.work.owner_id == "a1");
  now(fail(lock, "x"));
  lock = *state("r").holder;
  CHECK(lock.work.owner_id == "a2");
  now(ask<force_released>(locks(), force_release{{}, lock.id, "op", ""}));
  CHECK(state("r").holder->work.owner_id == "a3");
  advance(31'000);
  CHECK(state("r").holder->work.owner_id == "a4");
  // Hand-over and end stand in one commit.
  auto rows = journal("r");
  for (std::size_t i = 1; i < rows.size(); ++i)
    if (rows[i].kind == event_kind::granted && i > 5)
      CHECK(rows[i].at_ms == rows[i - 1].at_ms);
}

TEST_CASE_FIXTURE(world, "M10: a granted waiter keeps its own time-out and "
                         "priority") {
  auto lock = now(acquire(want("r", "ann"))).lock;
  auto cmd = ranked(want("r", "bob"), 2);
  cmd.timeout_ms = 7'000;
  now(acquire(cmd));
  now(release(lock));
  auto holder = *state("r").holder;
  CHECK(holder.work.timeout_ms == 7'000);
  CHECK(holder.work.priority == 2);
  CHECK(holder.expires_at_ms == clock().wall_ms + 7'000);
}

TEST_CASE_FIXTURE(world, "M11: a position counts exactly those served before") {
  auto lock = now(acquire(want("r", "x"))).lock;
  auto buy1 = now(acquire(want("r", "b1"))).entry;
  auto buy2 = now(acquire(want("r", "b2"))).entry;
  auto sell = now(acquire(ranked(want("r", "s"), 1))).entry;
  CHECK(buy1.position == 1);
  CHECK(buy2.position == 2);
  CHECK(sell.position == 1);
  CHECK(watch(*this, buy1.record.id).position == 2);
  CHECK(watch(*this, buy2.record.id).position == 3);
  now(release(lock));
  CHECK(state("r").holder->work.owner_id == "s");
  CHECK(watch(*this, buy1.record.id).position == 1);
}

TEST_CASE_FIXTURE(world, "M13: a late renewal or release is refused, and "
                         "overwrites nothing") {
  auto lock = now(acquire(want("r", "ann"))).lock;
  advance(30'001);
  auto renewed = renew(lock);
  auto released = release(lock, R"({"x":1})");
  settle();
  CHECK(renewed->code() == errc::stale_lock);
  CHECK(released->code() == errc::stale_lock);
  auto row = now(ask<lock_record>(queries(), get_lock{lock.id}));
  CHECK(row.status == lock_status::expired);
}

TEST_CASE_FIXTURE(world, "a renewal after the lease's end is refused even "
                         "before its expiry was processed") {
  auto lock = now(acquire(want("r", "ann"))).lock;
  // The wake-up is on its way, and so is the renewal: whichever is first.
  advance(29'999);
  skip(2);
  auto renewed = renew(lock);
  settle();
  CHECK(renewed->code() == errc::stale_lock);
}

TEST_CASE_FIXTURE(world, "M13: neither does a release overwrite an expiry that "
                         "was not processed yet") {
  auto lock = now(acquire(want("r", "ann", "k"))).lock;
  skip(30'000);
  auto released = release(lock, "1");
  settle();
  CHECK(released->code() == errc::stale_lock);
  CHECK(now(ask<lock_record>(queries(), get_lock{lock.id})).status ==
        lock_status::expired);
}

TEST_CASE_FIXTURE(world, "M21: nor is a lock that is over released by force") {
  auto lock = now(acquire(want("r", "ann"))).lock;
  skip(30'000);
  CHECK(now(ask<force_released>(locks(), force_release{{}, lock.id, "op", ""}))
            .released == 0);
  CHECK(kinds("r").back() == event_kind::expired);
}

TEST_CASE_FIXTURE(world, "a lease that is over holds nobody off") {
  now(acquire(want("r", "ann")));
  skip(30'000);
  CHECK(now(acquire(reject(want("r", "bob")))).lock.work.owner_id == "bob");
}

TEST_CASE_FIXTURE(world, "renewals move the lease") {
  auto lock = now(acquire(want("r", "ann"))).lock;
  for (int i = 0; i < 5; ++i) {
    advance(20'000);
    lock = now(renew(lock));
    CHECK(lock.expires_at_ms == clock().wall_ms + 30'000);
  }
  lock = now(renew(lock, 1'000));
  CHECK(lock.work.timeout_ms == 1'000);
  advance(1'001);
  CHECK_FALSE(state("r").holder);
}

TEST_CASE_FIXTURE(world, "an outcome is replayed, and the work is not") {
  auto lock = now(acquire(want("r", "ann", "k"))).lock;
  now(release(lock, R"({"orderId":"7"})"));
  auto again = now(acquire(want("r", "ann", "k")));
  CHECK(again.outcome == acquire_outcome::replayed);
  CHECK(again.lock.id == lock.id);
  CHECK(again.lock.result == R"({"orderId":"7"})");
  CHECK(kinds("r").size() == 2);
  advance(86'400'001);
  CHECK(now(acquire(want("r", "ann", "k"))).outcome ==
        acquire_outcome::granted);
}

TEST_CASE_FIXTURE(world, "the same key with other data is refused") {
  auto cmd = want("r", "ann", "k");
  cmd.data = R"({"qty":"1"})";
  auto lock = now(acquire(cmd)).lock;
  auto other = cmd;
  other.data = R"({"qty":"2"})";
  auto in_flight_now = acquire(other);
  settle();
  CHECK(in_flight_now->code() == errc::key_mismatch);
  now(release(lock));
  auto after = acquire(other);
  auto owner = cmd;
  owner.owner_id = "bob";
  auto stranger = acquire(owner);
  auto spaced = cmd;
  spaced.data = R"( { "qty" : "1" } )";
  auto same = acquire(spaced);
  settle();
  CHECK(after->code() == errc::key_mismatch);
  CHECK(stranger->code() == errc::key_mismatch);
  REQUIRE(same->ok());
  CHECK((*same)->outcome == acquire_outcome::replayed);
}

TEST_CASE_FIXTURE(world, "an unclaimed grant expires visibly and is a dead "
                         "letter, which can be requeued") {
  auto lock = now(acquire(want("r", "ann"))).lock;
  auto entry = now(acquire(want("r", "bob", "k"))).entry;
  now(release(lock));
  advance(31'000);
  auto letters =
      now(ask<dead_letter_page>(queries(), list_dead_letters{{}})).items;
  REQUIRE(letters.size() == 1);
  CHECK(letters[0].kind == "unclaimed");
  CHECK(letters[0].work.owner_id == "bob");
  CHECK(watch(*this, entry.record.id).record.status == entry_status::finished);
  auto again = now(
      ask<entry_view>(locks(), requeue_dead_letter{{}, letters[0].id, "op"}));
  CHECK(again.record.status == entry_status::granted);
  CHECK(again.lock.work.idempotency_key == "k");
  check_tables();
  CHECK(fault() == "");
}

TEST_CASE_FIXTURE(world, "reading a granted entry claims its lock") {
  auto lock = now(acquire(want("r", "ann"))).lock;
  auto entry = now(acquire(want("r", "bob"))).entry;
  now(release(lock));
  CHECK_FALSE(state("r").holder->claimed);
  CHECK(watch(*this, entry.record.id).record.status == entry_status::granted);
  CHECK(state("r").holder->claimed);
  advance(31'000);
  auto letters =
      now(ask<dead_letter_page>(queries(), list_dead_letters{{}})).items;
  CHECK(letters.empty());
}

TEST_CASE_FIXTURE(world, "M20: what does not exist is not found, and nothing "
                         "is released") {
  lock_record none;
  none.id = {disk().tag(), 999};
  auto released = release(none);
  auto forced =
      ask<force_released>(locks(), force_release{{}, none.id, "op", ""});
  auto read = ask<lock_record>(queries(), get_lock{none.id});
  settle();
  CHECK(released->code() == errc::not_found);
  CHECK(forced->code() == errc::not_found);
  CHECK(read->code() == errc::not_found);
  auto lock = now(acquire(want("r", "ann"))).lock;
  auto foreign = lock;
  foreign.id.store += 1;
  auto elsewhere = release(foreign);
  settle();
  CHECK(elsewhere->code() == errc::not_found);
  CHECK(state("r").holder->id == lock.id);
}

TEST_CASE_FIXTURE(world, "M21: a forced release is counted truly and told "
                         "apart from a normal one") {
  auto a = now(acquire(want("r1", "ann"))).lock;
  now(acquire(want("r2", "ann")));
  now(acquire(want("r3", "bob")));
  now(release(a));
  auto count = now(ask<force_released>(
      locks(), force_release_owner{"ann", "op", "gone mad"}));
  CHECK(count.released == 1);
  auto rows = journal("r2");
  REQUIRE(rows.size() == 2);
  CHECK(rows[1].kind == event_kind::force_released);
  CHECK(rows[1].actor == "op");
  CHECK(rows[1].detail.find("gone mad") != std::string::npos);
  CHECK(state("r3").holder);
}

TEST_CASE_FIXTURE(world, "M22: a SELL queued last on a shared resource is "
                         "served before every BUY") {
  auto first = now(acquire(want("trade:BTCUSDT", "a"))).lock;
  now(acquire(want("trade:BTCUSDT", "b")));
  now(acquire(ranked(want("trade:BTCUSDT", "c"), 1)));
  now(release(first));
  CHECK(state("trade:BTCUSDT").holder->work.owner_id == "c");
}

TEST_CASE_FIXTURE(world, "a repeated release is harmless, another is stale") {
  auto lock = now(acquire(want("r", "ann"))).lock;
  now(release(lock, R"({"a":1,"b":2})"));
  CHECK(now(release(lock, R"({"b":2,"a":1})")).status == lock_status::released);
  auto other = release(lock, "3");
  auto failed = fail(lock, "no");
  settle();
  CHECK(other->code() == errc::stale_lock);
  CHECK(failed->code() == errc::stale_lock);
  CHECK(kinds("r").size() == 2);
}
