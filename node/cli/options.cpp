// Reads the command line: the root of the tree, and what all commands share.
#include "node/cli/options.hpp"

#include "node/cli/app.hpp"
#include "node/cli/duration.hpp"
#include "node/commands.hpp"

#include <ostream>
#include <string_view>

namespace holdfast {

namespace {

constexpr auto root_footer =
    "holdfast COMMAND --help, or holdfast help COMMAND, tells all about "
    "one.\n\n"
    "Environment:\n"
    "  HOLDFAST_URL       the node, instead of --url\n"
    "  HOLDFAST_TOKEN     the token, unless there is --token-file\n"
    "  HOLDFAST_CA_FILE   certificates to trust, instead of --ca-file\n\n"
    "Exit codes of all commands: 0 done, 1 error, 2 wrong usage or\n"
    "configuration, 3 refused or not obtained, 4 lock lost (the command was\n"
    "ended); `lock` otherwise passes on the status of the command it ran.";

constexpr std::size_t help_column = 36;

/// CLI11 would take "[a,b]" for a list, so it never sees the command of
/// `lock`: that is what stands behind the first "--".
std::vector<std::string> split_command(std::vector<std::string>& args) {
  std::vector<std::string> command;
  if (args.empty() || args.front() != "lock")
    return command;
  auto mark = std::ranges::find(args, "--");
  if (mark == args.end())
    return command;
  command.assign(mark + 1, args.end());
  args.erase(mark, args.end());
  return command;
}

/// CLI11 ends a footer without a line break.
void end_footers(CLI::App& app) {
  app.footer(app.get_footer() + '\n');
  for (auto command : app.get_subcommands({}))
    end_footers(*command);
}

} // namespace

void add_client_options(CLI::App& to, client_args& args) {
  constexpr auto group = "Node";
  to.add_option("--url", args.url, "The node")
      ->envname("HOLDFAST_URL")
      ->default_val("http://127.0.0.1:8080")
      ->type_name("URL")
      ->group(group);
  to.add_option("--token-file", args.token_file,
                "File with the token; HOLDFAST_TOKEN otherwise")
      ->type_name("FILE")
      ->group(group);
  to.add_option("--ca-file", args.ca_file,
                "PEM file to trust for https instead of the system's")
      ->envname("HOLDFAST_CA_FILE")
      ->type_name("FILE")
      ->group(group);
  to.add_flag("--json", args.json, "Print the API's JSON");
}

CLI::Option* add_duration(CLI::App& to, const std::string& name,
                          std::chrono::milliseconds& x,
                          const std::string& help) {
  auto option = to.add_option_function<std::string>(
      name,
      [&x, name](const std::string& text) {
        try {
          x = parse_duration(text);
        } catch (const std::invalid_argument& wrong) {
          throw CLI::ValidationError(name, wrong.what());
        }
      },
      help);
  option->type_name("DURATION");
  if (x.count() > 0)
    option->default_str(to_text(x));
  return option;
}

int run_command_line(int argc, const char* const* argv, std::ostream& out,
                     std::ostream& err) {
  CLI::App app{"Holdfast: durable locks. One event, one effect.", "holdfast"};
  app.set_version_flag("--version",
                       std::string{"holdfast "} + HOLDFAST_VERSION);
  app.require_subcommand(1);
  app.footer(root_footer);
  app.get_formatter()->column_width(help_column);
  std::vector<std::string> args(argv + std::min(argc, 1), argv + argc);
  auto command = split_command(args);
  chosen_command chosen;
  add_node_commands(app, chosen);
  add_lock_command(app, chosen, command);
  add_client_commands(app, chosen);
  add_data_commands(app, chosen);
  add_simulate_command(app, chosen);
  add_shell_commands(app, chosen);
  end_footers(app);
  try {
    std::ranges::reverse(args); // as CLI11 wants them
    app.parse(std::move(args));
  } catch (const CLI::Success& help) {
    app.exit(help, out, err);
    return exit_code::done;
  } catch (const CLI::ParseError& wrong) {
    app.exit(wrong, out, err);
    return exit_code::usage;
  }
  return chosen(out, err);
}

} // namespace holdfast
