// Durable acquire and release cycles per second of a node over HTTP.
#include "bench/node_process.hpp"
#include "bench/store_commits.hpp"
#include "node/load/http_load.hpp"
#include "node/load/measure.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <exception>
#include <memory>

using namespace holdfast::bench;

namespace {

struct settings {
  std::vector<std::size_t> outstanding{1, 64, 256};
  bool one_key = false;
  bool keyed = false;
  bool trades = false;
  double warm_up_s = 0.5;
  double measured_s = 3;
  unsigned rounds = 1;
  std::string program;
  std::string url; ///< empty: start the program
  pid_t pid = 0;   ///< of the node at `url`
  std::string parent = std::filesystem::temp_directory_path();
};

const std::vector<column> columns{
    {"clients"},       {"cycles/s"},       {"acq p50 us"},
    {"acq p99 us"},    {"rel p50 us"},     {"rel p99 us"},
    {"CPU us/cyc", 1}, {"cores", 2},       {"load CPU us/cyc", 1},
    {"ops/commit", 1}, {"commits/cyc", 2}, {"RSS MiB"}};

using row = std::array<double, 12>;

double ops_per_commit(const endpoint& node) {
  http_connection line{node};
  line.ask("GET", "/v1/stats", {});
  std::string value{json_field(line.wait(5000).body, "opsPerCommit")};
  return value.empty() ? 0 : std::stod(value);
}

/// 0 when the store is not ours.
double commits_in(const std::unique_ptr<scratch_directory>& dir) {
  return dir ? commits_of(dir->path() + "/data") : 0;
}

row measure(const settings& s, std::size_t outstanding) {
  std::unique_ptr<scratch_directory> dir;
  std::unique_ptr<node_process> own;
  endpoint node;
  auto pid = s.pid;
  if (s.url.empty()) {
    dir = std::make_unique<scratch_directory>(s.parent);
    own = std::make_unique<node_process>(s.program, dir->path());
    node = own->where();
    pid = own->pid();
  } else {
    node = parse_url(s.url);
  }
  auto cpu = [&] { return pid == 0 ? 0 : cpu_seconds_of(pid); };
  workload what;
  what.outstanding = outstanding;
  what.one_key = s.one_key;
  what.keyed = s.keyed;
  what.trades = s.trades;
  auto commits_before = commits_in(dir);
  auto got = run_http(
      what, {to_duration(s.warm_up_s), to_duration(s.measured_s)}, node, cpu);
  if (got.cycles == 0)
    throw std::runtime_error{"not one cycle was done"};
  auto cycles = static_cast<double>(got.cycles);
  auto commits = commits_in(dir) - commits_before;
  return {static_cast<double>(outstanding),
          cycles / got.seconds,
          got.acquire.percentile_us(50),
          got.acquire.percentile_us(99),
          got.release.percentile_us(50),
          got.release.percentile_us(99),
          got.node_cpu_seconds / cycles * 1e6,
          got.node_cpu_seconds / got.seconds,
          got.own_cpu_seconds / cycles * 1e6,
          ops_per_commit(node),
          commits / static_cast<double>(got.cycles_total),
          pid == 0 ? 0 : peak_rss_mib_of(pid)};
}

void run(const settings& s) {
  print_head(columns);
  for (auto outstanding : s.outstanding) {
    std::vector<row> rounds;
    while (rounds.size() < s.rounds)
      rounds.push_back(measure(s, outstanding));
    print_row(columns, medians(rounds).data());
  }
}

} // namespace

int main(int argc, char** argv) {
  settings s;
  CLI::App app{"Cycles of acquire and release per second over HTTP. Every "
               "figure is the median of the rounds."};
  app.add_option("--outstanding", s.outstanding, "connections (1 64 256)")
      ->check(CLI::Range(1, 10'000));
  app.add_flag("--one-key", s.one_key, "all clients wait for one resource");
  app.add_flag("--keyed", s.keyed, "every transaction has a key and data");
  app.add_flag("--trades", s.trades,
               "paper trades instead: one call each, own key each");
  app.add_option("--warm-up", s.warm_up_s, "seconds (0.5)");
  app.add_option("--duration", s.measured_s, "seconds (3)");
  app.add_option("--rounds", s.rounds, "rounds (1)")->check(CLI::Range(1, 99));
  app.add_option("--dir", s.parent, "where the data is kept and removed");
  auto* program =
      app.add_option("--program", s.program, "holdfast; a node is started");
  auto* url = app.add_option("--url", s.url, "of a running node instead");
  app.add_option("--pid", s.pid, "of that node, to measure its CPU");
  program->excludes(url);
  CLI11_PARSE(app, argc, argv);
  try {
    if (s.program.empty() && s.url.empty())
      throw std::invalid_argument{"needs --program or --url"};
    run(s);
    return 0;
  } catch (const std::exception& why) {
    std::fprintf(stderr, "bench: %s\n", why.what());
    return 1;
  }
}
