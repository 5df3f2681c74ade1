#include "node/cli/simulate_command.hpp"

#include "messages/json_writer.hpp"
#include "simulation/run.hpp"

#include <chrono>
#include <deque>
#include <iomanip>
#include <ostream>

namespace holdfast {

namespace {

using simulation::run_result;

/// How much of a failing run's trace is shown.
constexpr std::size_t trace_lines = 80;

/// All runs together.
struct totals {
  std::uint64_t runs = 0;
  std::uint64_t steps = 0;
  std::uint64_t commits = 0;
  std::uint64_t grants = 0;
  std::int64_t simulated_ms = 0;
  simulation::fault_counts faults;

  void add(const run_result& result) {
    ++runs;
    steps += result.steps;
    commits += result.commits;
    grants += result.grants;
    simulated_ms += result.simulated_ms;
    faults.add(result.faults);
  }
};

/// The first run that failed, if any.
struct found_fault {
  std::uint64_t seed = 0;
  run_result result; ///< its `fault` is empty: there is none
};

void print_summary(const simulate_args& args, const totals& all, double seconds,
                   std::ostream& out) {
  auto rate = [&](std::uint64_t n) { return double(n) / seconds; };
  out << std::fixed << std::setprecision(1) << args.workload << ": " << all.runs
      << " runs from seed " << args.seed << ", " << all.steps << " steps, "
      << all.commits << " commits, " << all.grants << " locks granted\n"
      << seconds << " s: " << rate(all.runs) << " seeds/s, "
      << std::setprecision(0) << rate(all.steps) << " steps/s; "
      << std::setprecision(1) << double(all.simulated_ms) / 3'600'000
      << " hours simulated\nfaults injected:\n";
  std::size_t covered = 0;
  for (const auto& [kind, n] : all.faults.by_kind()) {
    covered += n != 0 ? 1 : 0;
    out << "  " << std::left << std::setw(36) << kind << std::right
        << std::setw(9) << n << (n == 0 ? "  never" : "") << '\n';
  }
  out << covered << " of " << all.faults.by_kind().size()
      << " kinds of faults were injected\n";
}

void print_json(const simulate_args& args, const totals& all, double seconds,
                const found_fault& found, std::ostream& out) {
  std::string text;
  json_writer to{text};
  to.begin_object()
      .member("workload", args.workload)
      .member("seed", args.seed)
      .member("runs", all.runs)
      .member("steps", all.steps)
      .member("commits", all.commits)
      .member("granted", all.grants)
      .member("simulatedMs", all.simulated_ms)
      .member("tookMs", std::int64_t(seconds * 1000));
  to.key("faults").begin_object();
  for (const auto& [kind, n] : all.faults.by_kind())
    to.member(kind, n);
  to.end_object();
  if (!found.result.fault.empty())
    to.member("failedSeed", found.seed)
        .member("failedStep", found.result.fault_step)
        .member("violation", found.result.fault);
  to.end_object();
  out << text << '\n';
}

/// The shortest run that still fails, and how it ended.
void print_fault(const simulate_args& args, const simulation::recipe& what,
                 const found_fault& found, std::ostream& out) {
  out << "\nVIOLATION with seed " << found.seed << ", after step "
      << found.result.fault_step << ": " << found.result.fault
      << "\nlooking for a shorter run ...\n";
  auto best = simulation::shrink(what, found.seed, found.result, args.steps);
  std::deque<std::string> last;
  simulation::run(what, found.seed, best.steps, [&](const std::string& line) {
    last.push_back(line);
    if (last.size() > trace_lines)
      last.pop_front();
  });
  out << "the last steps of the shortest one found (step, virtual time, actor, "
         "message, resource):\n";
  for (const auto& line : last)
    out << "  " << line << '\n';
  out << "\n"
      << best.result.fault << "\nagain: holdfast simulate --workload "
      << args.workload << " --seed " << found.seed << " --steps " << best.steps
      << " --trace\n";
}

} // namespace

std::string workload_list() {
  std::string text;
  for (const auto& r : simulation::recipes()) {
    text += "  " + r.name;
    text.append(r.name.size() < 14 ? 14 - r.name.size() : 1, ' ');
    text += r.about + '\n';
  }
  return text;
}

int simulate_command(const simulate_args& args, std::ostream& out,
                     std::ostream& err) {
  const auto* what = simulation::find_recipe(args.workload);
  if (!what) {
    err << "there is no workload '" << args.workload << "'; there are\n"
        << workload_list();
    return 2;
  }
  simulation::trace_fn trace;
  if (args.trace)
    trace = [&out](const std::string& line) { out << line << '\n'; };
  totals all;
  found_fault found;
  auto begin = std::chrono::steady_clock::now();
  for (auto seed = args.seed; all.runs < args.seeds; ++seed) {
    auto result = simulation::run(*what, seed, args.steps, trace);
    all.add(result);
    if (result.fault.empty())
      continue;
    found = {seed, std::move(result)};
    break;
  }
  std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  if (args.json)
    print_json(args, all, took.count(), found, out);
  else if (!args.trace)
    print_summary(args, all, took.count(), out);
  if (found.result.fault.empty())
    return 0;
  if (!args.json)
    print_fault(args, *what, found, out);
  return 1;
}

} // namespace holdfast
