// Runs every workload of the simulator until one finds a fault: what
// tests/mutation/simulate links the broken sources into.
#include "simulation/run.hpp"

#include <cstdlib>
#include <iostream>

/// runner SEEDS STEPS: 1 and a line when a fault was found, else 0.
int main(int argc, char** argv) {
  if (argc != 3)
    return 2;
  auto seeds = std::strtoull(argv[1], nullptr, 10);
  auto steps = std::strtoull(argv[2], nullptr, 10);
  for (std::uint64_t seed = 1; seed <= seeds; ++seed)
    for (const auto& recipe : holdfast::simulation::recipes()) {
      auto result = holdfast::simulation::run(recipe, seed, steps);
      if (result.fault.empty())
        continue;
      std::cout << recipe.name << " | " << seed << " | " << result.fault
                << std::endl;
      return 1;
    }
  return 0;
}
