// Work that the node does itself under a lock, with an executor of the test's.
#include "task_world.hpp"

#include <caf/send.hpp>
#include <doctest/doctest.h>

using namespace holdfast;
using namespace holdfast::test;

TEST_CASE_FIXTURE(task_world, "a granted task is run, and its result is the "
                              "outcome") {
  auto lock = now(acquire(job("r", "k"))).lock;
  settle();
  REQUIRE(plan->asked.size() == 1);
  CHECK(plan->asked[0].lock.id == lock.id);
  CHECK_FALSE(plan->asked[0].recovered);
  auto ended = read(lock.id);
  CHECK(ended.status == lock_status::released);
  CHECK(ended.result == "\"ok\"");
  auto again = now(acquire(job("r", "k")));
  CHECK(again.outcome == acquire_outcome::replayed);
  CHECK(plan->asked.size() == 1);
}

TEST_CASE_FIXTURE(task_world, "M6: a queued task runs when its turn comes") {
  auto lock = now(acquire(want("r", "x"))).lock;
  auto entry = now(acquire(job("r", "k"))).entry;
  CHECK(plan->asked.empty());
  now(release(lock));
  settle();
  REQUIRE(plan->asked.size() == 1);
  auto view =
      now(ask<entry_view>(locks(), watch_entry{{}, entry.record.id, 0, 0}));
  CHECK(view.record.status == entry_status::finished);
  CHECK(view.lock.status == lock_status::released);
  CHECK_FALSE(state("r").holder);
}

TEST_CASE_FIXTURE(task_world, "a retryable failure is tried again under the "
                              "same lock, and dies after its last attempt") {
  for (int i = 0; i < 4; ++i)
    plan->answers.push_back({task_result::retryable, {}, "busy", 0});
  auto lock = now(acquire(job("r", "k"))).lock;
  advance(120'000);
  REQUIRE(plan->asked.size() == 4);
  for (std::uint32_t i = 0; i < 4; ++i) {
    CHECK(plan->asked[i].lock.id == lock.id);
    CHECK(plan->asked[i].lock.attempts == i + 1);
  }
  CHECK(read(lock.id).status == lock_status::failed);
  auto letters =
      now(ask<dead_letter_page>(queries(), list_dead_letters{{}})).items;
  REQUIRE(letters.size() == 1);
  CHECK(letters[0].kind == "task_failed");
  CHECK(letters[0].attempts == 4);
  CHECK(letters[0].reason == "busy");
  // An operator gives it another chance.
  now(ask<entry_view>(locks(), requeue_dead_letter{{}, letters[0].id, "op"}));
  settle();
  CHECK(plan->asked.size() == 5);
  check_tables();
  CHECK(fault() == "");
}

TEST_CASE_FIXTURE(task_world, "retry_after is honoured") {
  plan->answers.push_back({task_result::retryable, {}, "429", 50'000});
  now(acquire(job("r")));
  advance(49'999);
  CHECK(plan->asked.size() == 1);
  advance(2);
  CHECK(plan->asked.size() == 2);
}

TEST_CASE_FIXTURE(task_world, "M13: the lease of a running task is renewed, "
                              "however long it takes") {
  plan->hold = true;
  auto lock = now(acquire(job("r"))).lock;
  auto next = now(acquire(want("r", "bob"))).entry;
  advance(10 * 60'000);
  CHECK(state("r").holder->id == lock.id);
  caf::anon_send(executor, task_result{task_result::done, "1", {}, 0});
  settle();
  CHECK(read(lock.id).status == lock_status::released);
  CHECK(state("r").holder->work.owner_id == "bob");
}

TEST_CASE_FIXTURE(task_world, "M14: a task that ran when the node died is "
                              "asked for again, as recovered") {
  plan->hold = true;
  auto lock = now(acquire(job("r", "k"))).lock;
  settle();
  go();
  crash();
  advance(120'000);
  CHECK(state("r").holder->id == lock.id);
  plan->hold = false;
  come();
  advance(1'000);
  REQUIRE(plan->asked.size() == 2);
  CHECK(plan->asked[1].recovered);
  CHECK(plan->asked[1].lock.id == lock.id);
  CHECK(plan->asked[1].lock.attempts == 1);
  CHECK(read(lock.id).status == lock_status::released);
}

TEST_CASE_FIXTURE(task_world, "an executor that dies is asked again when it "
                              "is back") {
  plan->hold = true;
  auto lock = now(acquire(job("r"))).lock;
  settle();
  go();
  advance(60'000);
  CHECK(state("r").holder->id == lock.id);
  plan->hold = false;
  come();
  settle();
  REQUIRE(plan->asked.size() == 2);
  CHECK(plan->asked[1].recovered);
  CHECK(read(lock.id).status == lock_status::released);
}

TEST_CASE_FIXTURE(task_world, "an unknown outcome blocks the resource until "
                              "an operator resolves it") {
  plan->answers.push_back({task_result::unknown, {}, "time-out", 0});
  auto lock = now(acquire(job("r", "k"))).lock;
  advance(3'600'000);
  CHECK(state("r").holder->status == lock_status::in_doubt);
  auto cmd = want("r", "bob");
  cmd.otherwise = when_locked::reject;
  auto refused = acquire(cmd);
  auto forced =
      ask<force_released>(locks(), force_release{{}, lock.id, "op", ""});
  settle();
  CHECK(refused->code() == errc::in_doubt);
  CHECK(forced->code() == errc::in_doubt);
  CHECK(now(acquire(want("r", "bob"))).outcome == acquire_outcome::queued);
  crash();
  CHECK(now(ask<stats>(queries(), get_stats{})).in_doubt == 1);
  check_tables();
  now(ask<lock_record>(
      locks(),
      resolve_lock{{}, lock.id, resolution::done, "\"7\"", "op", "looked"}));
  CHECK(read(lock.id).status == lock_status::released);
  CHECK(read(lock.id).result == "\"7\"");
  CHECK(state("r").holder->work.owner_id == "bob");
  check_tables();
  CHECK(fault() == "");
}

TEST_CASE_FIXTURE(task_world, "pause holds tasks back, and nothing else") {
  CHECK_FALSE(now(ask<bool>(locks(), set_paused{true, "op"})));
  CHECK(journal().back().kind == event_kind::paused);
  CHECK(journal().back().actor == "op");
  auto lock = now(acquire(job("r"))).lock;
  auto other = now(acquire(want("q", "ann"))).lock;
  now(release(other));
  advance(60'000);
  CHECK(plan->asked.empty());
  crash();
  come();
  CHECK(now(ask<stats>(queries(), get_stats{})).paused);
  CHECK(plan->asked.empty());
  CHECK(now(ask<bool>(locks(), set_paused{false, "op"})));
  settle();
  CHECK(plan->asked.size() == 1);
  CHECK(read(lock.id).status == lock_status::released);
}

TEST_CASE_FIXTURE(task_world, "a forced release ends a lock whose task has "
                              "not begun, and the task does not begin") {
  now(ask<bool>(locks(), set_paused{true, "op"}));
  auto lock = now(acquire(job("r"))).lock;
  CHECK(now(ask<force_released>(locks(), force_release{{}, lock.id, "op", ""}))
            .released == 1);
  now(ask<bool>(locks(), set_paused{false, "op"}));
  settle();
  CHECK(plan->asked.empty());
}

TEST_CASE_FIXTURE(task_world, "clients cannot end the lock of a task") {
  plan->hold = true;
  auto lock = now(acquire(job("r"))).lock;
  auto released = release(lock);
  settle();
  CHECK(released->code() == errc::in_progress);
}
