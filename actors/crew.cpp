#include "actors/crew.hpp"

#include "actors/janitor.hpp"
#include "actors/lease_timer.hpp"
#include "actors/lock_directory.hpp"
#include "actors/notifier.hpp"
#include "actors/persistence.hpp"
#include "actors/position_desk.hpp"
#include "actors/reader.hpp"
#include "actors/signal_notifier.hpp"
#include "actors/step_writer.hpp"
#include "actors/task_runner.hpp"
#include "actors/watchdog.hpp"
#include "storage/records.hpp"
#include "storage/store_rules.hpp"

#include <caf/send.hpp>
#include <caf/spawn_options.hpp>

#include <algorithm>

namespace holdfast {

namespace {

using storage_impl::decode_u64;
using storage_impl::meta_restored_below;

/// A lease that was measured by another boot's clock, on this boot's.
void carry_over(lock_record& lock, const surroundings& around,
                const instant& now) {
  auto left_ms = std::clamp<std::int64_t>(lock.expires_at_ms - now.wall_ms, 0,
                                          lock.work.timeout_ms);
  lock.deadline_boot_us = now.boot_us + left_ms * 1000;
  lock.boot_id = around.time->boot_id();
  lock.retry_boot_us = 0;
}

void commit_all(surroundings& around, std::vector<step>& steps) {
  around.db.commit(steps);
  steps.clear();
}

void find_locks(surroundings& around, recovery& found) {
  auto now = around.time->now();
  std::vector<step> carried;
  auto carry = [&](table t, std::string_view key, lock_record& lock) {
    if (lock.boot_id == around.time->boot_id())
      return;
    carry_over(lock, around, now);
    step s;
    s.writes.push_back({t, std::string{key}, encode(lock)});
    carried.push_back(std::move(s));
    if (carried.size() == 4096)
      commit_all(around, carried);
  };
  auto from = around.db.read();
  from->scan(table::locks, {}, [&](std::string_view key, std::string_view row) {
    auto lock = decode_lock(row);
    if (lock.status != lock_status::active)
      return true;
    ++found.active_locks;
    carry(table::locks, key, lock);
    auto task = !lock.work.task.empty();
    found.running_tasks += task ? 1 : 0;
    found.timers.push_back(
        {lock.work.resource, task ? now.boot_us : lock.deadline_boot_us});
    return true;
  });
  from->scan(table::beside, {},
             [&](std::string_view key, std::string_view row) {
               auto lock = decode_lock(row);
               if (lock.status == lock_status::active) {
                 carry(table::beside, key, lock);
                 ++found.running_tasks;
                 found.timers.push_back({lock.work.resource, now.boot_us});
               }
               return true;
             });
  commit_all(around, carried);
}

/// Places kept only by connections are gone with the node that had them.
void cancel_orphans(surroundings& around, const std::string& resource,
                    std::vector<step>& steps) {
  auto state = read_resource(*around.db.read(), resource);
  std::vector<entry_id> orphans;
  for (const auto& [rank, entry] : state.waiters)
    if (!entry.lasting)
      orphans.push_back(entry.id);
  for (auto id : orphans) {
    auto change = decide_cancel(state, id, {}, "the node was restarted",
                                deciding{around});
    steps.push_back(to_step(state, change));
    apply(state, change);
  }
}

void find_waiters(surroundings& around, recovery& found) {
  std::vector<std::string> resources;
  auto from = around.db.read();
  from->scan(table::waiters, {},
             [&](std::string_view key, std::string_view flag) {
               if (decode_lasting(flag)) {
                 ++found.waiting;
                 return true;
               }
               auto resource = parse_waiter_key(key).resource;
               if (resources.empty() || resources.back() != resource)
                 resources.push_back(std::move(resource));
               return true;
             });
  from.reset();
  std::vector<step> steps;
  for (const auto& resource : resources) {
    cancel_orphans(around, resource, steps);
    if (steps.size() >= 4096)
      commit_all(around, steps);
  }
  commit_all(around, steps);
}

} // namespace

recovery recover(surroundings& around) {
  recovery found;
  auto from = around.db.read();
  if (auto paused = from->get(table::meta, "paused"))
    around.paused.store(*paused == "1");
  if (auto below = from->get(table::meta, meta_restored_below))
    around.restored_below = decode_u64(*below, meta_restored_below);
  from.reset();
  find_locks(around, found);
  find_waiters(around, found);
  return found;
}

namespace {

/// Who makes signals of positions, and messages of signals.
void spawn_signals(caf::actor_system& sys, const surroundings_ptr& around,
                   crew& all) {
  all.desk = sys.spawn<position_desk>(around, all.directory, all.reader);
  for (auto of : all_channels)
    all.notifiers.at(static_cast<std::size_t>(of)) = sys.spawn<notifier>(
        around, of, all.directory, all.reader, all.persistence);
  all.signals = sys.spawn(signal_notifier, around);
  caf::anon_send(all.runner,
                 register_task_executor{std::string{signal_task}, all.signals});
}

} // namespace

crew spawn_crew(caf::actor_system& sys, const surroundings_ptr& around,
                recovery found, bool own_threads) {
  crew all;
  if (own_threads) {
    all.reader = sys.spawn<reader, caf::detached>(around);
    all.persistence = sys.spawn<persistence, caf::detached>(around, all.reader);
  } else {
    all.reader = sys.spawn<reader>(around);
    all.persistence = sys.spawn<persistence>(around, all.reader);
  }
  auto links = std::make_shared<directory_links>();
  links->persistence = all.persistence;
  links->reader = all.reader;
  all.directory = sys.spawn<lock_directory, caf::lazy_init>(around, links);
  all.runner = sys.spawn<task_runner>(around, all.directory);
  links->runner = all.runner;
  // Both sleep until their first message, which comes when the links are
  // complete.
  all.timer = sys.spawn<lease_timer, caf::lazy_init>(around, all.directory,
                                                     std::move(found.timers));
  links->timer = all.timer;
  caf::anon_send(all.timer, tick{});
  all.janitor = sys.spawn<janitor>(around, all.persistence);
  spawn_signals(sys, around, all);
  links->notifiers = all.notifiers;
  all.alerts = sys.spawn<watchdog>(around, all.directory, all.reader);
  return all;
}

void kill_crew(crew& all) {
  auto kill = [](auto& actor) {
    if (actor)
      caf::anon_send_exit(actor, caf::exit_reason::kill);
    let_go(actor);
  };
  kill(all.alerts);
  kill(all.desk);
  kill(all.signals);
  for (auto& actor : all.notifiers)
    kill(actor);
  kill(all.directory);
  kill(all.timer);
  kill(all.runner);
  kill(all.janitor);
  kill(all.persistence);
  kill(all.reader);
}

} // namespace holdfast
