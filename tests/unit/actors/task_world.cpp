#include "task_world.hpp"

#include <caf/send.hpp>

#include <utility>

namespace holdfast::test {

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
