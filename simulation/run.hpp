// One run: a seed, a recipe, faults, and then calm in which all must settle.
#pragma once

#include "simulation/workload.hpp"

namespace holdfast::simulation {

using trace_fn = std::function<void(const std::string& line)>;

struct run_result {
  /// What was found wrong first: one sentence; empty: nothing.
  std::string fault;
  std::uint64_t fault_step = 0; ///< after so many steps
  std::uint64_t steps = 0;      ///< messages that actors have handled
  std::int64_t simulated_ms = 0;
  std::uint64_t commits = 0;
  std::uint64_t grants = 0;
  fault_counts faults; ///< those of the node and its disk too
};

/// Plays `what`: faults and clients for (at least) `steps` steps, then half an
/// hour of virtual time without faults, then judgement. The same arguments
/// give the same result and the same trace.
run_result run(const recipe& what, std::uint64_t seed, std::uint64_t steps,
               const trace_fn& trace = {});

/// A run that has failed with fewer steps: the fewest that bisection finds.
struct shortest {
  std::uint64_t steps = 0; ///< for `run`
  run_result result;
};
shortest shrink(const recipe& what, std::uint64_t seed,
                const run_result& failed, std::uint64_t steps);

} // namespace holdfast::simulation
