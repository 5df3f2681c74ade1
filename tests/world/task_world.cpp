#include "world/task_world.hpp"

#include <caf/send.hpp>

#include <utility>

namespace holdfast::test {

scripted_actor::behavior_type play(scripted_actor::pointer self,
                                   std::shared_ptr<script> plan) {
  return {
      [self, plan](const run_task& what) -> caf::result<task_result> {
        plan->asked.push_back(what);
        auto promise = self->make_response_promise<task_result>();
        if (plan->hold) {
          plan->held.push_back(promise);
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
      [plan](const task_result& with) {
        for (auto& p : std::exchange(plan->held, {}))
          p.deliver(with);
      },
  };
}

task_world::task_world(settings s) : world(s) { come(); }

task_world::~task_world() { go(); }

void task_world::come() {
  executor = system().spawn(play, plan);
  register_executor("work", executor);
  settle();
}

void task_world::go() {
  caf::anon_send_exit(executor, caf::exit_reason::user_shutdown);
  executor = nullptr;
  plan->held.clear();
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
