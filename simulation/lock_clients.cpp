#include "simulation/lock_clients.hpp"

#include "storage/records.hpp"

namespace holdfast::simulation {

lock_clients::lock_clients(world& in, const lock_habits& habits)
    : workload(in), habits_(habits) {
  plan_->choose = [this] { return choose(); };
  for (const auto* kind :
       {"executor: retryable failure", "executor: failure",
        "executor: unknown outcome", "executor: silent", "executor: dies",
        "executor: replaced", "client: hangs up", "operator: pauses"})
    met_.announce(kind);
}

void lock_clients::come() {
  replaced_.clear();
  executor_ = world_.host(world_.system().spawn(play, plan_));
  world_.register_executor(executor_name, executor_);
}

void lock_clients::broken() {
  executor_ = nullptr;
  replaced_.clear();
  calls_.clear();
  ends_.clear();
  cancels_.clear();
  open_.clear();
}

std::size_t lock_clients::unanswered() const {
  auto left = calls_.size() + ends_.size() + cancels_.size();
  for (const auto& pending : open_)
    left += pending() ? 1 : 0;
  return left;
}

void lock_clients::act() {
  using action = void (lock_clients::*)();
  const std::pair<unsigned, action> actions[] = {
      {habits_.acquire, &lock_clients::acquire},
      {habits_.end, &lock_clients::end_one},
      {habits_.renew, &lock_clients::renew_one},
      {habits_.cancel_or_watch, &lock_clients::touch_entry},
      {habits_.abandon_or_force, &lock_clients::force_or_abandon},
      {habits_.operate, &lock_clients::operate},
      {habits_.tend_executor, &lock_clients::tend_executor},
  };
  std::uint64_t sum = 0;
  for (const auto& [weight, what] : actions)
    sum += weight;
  auto n = pick(sum);
  for (const auto& [weight, what] : actions) {
    if (n < weight)
      return (this->*what)();
    n -= weight;
  }
}

void lock_clients::acquire() {
  auto owner = "o" + std::to_string(pick(3));
  auto cmd = want("r" + std::to_string(pick(habits_.resources)), owner);
  if (chance(habits_.keyed)) {
    // The owner belongs to the key, so that duplicates are true ones.
    auto key = pick(habits_.keys);
    cmd.idempotency_key = "k" + std::to_string(key);
    cmd.owner_id = "o" + std::to_string(key % 3);
  }
  cmd.otherwise = static_cast<when_locked>(pick(3));
  cmd.priority = static_cast<std::uint8_t>(1 + pick(habits_.priorities));
  cmd.timeout_ms = std::int64_t(1 + pick(habits_.lease_ms));
  cmd.wait_ms = std::int64_t(1 + pick(2000));
  cmd.caller = ++callers_;
  if (chance(habits_.tasks)) {
    cmd.task = executor_name;
    cmd.timeout_ms += 200;
    cmd.max_retries = std::int64_t(pick(3));
  }
  calls_.push_back({cmd, world_.acquire(cmd)});
}

void lock_clients::end_one() {
  if (locks_.empty())
    return;
  const auto& lock = any_of(locks_);
  auto success = chance(75);
  auto result = std::to_string(lock.token());
  ends_.push_back(
      {success ? world_.release(lock, result) : world_.fail(lock, "no"),
       success});
}

void lock_clients::renew_one() {
  if (locks_.empty())
    return;
  const auto& lock = any_of(locks_);
  expect(world_.renew(lock, std::int64_t(1 + pick(habits_.lease_ms))));
}

void lock_clients::touch_entry() {
  if (entries_.empty())
    return;
  auto id = any_of(entries_);
  if (chance(50))
    cancels_.push_back(
        {id, world_.ask<entry_view>(world_.locks(),
                                    cancel_entry{{}, id, "client"})});
  else
    expect(world_.ask<entry_view>(
        world_.locks(),
        watch_entry{{}, id, std::int64_t(pick(1000)), ++callers_}));
}

void lock_clients::force_or_abandon() {
  if (chance(60) && !calls_.empty()) {
    const auto& call = any_of(calls_);
    met_.add("client: hangs up");
    caf::anon_send(world_.locks(),
                   abandon_wait{call.cmd.resource, call.cmd.caller});
  } else if (!locks_.empty()) {
    expect(world_.ask<force_released>(
        world_.locks(), force_release{{}, any_of(locks_).id, "op", "why"}));
  }
}

void lock_clients::resolve(lock_id id, resolution outcome) {
  auto result = std::to_string(++results_);
  ends_.push_back({world_.ask<lock_record>(
                       world_.locks(),
                       resolve_lock{{}, id, outcome, result, "op", "looked"}),
                   std::nullopt});
}

void lock_clients::operate() {
  auto what = pick(6);
  if (what == 0) {
    met_.add("operator: pauses");
    return expect(
        world_.ask<bool>(world_.locks(), set_paused{chance(50), "op"}));
  }
  if (what == 1)
    return expect(world_.ask<force_released>(
        world_.locks(),
        force_release_owner{"o" + std::to_string(pick(3)), "op", "all"}));
  if (what <= 3) {
    auto mine = my_doubts();
    if (mine.empty())
      return;
    auto id = any_of(mine);
    return resolve(id, static_cast<resolution>(pick(3)));
  }
  std::vector<dead_letter_id> letters;
  each_row(table::dead_letters, [&](std::uint64_t, std::string_view row) {
    // Those of messages belong to others.
    if (auto letter = decode_dead_letter(row); !letter.effect)
      letters.push_back(letter.id);
  });
  if (letters.empty())
    return;
  auto id = any_of(letters);
  if (what == 4)
    expect(world_.ask<entry_view>(world_.locks(),
                                  requeue_dead_letter{{}, id, "op"}));
  else
    expect(world_.ask<dead_letter>(world_.locks(),
                                   discard_dead_letter{{}, id, "op"}));
}

void lock_clients::tend_executor() {
  switch (pick(6)) {
  case 0:
    plan_->hold = !plan_->hold;
    if (plan_->hold)
      met_.add("executor: silent");
    break;
  case 1:
    if (executor_)
      caf::anon_send_exit(executor_, caf::exit_reason::user_shutdown);
    executor_ = nullptr;
    met_.add("executor: dies");
    break;
  case 2: // possibly in the place of one that lives on
    if (executor_)
      replaced_.push_back(executor_);
    executor_ = world_.host(world_.system().spawn(play, plan_));
    world_.register_executor(executor_name, executor_);
    met_.add("executor: replaced");
    break;
  case 3:
    for (auto& old : std::exchange(replaced_, {}))
      caf::anon_send_exit(old, caf::exit_reason::user_shutdown);
    break;
  default:
    if (executor_)
      caf::anon_send(executor_, choose());
  }
}

task_result lock_clients::choose() {
  auto n = std::to_string(++results_);
  switch (calm_ ? 7 : pick(8)) {
  case 0:
  case 1:
    met_.add("executor: retryable failure");
    return {task_result::retryable, {}, "busy", std::int64_t(pick(500))};
  case 2:
    met_.add("executor: failure");
    return {task_result::failed, {}, "no", 0};
  case 3:
    met_.add("executor: unknown outcome");
    return {task_result::unknown, {}, "time-out", 0};
  default:
    return {task_result::done, n, {}, 0};
  }
}

void lock_clients::calm() {
  if (!calm_) {
    calm_ = true;
    plan_->hold = false;
    // What it has kept silent about is never answered.
    for (auto& old : std::exchange(replaced_, {}))
      caf::anon_send_exit(old, caf::exit_reason::user_shutdown);
    if (executor_)
      caf::anon_send_exit(executor_, caf::exit_reason::user_shutdown);
    come();
  }
  // Again and again: a pause that was on its way may come after it.
  expect(world_.ask<bool>(world_.locks(), set_paused{false, "op"}));
  for (auto id : my_doubts())
    resolve(id, resolution::done);
}

} // namespace holdfast::simulation
