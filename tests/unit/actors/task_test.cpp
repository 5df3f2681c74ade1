// Work that the node does itself under a lock, with an executor of the test's.
#include "world/world.hpp"

#include <caf/send.hpp>
#include <doctest/doctest.h>

#include <deque>

using namespace holdfast;
using namespace holdfast::test;

namespace {

/// An executor that can be told how its held requests end.
using scripted_actor = executor_actor::extend<caf::reacts_to<task_result>>;

/// What an executor was asked, and what it is going to answer. `hold` keeps
/// requests unanswered until it gets a task_result of its own.
struct script {
  std::vector<run_task> asked;
  std::deque<task_result> answers;
  bool hold = false;
  std::vector<caf::typed_response_promise<task_result>> held;
};

scripted_actor::behavior_type play(scripted_actor::pointer self,
                                   std::shared_ptr<script> s) {
  return {
      [self, s](const run_task& what) -> caf::result<task_result> {
        s->asked.push_back(what);
        auto promise = self->make_response_promise<task_result>();
        if (s->hold) {
          s->held.push_back(promise);
          return promise;
        }
        task_result answer{task_result::done, "\"ok\"", {}, 0};
        if (!s->answers.empty()) {
          answer = s->answers.front();
          s->answers.pop_front();
        }
        promise.deliver(answer);
        return promise;
      },
      [s](const task_result& with) {
        for (auto& p : std::exchange(s->held, {}))
          p.deliver(with);
      },
  };
}

struct task_world : world {
  task_world() { come(); }
  ~task_world() { go(); }

  void come() {
    executor = system().spawn(play, plan);
    register_executor("work", executor);
    settle();
  }
  void go() {
    caf::anon_send_exit(executor, caf::exit_reason::user_shutdown);
    executor = nullptr;
    plan->held.clear();
    settle();
  }

  static acquire_lock job(std::string resource, std::string key = {}) {
    auto cmd = want(std::move(resource), "ann", std::move(key));
    cmd.task = "work";
    return cmd;
  }
  lock_record read(lock_id id) {
    return now(ask<lock_record>(queries(), get_lock{id}));
  }

  std::shared_ptr<script> plan = std::make_shared<script>();
  scripted_actor executor;
};

} // namespace

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
