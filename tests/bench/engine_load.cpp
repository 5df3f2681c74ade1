#include "bench/engine_load.hpp"

#include "engine/engine.hpp"

#include <caf/event_based_actor.hpp>

#include <latch>
#include <mutex>
#include <stdexcept>
#include <thread>

namespace holdfast::bench {

namespace {

enum class phase { warm_up, measured, over };

/// What all clients of a run share.
struct board {
  board(const workload& w, locks_actor l)
      : what(w), locks(std::move(l)),
        running(static_cast<std::ptrdiff_t>(w.outstanding)) {}

  const workload what;
  locks_actor locks;
  std::atomic<phase> now = phase::warm_up;
  std::atomic<std::uint64_t> cycles = 0;
  std::latch running;
  std::mutex mutex;
  engine_figures sum;  ///< each client adds its own when it ends
  std::string refused; ///< why, if anything was
};

/// Acquires, releases, and does so again until the board says that it is over.
class client : public caf::event_based_actor {
public:
  client(caf::actor_config& cfg, board& b, std::size_t number)
      : event_based_actor(cfg), board_(b), number_(number) {}

  caf::behavior make_behavior() override {
    acquire();
    return {};
  }

  void on_exit() override {
    {
      std::lock_guard guard{board_.mutex};
      board_.sum.acquire.add(acquired_);
      board_.sum.release.add(released_);
      board_.sum.cycles_total += done_;
    }
    board_.running.count_down();
  }

private:
  void acquire() {
    begin_ = clock::now();
    request(board_.locks, caf::infinite,
            acquire_of(board_.what, number_, done_))
        .then([this](const acquire_answer& got) { release(got); },
              [this](const caf::error& why) { refused(why); });
  }

  void release(const acquire_answer& got) {
    note(acquired_);
    release_lock cmd;
    cmd.id = got.lock.id;
    cmd.token = got.lock.token();
    request(board_.locks, caf::infinite, std::move(cmd))
        .then(
            [this](const lock_record&) {
              note(released_);
              ++done_;
              auto now = board_.now.load();
              if (now == phase::measured)
                ++board_.cycles;
              if (now != phase::over)
                acquire();
            },
            [this](const caf::error& why) { refused(why); });
  }

  void note(latencies& to) {
    auto now = clock::now();
    if (board_.now.load() == phase::measured)
      to.add(now - begin_);
    begin_ = now;
  }

  /// This client ends; the run is worth nothing then.
  void refused(const caf::error& why) {
    std::lock_guard guard{board_.mutex};
    board_.refused = to_problem(why).detail;
  }

  board& board_;
  std::size_t number_;
  std::uint64_t done_ = 0;
  clock::time_point begin_;
  latencies acquired_;
  latencies released_;
};

counting_store::counts operator-(const counting_store::counts& a,
                                 const counting_store::counts& b) {
  return {a.commits - b.commits, a.steps - b.steps, a.busy_ns - b.busy_ns};
}

engine_figures drive(caf::actor_system& sys, engine& hf, counting_store& db,
                     const workload& what, const load_times& times) {
  board all{what, hf.locks()};
  for (std::size_t i = 0; i < what.outstanding; ++i)
    sys.spawn<client>(all, i);
  std::this_thread::sleep_for(times.warm_up);
  auto cpu = cpu_seconds();
  auto store = db.so_far();
  auto begin = clock::now();
  all.now = phase::measured;
  std::this_thread::sleep_for(times.measured);
  auto cycles = all.cycles.load();
  auto took = clock::now() - begin;
  store = db.so_far() - store;
  cpu = cpu_seconds() - cpu;
  all.now = phase::over;
  all.running.wait();
  if (!all.refused.empty())
    throw std::runtime_error{"a request was refused: " + all.refused};
  auto sum = std::move(all.sum);
  sum.cycles = cycles;
  sum.seconds = seconds(took);
  sum.cpu_seconds = cpu;
  sum.store = store;
  return sum;
}

} // namespace

engine_figures run_engine(const workload& what, const load_times& times,
                          const host_scheduler& host,
                          const lmdb_options& where) {
  auto db = open_lmdb_store(where);
  counting_store counted{*db};
  caf::actor_system_config cfg;
  init_types(cfg);
  cfg.set("scheduler.max-threads", host.threads);
  cfg.set("scheduler.policy", caf::atom_from_string(host.policy));
  caf::actor_system sys{cfg};
  engine hf{sys, options{}, counted};
  return drive(sys, hf, counted, what, times);
}

} // namespace holdfast::bench
