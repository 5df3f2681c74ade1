// The command line: what can be asked, and its help. The only file that
// includes CLI11.
#include "node/options.hpp"

#include "node/commands.hpp"

#include <CLI/CLI.hpp>

#include <ostream>

namespace holdfast {

namespace {

constexpr auto node_footer =
    "Without --config everything has its default: data in ./data, HTTP on\n"
    "http://127.0.0.1:8080/. SIGTERM and SIGINT stop the node; a second one\n"
    "ends it at once, which loses nothing that was acknowledged.\n\n"
    "Exit codes: 0 stopped by a signal, 2 bad configuration or usage,\n"
    "1 anything else (port in use, data directory in use, ...).";

constexpr auto replay_footer =
    "FILE has one JSON object a line: {\"call\": \"POST /v1/locks\",\n"
    "\"body\": {...}, \"afterMs\": 250, \"as\": \"a\", \"after\": [\"b\"]}; "
    "see\n"
    "docs/replay.md.\n\n"
    "Exit codes: 0 all was sent (refusals are part of the summary), 1 the\n"
    "node gave no answer or a line is malformed, 2 usage, 3 --check found\n"
    "an intent that was done twice.";

} // namespace

int run_command_line(int argc, const char* const* argv, std::ostream& out,
                     std::ostream& err) {
  CLI::App app{"Holdfast: durable locks. One event, one effect.", "holdfast"};
  app.set_version_flag("--version",
                       std::string{"holdfast "} + HOLDFAST_VERSION);
  app.require_subcommand(1);

  node_args node;
  auto run_node = app.add_subcommand("node", "Run a node");
  run_node
      ->add_option("--config", node.config_file,
                   "TOML file; docs/configuration.md lists its keys")
      ->type_name("FILE");
  run_node->add_flag("--check-config", node.check_config,
                     "Check the configuration and end");
  run_node->footer(node_footer);

  replay_args replay;
  auto run_replay =
      app.add_subcommand("replay", "Feed recorded calls to a running node");
  run_replay->add_option("FILE", replay.file, "JSON lines of calls")
      ->required();
  run_replay->add_option("--url", replay.url, "The node")
      ->envname("HOLDFAST_URL")
      ->default_val("http://127.0.0.1:8080");
  run_replay
      ->add_option("--speed", replay.speed,
                   "Times faster than recorded; 0: as fast as possible")
      ->check(CLI::Range(0.0, 1e6))
      ->default_val(1.0);
  run_replay->add_flag("--check", replay.check,
                       "Check in the node's journal that every intent was "
                       "done once");
  run_replay->add_flag("--json", replay.json, "Print the summary as JSON");
  run_replay->footer(replay_footer);

  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& help) {
    app.exit(help, out, err);
    return exit_code::done;
  } catch (const CLI::ParseError& wrong) {
    app.exit(wrong, out, err);
    return exit_code::usage;
  }
  return run_node->parsed() ? node_command(node, out, err)
                            : replay_command(replay, out, err);
}

} // namespace holdfast
