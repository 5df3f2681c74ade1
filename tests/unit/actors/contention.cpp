#include "contention.hpp"

#include <caf/send.hpp>

namespace holdfast::test {

namespace {

world::settings make_settings(std::uint64_t seed) {
  world::settings s;
  s.seed = seed;
  s.idle_owner_ms = 500;
  s.owners_max = 2;
  s.limits.queue_depth_max = 4;
  s.limits.retry_max_ms = 1'000;
  s.cleanup_interval_ms = 10'000;
  return s;
}

} // namespace

contention::contention(std::uint64_t seed) : world_(make_settings(seed)) {
  world_.plan->choose = [this] { return choose(); };
}

std::string contention::run(int actions) {
  for (int i = 0; i < actions && fault().empty(); ++i) {
    act();
    listen();
  }
  if (fault().empty())
    finish();
  return fault();
}

void contention::act() {
  switch (pick(16)) {
  case 0:
  case 1:
  case 2:
  case 3:
  case 4:
    return acquire();
  case 5:
  case 6:
    return end_one();
  case 7:
    return renew_one();
  case 8:
    return touch_entry();
  case 9:
    return force_or_abandon();
  case 10:
    return world_.advance(std::int64_t(pick(1500)));
  case 11:
    return trouble();
  case 12:
    return operate();
  case 13:
    return tend_executor();
  default:
    for (auto n = pick(30); n > 0 && world_.step(); --n) {
    }
  }
}

void contention::acquire() {
  auto owner = "o" + std::to_string(pick(3));
  auto cmd = want("r" + std::to_string(pick(3)), owner);
  if (chance(70)) {
    // The owner belongs to the key, so that duplicates are true ones.
    auto key = pick(6);
    cmd.idempotency_key = "k" + std::to_string(key);
    cmd.owner_id = "o" + std::to_string(key % 3);
  }
  cmd.otherwise = static_cast<when_locked>(pick(3));
  cmd.priority = static_cast<std::uint8_t>(1 + pick(3));
  cmd.timeout_ms = std::int64_t(1 + pick(3000));
  cmd.wait_ms = std::int64_t(1 + pick(2000));
  cmd.caller = ++callers_;
  if (chance(30)) {
    cmd.task = "work";
    cmd.timeout_ms += 200;
    cmd.max_retries = std::int64_t(pick(3));
  }
  calls_.push_back({cmd, world_.acquire(cmd)});
}

void contention::end_one() {
  if (locks_.empty())
    return;
  auto& lock = locks_[pick(locks_.size())];
  ends_.push_back(
      {lock.id, chance(75) ? world_.release(lock, std::to_string(lock.token()))
                           : world_.fail(lock, "no")});
}

void contention::renew_one() {
  if (!locks_.empty())
    expect(world_.renew(locks_[pick(locks_.size())],
                        std::int64_t(1 + pick(2000))));
}

void contention::touch_entry() {
  if (entries_.empty())
    return;
  auto id = entries_[pick(entries_.size())];
  if (chance(50))
    cancels_.push_back(
        {id, world_.ask<entry_view>(world_.locks(),
                                    cancel_entry{{}, id, "client"})});
  else
    expect(world_.ask<entry_view>(
        world_.locks(),
        watch_entry{{}, id, std::int64_t(pick(1000)), ++callers_}));
}

void contention::force_or_abandon() {
  if (chance(60) && !calls_.empty()) {
    auto& call = calls_[pick(calls_.size())];
    caf::anon_send(world_.locks(),
                   abandon_wait{call.cmd.resource, call.cmd.caller});
  } else if (!locks_.empty()) {
    expect(world_.ask<force_released>(
        world_.locks(),
        force_release{{}, locks_[pick(locks_.size())].id, "op", "why"}));
  }
}

void contention::operate() {
  auto doubts = in_doubt();
  auto letters = dead_letters();
  switch (pick(6)) {
  case 0:
    expect(world_.ask<bool>(world_.locks(), set_paused{chance(50), "op"}));
    break;
  case 1:
    expect(world_.ask<force_released>(
        world_.locks(),
        force_release_owner{"o" + std::to_string(pick(3)), "op", "all"}));
    break;
  case 2:
  case 3:
    if (!doubts.empty()) {
      auto id = doubts[pick(doubts.size())];
      ends_.push_back({id, world_.ask<lock_record>(
                               world_.locks(),
                               resolve_lock{{},
                                            id,
                                            static_cast<resolution>(pick(3)),
                                            std::to_string(++results_),
                                            "op",
                                            "looked"})});
    }
    break;
  case 4:
    if (!letters.empty())
      expect(world_.ask<entry_view>(
          world_.locks(),
          requeue_dead_letter{{}, letters[pick(letters.size())], "op"}));
    break;
  default:
    if (!letters.empty())
      expect(world_.ask<dead_letter>(
          world_.locks(),
          discard_dead_letter{{}, letters[pick(letters.size())], "op"}));
  }
}

void contention::tend_executor() {
  switch (pick(6)) {
  case 0:
    world_.plan->hold = !world_.plan->hold;
    break;
  case 1:
    if (executor_up_)
      world_.go();
    executor_up_ = false;
    break;
  case 2: // possibly in the place of one that lives on
    world_.come();
    executor_up_ = true;
    break;
  case 3:
    return world_.end_former();
  default:
    if (executor_up_)
      caf::anon_send(world_.executor, choose());
  }
}

task_result contention::choose() {
  auto n = std::to_string(++results_);
  switch (finishing_ ? 7 : pick(8)) {
  case 0:
  case 1:
    return {task_result::retryable, {}, "busy", std::int64_t(pick(500))};
  case 2:
    return {task_result::failed, {}, "no", 0};
  case 3:
    return {task_result::unknown, {}, "time-out", 0};
  default:
    return {task_result::done, n, {}, 0};
  }
}

void contention::trouble() {
  switch (pick(6)) {
  case 0:
    return stop_node(true);
  case 1:
    return stop_node(false);
  case 2:
    return world_.disk().fail_with(storage_errc::disk_full);
  case 3:
    return world_.disk().commit_then_fail(1 + pick(2));
  case 4:
    return world_.shift_wall(std::int64_t(pick(7'200'000)) - 3'600'000);
  default:
    world_.disk().heal();
  }
}

/// A crash leaves calls unanswered, their outcome unknown; a stop answers all.
void contention::stop_node(bool crash) {
  listen();
  // What a start mends, it commits before it serves: without a store that
  // works no node starts.
  world_.disk().heal();
  if (crash && chance(30)) {
    world_.reboot();
  } else if (crash) {
    world_.crash();
  } else {
    world_.restart();
    listen();
    check_rest();
  }
  calls_.clear();
  ends_.clear();
  cancels_.clear();
  open_.clear();
  if (executor_up_)
    world_.come();
}

/// When faults stop, everything settles.
void contention::finish() {
  finishing_ = true;
  world_.disk().heal();
  world_.plan->hold = false;
  if (executor_up_)
    world_.go();
  world_.end_former();
  world_.come();
  world_.advance(2'000);
  world_.now(world_.ask<bool>(world_.locks(), set_paused{false, "op"}));
  for (int round = 0; round < 5; ++round) {
    for (auto id : in_doubt())
      world_.now(world_.ask<lock_record>(
          world_.locks(),
          resolve_lock{{}, id, resolution::done, "0", "op", "end"}));
    world_.advance(5'000);
  }
  listen();
  if (!fault().empty())
    return;
  world_.check_tables();
  check_rest();
  check_told();
}

} // namespace holdfast::test
