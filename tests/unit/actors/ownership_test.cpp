// Callers bound to one owner: what belongs to another stays untouched.
#include "simulation/world.hpp"

#include <doctest/doctest.h>

using namespace holdfast;
using namespace holdfast::simulation;

namespace {

renew_lock renewal(const lock_record& lock, std::string bound_to) {
  renew_lock cmd;
  cmd.id = lock.id;
  cmd.token = lock.token();
  cmd.bound_to = std::move(bound_to);
  return cmd;
}

release_lock release_of(const lock_record& lock, std::string bound_to) {
  release_lock cmd;
  cmd.id = lock.id;
  cmd.token = lock.token();
  cmd.bound_to = std::move(bound_to);
  return cmd;
}

force_release force(const lock_record& lock, std::string bound_to) {
  force_release cmd;
  cmd.id = lock.id;
  cmd.actor = "boss";
  cmd.bound_to = std::move(bound_to);
  return cmd;
}

cancel_entry cancel_of(entry_id id, std::string bound_to) {
  cancel_entry cmd;
  cmd.id = id;
  cmd.bound_to = std::move(bound_to);
  return cmd;
}

watch_entry look(entry_id id, bool claims, std::string bound_to = {},
                 std::int64_t wait_ms = 0) {
  watch_entry cmd;
  cmd.id = id;
  cmd.claims = claims;
  cmd.bound_to = std::move(bound_to);
  cmd.wait_ms = wait_ms;
  return cmd;
}

template <class Reply>
bool is_forbidden(world& w, const Reply& answer) {
  w.settle();
  return !answer->pending() && !answer->ok() &&
         answer->code() == errc::forbidden;
}

} // namespace

TEST_CASE_FIXTURE(world, "a foreign lock is neither extended nor ended") {
  auto lock = now(acquire(want("r", "ann"))).lock;
  auto before = state("r");
  CHECK(is_forbidden(*this, ask<lock_record>(locks(), renewal(lock, "bob"))));
  CHECK(
      is_forbidden(*this, ask<lock_record>(locks(), release_of(lock, "bob"))));
  CHECK(is_forbidden(*this, ask<force_released>(locks(), force(lock, "bob"))));
  CHECK(state("r").version == before.version);
  CHECK(state("r").holder->expires_at_ms == before.holder->expires_at_ms);
  CHECK(kinds("r") == std::vector{event_kind::granted});
  CHECK(now(ask<lock_record>(locks(), renewal(lock, "ann"))).id == lock.id);
  CHECK(now(ask<lock_record>(locks(), release_of(lock, "ann"))).status ==
        lock_status::released);
  CHECK(fault() == "");
}

TEST_CASE_FIXTURE(world, "a foreign lock that has ended is not told about") {
  auto lock = now(acquire(want("r", "ann"))).lock;
  now(ask<lock_record>(locks(), release_of(lock, "")));
  CHECK(is_forbidden(*this, ask<lock_record>(locks(), renewal(lock, "bob"))));
  CHECK(
      is_forbidden(*this, ask<lock_record>(locks(), release_of(lock, "bob"))));
  CHECK(is_forbidden(*this, ask<force_released>(locks(), force(lock, "bob"))));
  CHECK(now(ask<force_released>(locks(), force(lock, "ann"))).released == 0);
  // Its own repetition still is harmless.
  CHECK(now(ask<lock_record>(locks(), release_of(lock, "ann"))).status ==
        lock_status::released);
}

TEST_CASE_FIXTURE(world, "the end of one's own lock does not reach the next") {
  auto lock = now(acquire(want("r", "ann"))).lock;
  now(acquire(want("r", "bob")));
  // Both are under way at once, in whatever order: the later one finds bob's
  // lock, and leaves it alone.
  auto first = ask<lock_record>(locks(), release_of(lock, "ann"));
  auto second = ask<force_released>(locks(), force(lock, "ann"));
  settle();
  CHECK(int{first->ok()} + (**second).released == 1);
  CHECK(state("r").holder->work.owner_id == "bob");
}

TEST_CASE_FIXTURE(world, "a foreign entry stays in the queue") {
  now(acquire(want("r", "ann")));
  auto entry = now(acquire(want("r", "bob"))).entry.record.id;
  CHECK(is_forbidden(*this, ask<entry_view>(locks(), cancel_of(entry, "ann"))));
  CHECK(state("r").waiters.size() == 1);
  CHECK(now(ask<entry_view>(locks(), cancel_of(entry, "bob"))).record.status ==
        entry_status::cancelled);
  CHECK(is_forbidden(*this, ask<entry_view>(locks(), cancel_of(entry, "ann"))));
}

TEST_CASE_FIXTURE(world, "looking claims a lock for its owner alone") {
  auto lock = now(acquire(want("r", "ann"))).lock;
  auto entry = now(acquire(want("r", "bob"))).entry.record.id;
  // Somebody waits for the grant, but not for himself.
  auto watching = ask<entry_view>(locks(), look(entry, false, "", 60'000));
  now(ask<lock_record>(locks(), release_of(lock, "ann")));
  settle();
  CHECK((**watching).has_lock);
  for (auto& cmd : {look(entry, false), look(entry, true, "ann")}) {
    CHECK(now(ask<entry_view>(locks(), cmd)).has_lock);
    CHECK_FALSE(state("r").holder->claimed);
  }
  now(ask<entry_view>(locks(), look(entry, true, "bob")));
  CHECK(state("r").holder->claimed);
}
