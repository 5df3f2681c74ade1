// `holdfast simulate`, on the command line.
#include "node/cli/app.hpp"
#include "node/cli/simulate_command.hpp"

namespace holdfast {

void add_simulate_command(CLI::App& app, chosen_command& chosen) {
  add_command<simulate_args>(
      app, chosen, "simulate",
      "Run whole nodes under faults, on virtual time, and check every promise",
      [](CLI::App& to, simulate_args& args) {
        to.add_option("--workload", args.workload, "What is done to the node")
            ->type_name("NAME")
            ->capture_default_str();
        to.add_option("--seed", args.seed, "The first seed")
            ->capture_default_str();
        to.add_option("--seeds", args.seeds, "How many seeds to run")
            ->check(CLI::PositiveNumber)
            ->capture_default_str();
        to.add_option("--steps", args.steps,
                      "Messages handled under faults in each run")
            ->check(CLI::PositiveNumber)
            ->capture_default_str();
        to.add_flag("--trace", args.trace, "Print a line for each step");
        to.add_flag("--json", args.json, "Print JSON");
        to.footer("Workloads:\n" + workload_list() +
                  "\nOne seed is one run, event for event, with every build. "
                  "Nothing outside is touched:\nthe store is in memory.\n\n"
                  "Exit codes: 0 every promise was kept, 1 one was broken, "
                  "2 usage.\n\n"
                  "Example:\n"
                  "  holdfast simulate --workload mixed --seed 1 --seeds 1000");
      },
      simulate_command);
}

} // namespace holdfast
