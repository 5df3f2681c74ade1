#include "simulation/run.hpp"

#include <algorithm>
#include <stdexcept>

namespace holdfast::simulation {

namespace {

/// Faults of machine, disk and clock.
enum class trouble : std::uint8_t {
  crash,
  reboot,
  stop,
  failing_store,
  lost_answer,
  slow_store,
  death_in_commit,
  wall_clock,
  sleep,
};

world::settings settings_of(const recipe& what, std::uint64_t seed,
                            const trace_fn& trace) {
  world::settings s;
  s.seed = seed;
  if (what.tune)
    what.tune(s);
  s.trace = trace;
  return s;
}

/// Calm lasts for so many rounds of a minute.
constexpr int calm_rounds = 6;
constexpr std::int64_t calm_ms = 60'000;
/// Nobody in a run asks for so much at once.
constexpr std::size_t timers_max = 5'000;

class scene {
public:
  scene(const recipe& what, std::uint64_t seed, const trace_fn& trace)
      : world_(settings_of(what, seed, trace)), cast_(what.cast(world_)) {
    for (const auto* kind : {"node: crash", "node: reboot", "node: stop",
                             "clock: wall clock jumps", "clock: sleep"})
      faults_.announce(kind);
    world_.on_step = [this] {
      for (auto& w : cast_)
        w->look();
    };
    come();
  }

  run_result play(std::uint64_t steps) {
    try {
      while (world_.steps() < steps && well())
        act();
      if (well())
        settle();
    } catch (const std::exception& why) {
      world_.blame(std::string{"the run broke off: "} + why.what());
    }
    run_result result;
    result.fault = world_.fault();
    result.fault_step = world_.fault_step();
    result.steps = world_.steps();
    result.simulated_ms = world_.elapsed_ms();
    result.commits = world_.commit_count();
    result.grants = world_.grants();
    result.faults = faults_;
    result.faults.add(world_.storage().met);
    for (const auto& w : cast_)
      w->count(result.faults);
    return result;
  }

private:
  bool well() const { return world_.fault().empty(); }
  dice& random() { return world_.random(); }

  void come() {
    for (auto& w : cast_)
      w->come();
  }

  void act() {
    auto what = random().pick(24);
    if (what == 0)
      make_trouble();
    else if (what == 1)
      world_.tick();
    else if (what == 2)
      world_.advance(std::int64_t(random().pick(1500)));
    else
      cast_[random().pick(cast_.size())]->act();
    for (auto n = random().pick(30); n > 0 && alive() && world_.step(); --n) {
    }
    if (!alive())
      die(false);
  }

  /// False when the node has died in a commit.
  bool alive() const { return !world_.storage().is_cut(); }

  void make_trouble() {
    auto& store = world_.storage();
    switch (static_cast<trouble>(random().pick(12))) {
    case trouble::crash:
      return die(false);
    case trouble::reboot:
      return die(true);
    case trouble::stop:
      return stop();
    case trouble::failing_store: {
      constexpr storage_errc codes[] = {
          storage_errc::full, storage_errc::disk_full, storage_errc::io};
      return store.fail_with(codes[random().pick(3)]);
    }
    case trouble::lost_answer:
      return store.commit_then_fail(1 + random().pick(2));
    case trouble::slow_store: {
      auto commits = 1 + random().pick(3);
      return store.slow_down(commits, std::int64_t(1 + random().pick(2000)));
    }
    case trouble::death_in_commit:
      return store.die_in_commit(random().chance(50));
    case trouble::wall_clock: {
      // Around the true time, so that many jumps do not add up to days.
      auto to = std::int64_t(random().pick(7'200'000)) - 3'600'000;
      world_.shift_wall(to - wall_offset_ms_);
      wall_offset_ms_ = to;
      return faults_.add("clock: wall clock jumps");
    }
    case trouble::sleep:
      world_.suspend(std::int64_t(random().pick(3000)));
      return faults_.add("clock: sleep");
    default:
      store.heal();
    }
  }

  /// What a start mends, it commits before it serves: without a store that
  /// works no node starts.
  void die(bool machine) {
    world_.storage().heal();
    for (auto& w : cast_)
      w->broken();
    if (machine)
      world_.reboot();
    else
      world_.crash();
    faults_.add(machine ? "node: reboot" : "node: crash");
    come();
  }

  /// A stop, other than a crash, answers everybody.
  void stop() {
    world_.storage().heal();
    world_.restart();
    check_answered();
    faults_.add("node: stop");
    for (auto& w : cast_)
      w->broken();
    come();
  }

  void check_answered() {
    std::size_t left = 0;
    for (const auto& w : cast_)
      left += w->unanswered();
    if (left != 0)
      world_.blame(std::to_string(left) + " requests were never answered");
  }

  void settle() {
    world_.storage().heal();
    for (int round = 0; round < calm_rounds && well(); ++round) {
      for (auto& w : cast_)
        w->calm();
      world_.advance(calm_ms);
    }
    if (!well())
      return;
    check_answered();
    check_at_rest();
    world_.check_tables();
    for (auto& w : cast_)
      w->judge();
  }

  /// Six minutes are more than any lease, wait or retry of a run takes.
  void check_at_rest() {
    auto from = world_.disk().read();
    for (auto t : {table::locks, table::waiters, table::resources,
                   table::beside, table::in_doubt, table::outbox})
      if (auto n = from->count(t); n != 0)
        world_.blame(std::to_string(n) + " rows are left in " +
                     std::string{to_string(t)} +
                     " though all leases and waits are over");
    if (world_.in_flight() != 0)
      world_.blame(std::to_string(world_.in_flight()) +
                   " requests are counted as in flight, and nobody waits");
    if (auto n = world_.pending_timeouts(); n > timers_max)
      world_.blame(std::to_string(n) + " timers are left at rest");
  }

  world world_;
  workloads cast_;
  fault_counts faults_;
  std::int64_t wall_offset_ms_ = 0;
};

} // namespace

run_result run(const recipe& what, std::uint64_t seed, std::uint64_t steps,
               const trace_fn& trace) {
  return scene{what, seed, trace}.play(steps);
}

shortest shrink(const recipe& what, std::uint64_t seed,
                const run_result& failed, std::uint64_t steps) {
  shortest best{std::min(steps, failed.fault_step), failed};
  // Calm after fewer steps may show the same fault, or may not: whether it
  // does is not monotonous, so this finds a short run, not the shortest.
  std::uint64_t good = 0;
  while (good + 1 < best.steps) {
    auto half = good + (best.steps - good) / 2;
    auto result = run(what, seed, half);
    if (result.fault.empty())
      good = half;
    else
      best = {half, std::move(result)};
  }
  return best;
}

} // namespace holdfast::simulation
