#include "world/task_world.hpp"

#include <caf/send.hpp>

#include <utility>

namespace holdfast::test {

scripted_actor::behavior_type play(scripted_actor::pointer self,
                                   std::shared_ptr<script> plan) {
  using promise = caf::typed_response_promise<task_result>;
  // A promise must not outlive its actor.
  auto held = std::make_shared<std::vector<promise>>();
  return {
      [self, plan, held](const run_task& what) -> caf::result<task_result> {
        plan->asked.push_back(what);
        auto promise = self->make_response_promise<task_result>();
        if (plan->hold) {
          held->push_back(promise);
          return promise;
        }
        task_result answer{task_result::done, "\"ok\"", {}, 0};
        if (!plan->answers.empty()) {
          answer = plan->answers.front();
          plan->answers.pop_front();
        } else if (plan->choose) {
          answer = plan->choose();
        }
        promise.deliver(answer);
        return promise;
      },
      [held](const task_result& with) {
        for (auto& p : std::exchange(*held, {}))
          p.deliver(with);
      },
  };
}

task_world::task_world(settings s) : world(s) { come(); }

task_world::~task_world() {
  go();
  end_former();
}

void task_world::come() {
  if (executor)
    former.push_back(executor);
  executor = system().spawn(play, plan);
  register_executor("work", executor);
  settle();
}

void task_world::go() {
  if (executor)
    caf::anon_send_exit(executor, caf::exit_reason::user_shutdown);
  executor = nullptr;
  settle();
}

void task_world::come_late(task_ended result) {
  caf::anon_send(caf::actor_cast<directory_actor>(locks()), std::move(result));
  settle();
}

void task_world::end_former() {
  for (auto& old : std::exchange(former, {}))
    caf::anon_send_exit(old, caf::exit_reason::user_shutdown);
  settle();
}

acquire_lock task_world::job(std::string resource, std::string key) {
  auto cmd = want(std::move(resource), "ann", std::move(key));
  cmd.task = "work";
  return cmd;
}

lock_record task_world::read(lock_id id) {
  return now(ask<lock_record>(queries(), get_lock{id}));
}

} // namespace holdfast::test
