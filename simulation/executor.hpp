// An executor of tasks that does what it is told: work that succeeds, fails,
// may be tried again, has an outcome that nobody knows, or never ends.
#pragma once

#include "actors/interfaces.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <deque>
#include <functional>
#include <memory>
#include <vector>

namespace holdfast::simulation {

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

/// To be spawned.
scripted_actor::behavior_type play(scripted_actor::pointer self,
                                   std::shared_ptr<script> plan);

} // namespace holdfast::simulation
