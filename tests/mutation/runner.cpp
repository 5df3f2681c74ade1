// Runs every workload of the simulator until one finds a fault: what
// tests/mutation/simulate links the broken sources into. Or writes a run's
// trace, which is the same in every build: scripts/test compares two.
#include "simulation/run.hpp"

#include <cstdlib>
#include <iostream>
#include <string_view>

using namespace holdfast::simulation;

namespace {

std::uint64_t number(const char* text) {
  return std::strtoull(text, nullptr, 10);
}

int write_trace(const char* workload, std::uint64_t seed, std::uint64_t steps) {
  const auto* recipe = find_recipe(workload);
  if (recipe == nullptr)
    return 2;
  auto result = run(*recipe, seed, steps,
                    [](const std::string& line) { std::cout << line << '\n'; });
  return result.fault.empty() ? 0 : 1;
}

int find_fault(std::uint64_t seeds, std::uint64_t steps) {
  for (std::uint64_t seed = 1; seed <= seeds; ++seed)
    for (const auto& recipe : recipes()) {
      auto result = run(recipe, seed, steps);
      if (result.fault.empty())
        continue;
      std::cout << recipe.name << " | " << seed << " | " << result.fault
                << std::endl;
      return 1;
    }
  return 0;
}

} // namespace

/// runner SEEDS STEPS: 1 and a line when a fault was found, else 0.
/// runner --trace WORKLOAD SEED STEPS
int main(int argc, char** argv) {
  if (argc == 5 && std::string_view{argv[1]} == "--trace")
    return write_trace(argv[2], number(argv[3]), number(argv[4]));
  if (argc == 3)
    return find_fault(number(argv[1]), number(argv[2]));
  return 2;
}
