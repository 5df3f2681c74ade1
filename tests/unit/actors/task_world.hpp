// A world with an executor that does what a test tells it.
#pragma once

#include "actors/internal.hpp"
#include "simulation/executor.hpp"
#include "simulation/world.hpp"

namespace holdfast::test {

using namespace simulation;

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
