// What a node costs when there is much of something: active locks, keys that
// were used once, old rows, connections. Every figure is of one node.
#include "bench/node_process.hpp"
#include "bench/scale_fill.hpp"
#include "node/load/http_load.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <fstream>
#include <functional>
#include <iterator>
#include <stdexcept>
#include <sys/resource.h>
#include <sys/stat.h>
#include <thread>

using namespace holdfast::bench;

namespace {

namespace fs = std::filesystem;

struct settings {
  std::string program;
  std::string parent = fs::temp_directory_path();
  fill active;
  fill old;
  std::uint64_t keys = 0;
  std::size_t connections = 0;
  unsigned rounds = 5;
  double measured_s = 2;
};

double anonymous_kib(const node_process& node) {
  return status_kib(node.pid(), "RssAnon");
}

std::string data_of(const scratch_directory& dir) {
  return dir.path() + "/data";
}

double size_mib(const scratch_directory& dir) {
  struct stat file {};
  if (stat((data_of(dir) + "/data.mdb").c_str(), &file) != 0)
    throw std::runtime_error{"there is no store in " + dir.path()};
  return static_cast<double>(file.st_blocks) * 512 / 1024 / 1024;
}

/// Starts a node on a store with many active locks.
void measure_active(const settings& s) {
  scratch_directory dir{s.parent};
  fs::create_directories(data_of(dir));
  fill_store(data_of(dir), s.active);
  auto mib = size_mib(dir);
  auto begin = clock::now();
  node_process node{s.program, dir.path()};
  auto ready_s = seconds(clock::now() - begin);
  std::printf("%llu active locks, %.0f MiB on disk: ready after %.1f s; "
              "%.0f MiB of memory, %.0f of them its own and not the file's "
              "(%.2f KiB per lock)\n",
              static_cast<unsigned long long>(s.active.active), mib, ready_s,
              status_kib(node.pid(), "VmRSS") / 1024,
              anonymous_kib(node) / 1024,
              anonymous_kib(node) / static_cast<double>(s.active.active));
}

struct cost {
  double cycles_per_s;
  double cpu_us;
};

/// A key that was used before would be replayed: every round has its own.
cost cycles_on(const settings& s, const node_process& node, unsigned round) {
  workload what;
  what.outstanding = 64;
  what.keyed = true;
  what.prefix = "trade:BTCUSDT:BUY:round-" + std::to_string(round) + "-";
  auto got = run_http(what, {to_duration(0.5), to_duration(s.measured_s)},
                      node.where(), [&] { return cpu_seconds_of(node.pid()); });
  if (got.cycles == 0)
    throw std::runtime_error{"not one cycle was done"};
  auto cycles = static_cast<double>(got.cycles);
  return {cycles / got.seconds, got.node_cpu_seconds / cycles * 1e6};
}

/// The same load on an empty and on a full store, in turns.
void measure_old(const settings& s) {
  scratch_directory full_dir{s.parent};
  fs::create_directories(data_of(full_dir));
  fill_store(data_of(full_dir), s.old);
  auto mib = size_mib(full_dir);
  std::vector<double> cpu;
  std::vector<double> time;
  std::vector<double> rate;
  for (unsigned i = 0; i < s.rounds; ++i) {
    scratch_directory empty_dir{s.parent};
    auto measure = [&](const std::string& directory) {
      node_process node{s.program, directory};
      return cycles_on(s, node, i);
    };
    auto empty = measure(empty_dir.path());
    auto full = measure(full_dir.path());
    cpu.push_back(full.cpu_us / empty.cpu_us);
    time.push_back(empty.cycles_per_s / full.cycles_per_s);
    rate.push_back(full.cycles_per_s);
  }
  std::printf("%llu journal rows, %llu outcomes, %.0f MiB on disk: a cycle "
              "takes %.2f of the time and %.2f of the CPU that it does on an "
              "empty store (64 clients, key and data, %.0f cycles/s)\n",
              static_cast<unsigned long long>(s.old.journal),
              static_cast<unsigned long long>(s.old.outcomes), mib,
              median(time), median(cpu), median(rate));
}

/// Asks on all lines at once and hears all answers.
void ask_all(std::vector<http_connection>& lines, const std::string& method,
             const std::function<std::string(std::size_t)>& path,
             const std::function<std::string(std::size_t)>& body,
             std::vector<http_answer>* answers = nullptr) {
  for (std::size_t i = 0; i < lines.size(); ++i)
    lines[i].ask(method, path(i), body(i));
  for (auto& line : lines) {
    const auto& got = line.wait(60'000);
    if (got.status < 200 || got.status >= 300)
      throw std::runtime_error{
          "a request was refused: " + std::to_string(got.status) + " " +
          std::string{got.body}};
    if (answers != nullptr)
      answers->push_back(got);
  }
}

/// Takes a lock on each of many keys, then gives all back, and watches the
/// memory of the node: awake, asleep with a lock, asleep without.
void measure_keys(const settings& s) {
  scratch_directory dir{s.parent};
  node_process node{s.program, dir.path(), "[locks]\nidle_owner_s = 5\n"};
  std::vector<http_connection> lines;
  while (lines.size() < 64)
    lines.emplace_back(node.where());
  auto keys = static_cast<double>(s.keys);
  auto before = anonymous_kib(node);
  std::vector<std::pair<std::string, std::string>> locks;
  while (locks.size() < s.keys) {
    std::vector<http_answer> got;
    ask_all(
        lines, "POST", [](std::size_t) { return "/v1/locks"; },
        [&](std::size_t i) {
          return R"({"ownerId":"bench","timeoutMs":3600000,"resourceId":")" +
                 std::string{active_prefix} + std::to_string(locks.size() + i) +
                 "\"}";
        },
        &got);
    for (auto& x : got)
      locks.emplace_back(json_field(x.body, "lockId"),
                         json_field(x.body, "fencingToken"));
  }
  auto awake = anonymous_kib(node);
  // Twice the time after which they may sleep.
  std::this_thread::sleep_for(std::chrono::seconds{12});
  auto asleep = anonymous_kib(node);
  for (std::size_t at = 0; at < locks.size(); at += lines.size())
    ask_all(
        lines, "POST",
        [&](std::size_t i) {
          return "/v1/locks/" + locks[at + i].first + "/release";
        },
        [&](std::size_t i) {
          return R"({"fencingToken":)" + locks[at + i].second + "}";
        });
  std::this_thread::sleep_for(std::chrono::seconds{12});
  auto over = anonymous_kib(node);
  std::printf("%zu keys, KiB of memory each: %.2f with a lock and awake, %.2f "
              "with a lock and asleep, %.2f released and asleep\n",
              locks.size(), (awake - before) / keys, (asleep - before) / keys,
              (over - before) / keys);
}

/// Opens many connections, which do nothing; then each asks and waits.
void measure_connections(const settings& s) {
  scratch_directory dir{s.parent};
  node_process node{s.program, dir.path()};
  http_connection control{node.where()};
  auto ask = [&](const std::string& method, const std::string& path,
                 const std::string& body) {
    control.ask(method, path, body);
    return control.wait(10'000);
  };
  auto held = ask("POST", "/v1/locks", R"({"ownerId":"a","resourceId":"r"})");
  std::string path{"/v1/locks/"};
  path.append(json_field(held.body, "lockId")).append("/release");
  std::string release{R"({"fencingToken":)"};
  release.append(json_field(held.body, "fencingToken")).append("}");
  auto queued = ask("POST", "/v1/locks", R"({"ownerId":"b","resourceId":"r"})");
  std::string poll{"/v1/queue/"};
  poll.append(json_field(queued.body, "entryId")).append("?waitMs=60000");
  auto before = anonymous_kib(node);
  std::vector<http_connection> lines;
  while (lines.size() < s.connections)
    lines.emplace_back(node.where());
  ask_all(
      lines, "GET", [](std::size_t) { return "/healthz"; },
      [](std::size_t) { return ""; });
  auto idle = anonymous_kib(node);
  for (auto& line : lines)
    line.ask("GET", poll, "");
  // Heard behind all of them by the one I/O thread.
  std::this_thread::sleep_for(std::chrono::seconds{2});
  ask("GET", "/healthz", "");
  auto waiting = anonymous_kib(node);
  ask("POST", path, release);
  for (auto& line : lines)
    if (line.wait(20'000).status != 200)
      throw std::runtime_error{"a long poll was refused"};
  std::printf("%zu connections: %.1f MiB idle, %.1f MiB in long polls; all "
              "were answered\n",
              lines.size(), (idle - before) / 1024, (waiting - before) / 1024);
}

} // namespace

int main(int argc, char** argv) {
  settings s;
  CLI::App app{"A node with much of something, each in its own directory."};
  app.add_option("--program", s.program, "holdfast")->required();
  app.add_option("--dir", s.parent, "where the data is made and removed");
  app.add_option("--active", s.active.active,
                 "restart with so many active locks");
  auto* journal = app.add_option("--journal", s.old.journal,
                                 "a cycle's cost with so many "
                                 "rows in the journal");
  app.add_option("--outcomes", s.old.outcomes, "and so many outcomes")
      ->needs(journal);
  app.add_option("--keys", s.keys, "memory of so many keys");
  app.add_option("--connections", s.connections,
                 "memory of so many connections and long polls");
  app.add_option("--rounds", s.rounds, "of --journal (5)");
  app.add_option("--duration", s.measured_s, "seconds of each (2)");
  CLI11_PARSE(app, argc, argv);
  try {
    rlimit files{};
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    if (s.active.active > 0)
      measure_active(s);
    if (s.keys > 0)
      measure_keys(s);
    if (s.connections > 0)
      measure_connections(s);
    if (s.old.journal > 0)
      measure_old(s);
    return 0;
  } catch (const std::exception& why) {
    std::fprintf(stderr, "bench: %s\n", why.what());
    return 1;
  }
}
