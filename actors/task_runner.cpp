#include "actors/task_runner.hpp"

#include <utility>

namespace holdfast {

task_runner::task_runner(caf::actor_config& cfg, surroundings_ptr around,
                         directory_actor directory)
    : task_runner_actor::base(cfg), around_(std::move(around)),
      directory_(std::move(directory)) {}

void task_runner::on_exit() {
  let_go(directory_);
  executors_.clear();
  tasks_.clear();
}

task_runner::behavior_type task_runner::make_behavior() {
  set_down_handler(
      [this](const caf::down_msg& down) { executor_down(down.source); });
  return {
      [this](register_task_executor& what) {
        monitor(what.work);
        executors_[what.name] = std::move(what.work);
        start_waiting();
      },
      [this](start_task& request) {
        auto& t = tasks_[request.what.lock.id.number];
        // Asked for again by an owner that was loaded anew: the lock still
        // holds, so that what was said of its end has not happened.
        t.forgotten = false;
        if (t.running && t.what.lock.attempts == request.what.lock.attempts)
          return;
        if (t.running) {
          t.next = std::move(request.what);
          return;
        }
        t.what = std::move(request.what);
        start(t);
      },
      [this](const forget_task& request) {
        auto i = tasks_.find(request.lock.number);
        if (i == tasks_.end())
          return;
        if (!i->second.running) {
          tasks_.erase(i);
          return;
        }
        i->second.forgotten = true;
        i->second.next.reset();
      },
      [](flush_tasks) { return true; },
      [this](tick) { start_waiting(); },
  };
}

void task_runner::start_waiting() {
  for (auto& [number, t] : tasks_)
    if (!t.running)
      start(t);
}

void task_runner::start(task& t) {
  auto executor = executors_.find(t.what.lock.work.task);
  // An emergency is an operator's own act: a pause does not hold it back. And a
  // trade that may have been sent is asked for, but not sent (trade_executor).
  auto held_back = around_->paused.load() && !t.what.lock.beside &&
                   !(t.what.recovered && t.what.lock.work.task == trade_task);
  if (held_back || executor == executors_.end())
    return;
  t.running = true;
  t.runs_on = executor->second.address();
  auto number = t.what.lock.id.number;
  auto attempt = t.what.lock.attempts;
  request(executor->second, caf::infinite, t.what)
      .then([this, number, attempt](
                const task_result& result) { ended(number, attempt, result); },
            [this, number, attempt](const caf::error& why) {
              // An executor that is gone may have begun: its successor is asked
              // for the same attempt (see executor_down).
              if (why == caf::sec::request_receiver_down)
                return;
              ended(number, attempt,
                    {task_result::unknown, {}, to_problem(why).detail, 0});
            });
}

/// Nobody waits any more for what ran before. It may have acted.
void task_runner::start_next(task& t) {
  t.next->recovered = true;
  t.what = *std::exchange(t.next, std::nullopt);
  t.running = false;
  start(t);
}

void task_runner::ended(std::uint64_t lock, std::uint32_t attempt,
                        task_result result) {
  auto i = tasks_.find(lock);
  if (i == tasks_.end() || !i->second.running ||
      i->second.what.lock.attempts != attempt)
    return;
  if (i->second.next)
    return start_next(i->second);
  const auto& record = i->second.what.lock;
  if (i->second.forgotten)
    around_->warn("task of " + to_string(record.id) +
                  " ended after its lock had been force released");
  else
    send(directory_, task_ended{record.work.resource, record.id, attempt,
                                std::move(result)});
  tasks_.erase(i);
}

void task_runner::executor_down(const caf::actor_addr& who) {
  // It may have been replaced, or serve under several names.
  std::erase_if(executors_, [&](const auto& e) {
    if (e.second.address() != who)
      return false;
    around_->warn("executor '" + e.first +
                  "' is gone; its tasks wait for another");
    return true;
  });
  for (auto i = tasks_.begin(); i != tasks_.end();) {
    auto& t = i->second;
    if (!t.running || t.runs_on != who) {
      ++i;
    } else if (t.forgotten) {
      i = tasks_.erase(i);
    } else {
      if (t.next)
        t.what = *std::exchange(t.next, std::nullopt);
      t.running = false;
      t.what.recovered = true;
      ++i;
    }
  }
  start_waiting();
}

} // namespace holdfast
