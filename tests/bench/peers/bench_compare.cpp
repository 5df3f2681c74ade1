// Holdfast, Redis and PostgreSQL in turns under the same closed-loop load, in
// one table. Run by tests/bench/compare, which starts the other two.
#include "bench/node_process.hpp"
#include "bench/peers/postgres_line.hpp"
#include "bench/peers/redis_line.hpp"
#include "node/load/http_load.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <exception>
#include <fstream>
#include <iterator>

using namespace holdfast::bench;

namespace {

namespace fs = std::filesystem;

struct settings {
  std::vector<std::size_t> clients{64, 256};
  double warm_up_s = 0.5;
  double measured_s = 2;
  unsigned rounds = 5;
  bool keyed = false;
  std::vector<std::string> programs;
  std::uint16_t redis_port = 0;
  pid_t redis_pid = 0;
  std::string postgres;
  pid_t postgres_pid = 0;
  std::size_t postgres_connections_max = 100;
  std::string parent = fs::temp_directory_path();
};

const std::vector<column> columns{
    {"clients"},    {"cycles/s"},      {"acq p50 us"},
    {"acq p99 us"}, {"CPU us/cyc", 1}, {"load CPU us", 1},
    {"cores", 2},   {"x Redis", 2},    {"x PostgreSQL", 2}};

/// The last two are filled in at the end of a round.
using row = std::array<double, 9>;
constexpr std::size_t per_redis = 7;
constexpr std::size_t per_postgres = 8;

constexpr int name_width = 16;

load_times times_of(const settings& s) {
  return {to_duration(s.warm_up_s), to_duration(s.measured_s)};
}

row row_of(std::size_t clients, http_figures got) {
  if (got.cycles == 0)
    throw std::runtime_error{"not one cycle was done"};
  auto cycles = static_cast<double>(got.cycles);
  return {static_cast<double>(clients),
          cycles / got.seconds,
          got.acquire.percentile_us(50),
          got.acquire.percentile_us(99),
          got.node_cpu_seconds / cycles * 1e6,
          got.own_cpu_seconds / cycles * 1e6,
          got.node_cpu_seconds / got.seconds,
          0,
          0};
}

row measure_holdfast(const settings& s, const std::string& program,
                     std::size_t clients) {
  scratch_directory dir{s.parent};
  node_process node{program, dir.path()};
  workload what;
  what.outstanding = clients;
  what.keyed = s.keyed;
  return row_of(clients, run_http(what, times_of(s), node.where(),
                                  [&] { return cpu_seconds_of(node.pid()); }));
}

row measure_redis(const settings& s, std::size_t clients) {
  std::vector<std::unique_ptr<peer_line>> lines;
  while (lines.size() < clients)
    lines.push_back(make_redis_line(s.redis_port, lines.size()));
  return row_of(clients, run_peer(std::move(lines), times_of(s),
                                  [&] { return cpu_seconds_of(s.redis_pid); }));
}

pid_t parent_of(pid_t pid) {
  std::ifstream in{"/proc/" + std::to_string(pid) + "/stat"};
  std::string text{std::istreambuf_iterator<char>{in}, {}};
  auto name_end = text.rfind(')');
  pid_t parent = 0;
  if (name_end != std::string::npos && name_end + 4 < text.size())
    std::from_chars(text.data() + name_end + 4, text.data() + text.size(),
                    parent);
  return parent;
}

/// A process and its children: PostgreSQL has one for each connection.
double cpu_seconds_of_family(pid_t root) {
  auto sum = cpu_seconds_of(root);
  for (const auto& entry : fs::directory_iterator{"/proc"}) {
    auto name = entry.path().filename().string();
    pid_t pid = 0;
    auto end = name.data() + name.size();
    if (std::from_chars(name.data(), end, pid).ptr == end &&
        parent_of(pid) == root)
      sum += cpu_seconds_of(pid);
  }
  return sum;
}

row measure_postgres(const settings& s, std::size_t clients) {
  make_postgres_table(s.postgres);
  std::vector<std::unique_ptr<peer_line>> lines;
  while (lines.size() < std::min(clients, s.postgres_connections_max))
    lines.push_back(make_postgres_line(s.postgres, lines.size()));
  return row_of(clients, run_peer(std::move(lines), times_of(s), [&] {
                  return cpu_seconds_of_family(s.postgres_pid);
                }));
}

void print(const std::string& name, const std::vector<row>& rounds) {
  std::printf("%-*s", name_width, name.c_str());
  print_row(columns, medians(rounds).data());
}

/// All in turns, so that what the neighbours do hits all alike.
void run(const settings& s, std::size_t clients) {
  std::vector<std::vector<row>> ours(s.programs.size());
  std::vector<row> redis;
  std::vector<row> postgres;
  for (unsigned i = 0; i < s.rounds; ++i) {
    auto& r = redis.emplace_back(measure_redis(s, clients));
    auto& p = postgres.emplace_back(measure_postgres(s, clients));
    for (std::size_t k = 0; k < ours.size(); ++k)
      ours[k].push_back(measure_holdfast(s, s.programs[k], clients));
    for (auto& mine : ours) {
      mine.back()[per_redis] = mine.back()[1] / r[1];
      mine.back()[per_postgres] = mine.back()[1] / p[1];
    }
    r[per_redis] = p[per_postgres] = 1;
    r[per_postgres] = r[1] / p[1];
    p[per_redis] = p[1] / r[1];
  }
  print("Redis", redis);
  print("PostgreSQL", postgres);
  for (std::size_t k = 0; k < ours.size(); ++k)
    print(k == 0 ? "Holdfast" : "Holdfast " + std::to_string(k + 1), ours[k]);
}

} // namespace

int main(int argc, char** argv) {
  settings s;
  CLI::App app{"Holdfast, Redis and PostgreSQL in turns. Every figure, ratios "
               "included, is the median of the rounds."};
  app.add_option("--clients", s.clients, "connections (64 256)")
      ->check(CLI::Range(1, 10'000));
  app.add_flag("--keyed", s.keyed, "Holdfast's transactions have key and data");
  app.add_option("--warm-up", s.warm_up_s, "seconds (0.5)");
  app.add_option("--duration", s.measured_s, "seconds (2)");
  app.add_option("--rounds", s.rounds, "rounds (5)")->check(CLI::Range(1, 99));
  app.add_option("--dir", s.parent, "where Holdfast's data is made");
  app.add_option("--program", s.programs, "holdfast; several are compared")
      ->required();
  app.add_option("--redis-port", s.redis_port)->required();
  app.add_option("--redis-pid", s.redis_pid)->required();
  app.add_option("--postgres", s.postgres, "what libpq connects to")
      ->required();
  app.add_option("--postgres-pid", s.postgres_pid)->required();
  CLI11_PARSE(app, argc, argv);
  try {
    std::printf("%-*s", name_width, "");
    print_head(columns);
    for (auto clients : s.clients)
      run(s, clients);
    return 0;
  } catch (const std::exception& why) {
    std::fprintf(stderr, "bench: %s\n", why.what());
    return 1;
  }
}
