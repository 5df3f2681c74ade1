// The tree of commands, as CLI11 wants it: each file options*.cpp adds some.
// Must not know what a command does; nobody else includes CLI11.
#pragma once

#include "node/cli/api_session.hpp"

#include <CLI/CLI.hpp>

#include <chrono>
#include <functional>
#include <iosfwd>
#include <string>
#include <vector>

namespace holdfast {

/// What the command line asked for; answers the exit code.
using chosen_command = std::function<int(std::ostream&, std::ostream&)>;

/// --url, --token-file, --ca-file, --json.
void add_client_options(CLI::App& to, client_args& args);

/// An option that is a duration such as 30s; `x` has its default.
CLI::Option* add_duration(CLI::App& to, const std::string& name,
                          std::chrono::milliseconds& x,
                          const std::string& help);

/// `holdfast NAME` that calls `run(args, out, err)` with its own `args`; `add`
/// gives it its options.
template <class Args, class Add, class Run>
CLI::App* add_command(CLI::App& to, chosen_command& chosen,
                      const std::string& name, const std::string& help, Add add,
                      Run run) {
  auto command = to.add_subcommand(name, help);
  auto args = std::make_shared<Args>();
  add(*command, *args);
  command->callback([=, &chosen] {
    if (command->get_subcommands().empty())
      chosen = [=](std::ostream& out, std::ostream& err) {
        return run(*args, out, err);
      };
  });
  return command;
}

void add_node_commands(CLI::App& app, chosen_command& chosen);
/// `command`: what stands behind `--`.
void add_lock_command(CLI::App& app, chosen_command& chosen,
                      const std::vector<std::string>& command);
void add_client_commands(CLI::App& app, chosen_command& chosen);
void add_data_commands(CLI::App& app, chosen_command& chosen);
void add_simulate_command(CLI::App& app, chosen_command& chosen);
void add_shell_commands(CLI::App& app, chosen_command& chosen);

} // namespace holdfast
