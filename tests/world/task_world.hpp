// A world with an executor that does what a test tells it.
#pragma once

#include "world/world.hpp"

#include <deque>

namespace holdfast::test {

/// What an executor was asked, and what it is going to answer: the next of
/// `answers`, or what `choose` says, or success. `hold` keeps requests
/// unanswered until it gets a task_result of its own.
struct script {
  std::vector<run_task> asked;
  std::deque<task_result> answers;
  std::function<task_result()> choose;
  bool hold = false;
};

/// An executor that can be told how its held requests end.
using scripted_actor = executor_actor::extend<caf::reacts_to<task_result>>;

scripted_actor::behavior_type play(scripted_actor::pointer self,
                                   std::shared_ptr<script> plan);

/// Begins with an executor for "work".
struct task_world : world {
  task_world() : task_world(settings{}) {}
  explicit task_world(settings s);
  ~task_world();

  /// An executor registers, in the place of any before.
  void come();
  /// The executor dies; what it held is never answered.
  void go();
  /// A result arrives that the runner has sent before, and nobody has heard.
  void come_late(task_ended result);
  /// Those that were replaced die.
  void end_former();

  static acquire_lock job(std::string resource, std::string key = {});
  lock_record read(lock_id id);

  std::shared_ptr<script> plan = std::make_shared<script>();
  scripted_actor executor;
  std::vector<scripted_actor> former;
};

} // namespace holdfast::test
