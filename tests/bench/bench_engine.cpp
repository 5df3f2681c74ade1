// Durable acquire and release cycles per second of an engine in this process,
// against bare LMDB commits of the same records in the same run.
#include "bench/bare_lmdb.hpp"
#include "bench/engine_load.hpp"
#include "node/load/measure.hpp"

#include <CLI/CLI.hpp>

#include <array>
#include <cstdio>
#include <exception>
#include <sys/wait.h>
#include <unistd.h>

using namespace holdfast::bench;
using holdfast::lmdb_options;

namespace {

struct settings {
  std::vector<std::size_t> outstanding{1, 64, 256};
  bool one_key = false;
  bool keyed = false;
  double warm_up_s = 0.5;
  double measured_s = 3;
  unsigned rounds = 1;
  bool yardsticks = true;
  host_scheduler host;
  std::uint64_t map_gib = 64;
  std::string parent = std::filesystem::temp_directory_path();
};

const std::vector<column> columns{
    {"clients"},        {"cycles/s"},      {"acq p50 us"},    {"acq p99 us"},
    {"rel p50 us"},     {"rel p99 us"},    {"CPU us/cyc", 1}, {"cores", 2},
    {"commits/cyc", 3}, {"ops/commit", 1}, {"in commit %"},   {"RSS MiB"},
    {"store cyc/s"},    {"CPU us/cyc", 1}, {"of store %"},    {"plain cyc/s"},
    {"CPU us/cyc", 1},  {"of plain %"}};

using row = std::array<double, 18>;

/// So many columns are of the engine; the rest are of the yardsticks.
constexpr std::size_t got_columns = 12;

lmdb_options store_in(const settings& s, const scratch_directory& dir) {
  lmdb_options where;
  where.directory = dir.path();
  where.map_bytes = s.map_gib << 30;
  return where;
}

row measure(const settings& s, std::size_t outstanding) {
  workload what{outstanding, s.one_key, s.keyed};
  load_times times{to_duration(s.warm_up_s), to_duration(s.measured_s)};
  engine_figures got;
  {
    scratch_directory dir{s.parent};
    got = run_engine(what, times, s.host, store_in(s, dir));
  }
  if (got.cycles == 0 || got.store.commits == 0)
    throw std::runtime_error{"not one cycle was done"};
  auto cycles = static_cast<double>(got.cycles);
  auto commits = static_cast<double>(got.store.commits);
  auto per_s = cycles / got.seconds;
  auto batch = static_cast<double>(got.store.steps) / commits;
  auto busy_s = static_cast<double>(got.store.busy_ns) / 1e9;
  row r{static_cast<double>(outstanding),
        per_s,
        got.acquire.percentile_us(50),
        got.acquire.percentile_us(99),
        got.release.percentile_us(50),
        got.release.percentile_us(99),
        got.cpu_seconds / cycles * 1e6,
        got.cpu_seconds / got.seconds,
        commits / cycles,
        batch,
        100 * busy_s / got.seconds,
        peak_rss_mib()};
  if (!s.yardsticks)
    return r;
  auto total = static_cast<double>(got.cycles_total);
  auto at = got_columns;
  for (auto commit : {commit_through_store, commit_plainly}) {
    scratch_directory dir{s.parent};
    auto bare =
        commit(yardstick{what, got.cycles_total, batch, store_in(s, dir)});
    r[at++] = total / bare.seconds;
    r[at++] = bare.cpu_seconds / total * 1e6;
    r[at++] = 100 * per_s * bare.seconds / total;
  }
  return r;
}

/// In a process of its own, so that no round inherits memory or threads.
bool measure_apart(const settings& s, std::size_t outstanding, row& result) {
  std::array<int, 2> ends{};
  if (pipe(ends.data()) != 0)
    throw std::runtime_error{"cannot make a pipe"};
  auto child = fork();
  if (child < 0)
    throw std::runtime_error{"cannot make a process"};
  if (child == 0) {
    auto code = 1;
    try {
      auto r = measure(s, outstanding);
      if (write(ends[1], r.data(), sizeof(r)) == sizeof(r))
        code = 0;
    } catch (const std::exception& why) {
      std::fprintf(stderr, "bench: %s\n", why.what());
    }
    _exit(code);
  }
  close(ends[1]);
  auto complete = read(ends[0], result.data(), sizeof(result)) ==
                  static_cast<ssize_t>(sizeof(result));
  close(ends[0]);
  auto status = 0;
  waitpid(child, &status, 0);
  return complete && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool run(const settings& s) {
  print_head(columns);
  for (auto outstanding : s.outstanding) {
    std::vector<row> rounds;
    while (rounds.size() < s.rounds)
      if (!measure_apart(s, outstanding, rounds.emplace_back()))
        return false;
    print_row(columns, medians(rounds).data());
  }
  return true;
}

} // namespace

int main(int argc, char** argv) {
  settings s;
  CLI::App app{"Cycles of acquire and release per second, in process. Every "
               "figure is the median of the rounds."};
  app.add_option("--outstanding", s.outstanding, "clients (1 64 256)")
      ->check(CLI::Range(1, 10'000));
  app.add_flag("--one-key", s.one_key, "all clients wait for one resource");
  app.add_flag("--keyed", s.keyed, "every transaction has a key and data");
  app.add_option("--warm-up", s.warm_up_s, "seconds (0.5)");
  app.add_option("--duration", s.measured_s, "seconds (3)");
  app.add_option("--rounds", s.rounds, "rounds (1)")->check(CLI::Range(1, 99));
  app.add_flag("!--no-yardsticks", s.yardsticks, "only the engine");
  app.add_option("--threads", s.host.threads, "of CAF's scheduler");
  app.add_option("--policy", s.host.policy, "of CAF's scheduler")
      ->check(CLI::IsMember({"stealing", "sharing"}));
  app.add_option("--map-gib", s.map_gib,
                 "of each store (64); few for valgrind");
  app.add_option("--dir", s.parent, "where the stores are made and removed");
  CLI11_PARSE(app, argc, argv);
  try {
    return run(s) ? 0 : 1;
  } catch (const std::exception& why) {
    std::fprintf(stderr, "bench: %s\n", why.what());
    return 1;
  }
}
