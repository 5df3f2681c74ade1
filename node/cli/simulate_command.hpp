// `holdfast simulate`: runs of the simulator, and what they found.
// Must not know how a command line is read.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>

namespace holdfast {

struct simulate_args {
  std::string workload = "mixed";
  std::uint64_t seed = 1;
  std::uint64_t seeds = 1;
  std::uint64_t steps = 2000; ///< of each run, before calm comes
  bool trace = false;
  bool json = false;
};

/// 0 when no run found anything wrong, 1 when one did (the others are not run
/// any more), 2 for a workload that does not exist.
int simulate_command(const simulate_args& args, std::ostream& out,
                     std::ostream& err);

/// The workloads with a line about each, for the help.
std::string workload_list();

} // namespace holdfast
