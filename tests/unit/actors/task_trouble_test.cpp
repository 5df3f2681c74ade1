// Tasks when something goes wrong around them: their executor, the store,
// their owner's sleep.
#include "task_world.hpp"

#include <caf/send.hpp>
#include <doctest/doctest.h>

using namespace holdfast;
using namespace holdfast::test;

TEST_CASE_FIXTURE(task_world, "a task whose forced release could not be "
                              "committed still ends its lock") {
  plan->hold = true;
  auto lock = now(acquire(job("r"))).lock;
  settle();
  storage().fail_with(storage_errc::disk_full);
  auto forced =
      ask<force_released>(locks(), force_release{{}, lock.id, "op", ""});
  settle();
  CHECK(forced->code() == errc::storage_unavailable);
  storage().heal();
  advance(3'000);
  REQUIRE(state("r").holder);
  plan->hold = false;
  caf::anon_send(executor, task_result{task_result::done, "1", {}, 0});
  settle();
  CHECK(read(lock.id).status == lock_status::released);
  CHECK(plan->asked.size() == 1);
}

TEST_CASE_FIXTURE(task_world, "the tasks of an executor that was replaced and "
                              "then dies are asked of its successor") {
  plan->hold = true;
  auto lock = now(acquire(job("r"))).lock;
  settle();
  come();
  CHECK(plan->asked.size() == 1);
  plan->hold = false;
  end_former();
  REQUIRE(plan->asked.size() == 2);
  CHECK(plan->asked[1].recovered);
  CHECK(read(lock.id).status == lock_status::released);
}

TEST_CASE("a task that cannot have begun before is not asked for as "
          "recovered, though its owner slept") {
  world::settings s;
  s.idle_owner_ms = 1'000;
  task_world w{s};
  auto cmd = want("r", "x");
  auto lock = w.now(w.acquire(cmd)).lock;
  w.now(w.acquire(task_world::job("r")));
  w.advance(10'000);
  w.now(w.release(lock));
  w.settle();
  REQUIRE(w.plan->asked.size() == 1);
  CHECK_FALSE(w.plan->asked[0].recovered);
}

TEST_CASE_FIXTURE(task_world, "a new attempt after an operator's `retry` is "
                              "asked for as one that may have begun") {
  plan->answers.push_back({task_result::unknown, {}, "time-out", 0});
  auto lock = now(acquire(job("r"))).lock;
  settle();
  crash();
  come();
  now(ask<lock_record>(
      locks(), resolve_lock{{}, lock.id, resolution::retry, {}, "op", "new"}));
  settle();
  REQUIRE(plan->asked.size() == 2);
  CHECK(plan->asked[1].lock.attempts == 2);
  CHECK(plan->asked[1].recovered);
}

TEST_CASE_FIXTURE(task_world, "a result that could not be committed is asked "
                              "for again, as recovered") {
  plan->hold = true;
  auto lock = now(acquire(job("r", "k"))).lock;
  settle();
  storage().fail_with(storage_errc::disk_full);
  plan->hold = false;
  caf::anon_send(executor, task_result{task_result::done, "1", {}, 0});
  advance(5'000);
  CHECK(state("r").holder->id == lock.id);
  storage().heal();
  advance(5'000);
  REQUIRE(plan->asked.size() == 2);
  CHECK(plan->asked[1].recovered);
  CHECK(plan->asked[1].lock.attempts == 1);
  CHECK(read(lock.id).status == lock_status::released);
  CHECK(kinds("r") == std::vector{event_kind::granted, event_kind::released});
}

TEST_CASE_FIXTURE(task_world, "a long poll is answered though its entry "
                              "cannot be read when the task ends") {
  plan->hold = true;
  auto lock = now(acquire(want("r", "x"))).lock;
  auto entry = now(acquire(job("r"))).entry;
  now(release(lock));
  auto poll =
      ask<entry_view>(locks(), watch_entry{{}, entry.record.id, 60'000, 1});
  auto other =
      ask<entry_view>(locks(), watch_entry{{}, entry.record.id, 60'000, 2});
  settle();
  CHECK(poll->pending());
  storage().fail_reads_after(0);
  caf::anon_send(executor, task_result{task_result::done, "1", {}, 0});
  settle();
  storage().fail_reads_after(SIZE_MAX);
  CHECK(poll->code() == errc::storage_unavailable);
  CHECK(other->code() == errc::storage_unavailable);
  CHECK(in_flight() == 0);
  CHECK(kinds("r").back() == event_kind::released);
  CHECK(warnings.empty());
}

TEST_CASE_FIXTURE(task_world, "M15: an executor that answers with an error has "
                              "an unknown outcome") {
  auto broken = system().spawn(
      [](executor_actor::pointer, int) {
        return executor_actor::behavior_type{
            [](const run_task&) -> caf::result<task_result> {
              return caf::sec::runtime_error;
            }};
      },
      0);
  register_executor("work", broken);
  auto lock = now(acquire(job("r"))).lock;
  settle();
  CHECK(state("r").holder->id == lock.id);
  CHECK(state("r").holder->status == lock_status::in_doubt);
  caf::anon_send_exit(broken, caf::exit_reason::kill);
}

TEST_CASE_FIXTURE(task_world, "a retry comes though the machine was started "
                              "anew, and the clock that set it is gone") {
  advance(3'600'000);
  plan->answers.push_back({task_result::retryable, {}, "busy", 20'000});
  auto lock = now(acquire(job("r"))).lock;
  settle();
  go();
  reboot();
  come();
  advance(1'000);
  CHECK(plan->asked.size() == 2);
  CHECK(read(lock.id).status == lock_status::released);
}

TEST_CASE_FIXTURE(task_world, "a result of an attempt that is over counts for "
                              "nothing") {
  plan->answers.push_back({task_result::retryable, {}, "busy", 20'000});
  auto lock = now(acquire(job("r"))).lock;
  settle();
  come_late({"r", lock.id, 1, {task_result::failed, {}, "late", 0}});
  REQUIRE(state("r").holder);
  CHECK(state("r").holder->attempts == 2);
  advance(20'001);
  CHECK(read(lock.id).status == lock_status::released);
}

TEST_CASE_FIXTURE(task_world, "M15: a late result does not settle what is in "
                              "doubt") {
  plan->answers.push_back({task_result::unknown, {}, "time-out", 0});
  auto lock = now(acquire(job("r"))).lock;
  settle();
  come_late({"r", lock.id, 1, {task_result::done, "1", {}, 0}});
  REQUIRE(state("r").holder);
  CHECK(state("r").holder->status == lock_status::in_doubt);
}

TEST_CASE_FIXTURE(task_world, "a late answer of one attempt does not lose the "
                              "answer of the next") {
  plan->hold = true;
  auto lock = now(acquire(job("r"))).lock;
  settle();
  come_late({"r", lock.id, 1, {task_result::retryable, {}, "busy", 0}});
  advance(1'000);
  // Never two at once: the next waits for the end of the first, of which
  // nobody wants to hear any more, and which may have acted.
  REQUIRE(plan->asked.size() == 1);
  caf::anon_send(executor, task_result{task_result::done, "1", {}, 0});
  settle();
  REQUIRE(plan->asked.size() == 2);
  CHECK(plan->asked[1].recovered);
  CHECK(state("r").holder->id == lock.id);
  caf::anon_send(executor, task_result{task_result::done, "2", {}, 0});
  settle();
  CHECK(read(lock.id).result == "2");
}

TEST_CASE_FIXTURE(task_world, "M14: what comes after an attempt that was made "
                              "again may have begun, too") {
  plan->hold = true;
  auto lock = now(acquire(job("r"))).lock;
  settle();
  crash();
  come();
  REQUIRE(plan->asked.size() == 2);
  caf::anon_send(executor, task_result{task_result::retryable, {}, "busy", 0});
  advance(1'000);
  REQUIRE(plan->asked.size() == 3);
  CHECK(plan->asked[2].lock.attempts == 2);
  CHECK(plan->asked[2].recovered);
}

TEST_CASE_FIXTURE(task_world, "an executor that dies leaves the attempt that "
                              "waited for its end to its successor") {
  plan->hold = true;
  auto lock = now(acquire(job("r"))).lock;
  settle();
  come_late({"r", lock.id, 1, {task_result::retryable, {}, "busy", 0}});
  advance(1'000);
  go();
  plan->hold = false;
  come();
  REQUIRE(plan->asked.size() == 2);
  CHECK(plan->asked[1].lock.attempts == 2);
  CHECK(plan->asked[1].recovered);
  CHECK(read(lock.id).status == lock_status::released);
}
