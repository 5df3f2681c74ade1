#include "simulation/executor.hpp"

#include <utility>

namespace holdfast::simulation {

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

} // namespace holdfast::simulation
