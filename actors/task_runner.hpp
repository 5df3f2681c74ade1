// The executor registry: runs each attempt of a task once at a time, and
// holds tasks back while the node is paused or their executor is missing.
#pragma once

#include "actors/internal.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <map>
#include <optional>
#include <string>

namespace holdfast {

class task_runner : public task_runner_actor::base {
public:
  task_runner(caf::actor_config& cfg, surroundings_ptr around,
              directory_actor directory);

  behavior_type make_behavior() override;
  void on_exit() override;
  const char* name() const override { return "task_runner"; }

private:
  struct task {
    run_task what;
    bool running = false;
    bool forgotten = false; ///< its lock ended while it ran
    caf::actor_addr runs_on;
    /// A later attempt, asked for while this one runs: never two at once.
    std::optional<run_task> next;
  };

  void start_waiting();
  void start(task& t);
  void start_next(task& t);
  void ended(std::uint64_t lock, std::uint32_t attempt, task_result result);
  void executor_down(const caf::actor_addr& who);

  surroundings_ptr around_;
  directory_actor directory_;
  std::map<std::string, executor_actor> executors_;
  std::map<std::uint64_t, task> tasks_; ///< by lock number, oldest first
};

} // namespace holdfast
