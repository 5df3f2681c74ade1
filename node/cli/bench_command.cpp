#include "node/cli/bench_command.hpp"

#include "node/cli/lists.hpp"
#include "node/commands.hpp"
#include "node/load/http_load.hpp"
#include "node/load/listening_process.hpp"
#include "node/progress_bar.hpp"

#include <chrono>
#include <cmath>
#include <cstdio>
#include <ostream>
#include <random>
#include <unistd.h>

namespace holdfast {

namespace {

using nlohmann::json;

/// Ends the locks of a bench that was killed.
constexpr std::int64_t lease_ms = 10'000;

std::int64_t whole(double x) { return std::llround(x); }

double tenths(double x) { return std::round(x * 10) / 10; }

/// Resources that nobody else uses.
std::string prefix() {
  std::random_device random;
  char text[32];
  std::snprintf(text, sizeof text, "holdfast-bench:%08x:", random());
  return text;
}

struct round {
  std::size_t clients;
  bool one_key;
};

json measure(const round& what, const bench_args& args,
             const bench::endpoint& node, pid_t pid, api_session& api) {
  bench::workload work;
  work.outstanding = what.clients;
  work.one_key = what.one_key;
  work.prefix = prefix();
  work.lease_ms = lease_ms;
  bench::load_times times;
  times.warm_up = args.duration / 10;
  times.measured = args.duration;
  auto cpu = [pid] { return pid == 0 ? 0 : bench::cpu_seconds_of(pid); };
  auto got = bench::run_http(work, times, node, cpu);
  if (got.cycles == 0)
    throw std::runtime_error("not one cycle was done");
  auto cycles = static_cast<double>(got.cycles);
  auto commit = parse_answer(api.get("/v1/stats")).at("commit");
  json row{{"keys", what.one_key ? "one" : "own"},
           {"clients", what.clients},
           {"cyclesPerSecond", whole(cycles / got.seconds)},
           {"acquireP50Us", whole(got.acquire.percentile_us(50))},
           {"acquireP99Us", whole(got.acquire.percentile_us(99))},
           {"releaseP50Us", whole(got.release.percentile_us(50))},
           {"releaseP99Us", whole(got.release.percentile_us(99))},
           {"clientCpuUsPerCycle", tenths(got.own_cpu_seconds / cycles * 1e6)},
           {"commitsPerSecond", commit.at("perSecond")},
           {"opsPerCommit", commit.at("opsPerCommit")}};
  if (pid != 0)
    row["nodeCpuUsPerCycle"] = tenths(got.node_cpu_seconds / cycles * 1e6);
  return row;
}

const std::vector<list_column> columns{
    {"KEYS", "keys"},
    {"CLIENTS", "clients"},
    {"CYCLES/S", "cyclesPerSecond"},
    {"ACQ P50 US", "acquireP50Us"},
    {"ACQ P99 US", "acquireP99Us"},
    {"REL P50 US", "releaseP50Us"},
    {"REL P99 US", "releaseP99Us"},
    {"NODE CPU US/CYC", "nodeCpuUsPerCycle"},
    {"BENCH CPU US/CYC", "clientCpuUsPerCycle"},
    {"COMMITS/S", "commitsPerSecond"},
    {"OPS/COMMIT", "opsPerCommit"}};

std::vector<round> rounds_of(const bench_args& args) {
  std::vector<round> rounds;
  for (auto one_key : {false, true})
    for (auto clients : args.clients)
      if (!one_key || !args.own_keys_only)
        rounds.push_back({clients, one_key});
  return rounds;
}

} // namespace

int bench_command(const bench_args& args, std::ostream& out,
                  std::ostream& err) {
  return run_client(args.client, out, err, [&](api_session& api) {
    auto node = bench::parse_url(args.client.url);
    node.token = to_access(args.client).token;
    api.get("/v1/stats"); // tells in words when nobody is there
    auto pid = bench::listening_process(node.port);
    std::vector<json> rows;
    {
      auto rounds = rounds_of(args);
      progress_bar bar{err, is_terminal(STDERR_FILENO), rounds.size()};
      for (auto& what : rounds) {
        bar.update(rows.size(), "rounds measured");
        rows.push_back(measure(what, args, node, pid, api));
      }
    }
    if (args.client.json) {
      out << json{{"rounds", rows}}.dump() << std::endl;
    } else {
      write_table(rows, columns, "nothing measured", out);
      if (pid == 0)
        out << "the node's process is not to be seen from here: its CPU is "
               "not known\n";
      out << "commits as /v1/stats has them, over its own window\n"
          << std::flush;
    }
    return exit_code::done;
  });
}

} // namespace holdfast
