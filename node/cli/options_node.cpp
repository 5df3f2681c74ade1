// `node` and `replay` on the command line.
#include "node/cli/app.hpp"
#include "node/commands.hpp"

namespace holdfast {

namespace {

constexpr auto node_footer =
    "Without --config everything has its default: data in ./data, HTTP on\n"
    "http://127.0.0.1:8080/. SIGTERM and SIGINT stop the node; a second one\n"
    "ends it at once, which loses nothing that was acknowledged.\n\n"
    "Exit codes: 0 stopped by a signal, 2 bad configuration or usage,\n"
    "1 anything else (port in use, data directory in use, ...).\n\n"
    "Examples:\n"
    "  holdfast node\n"
    "  holdfast node --config /etc/holdfast.toml --check-config";

constexpr auto replay_footer =
    "FILE has one JSON object a line: {\"call\": \"POST /v1/locks\",\n"
    "\"body\": {...}, \"afterMs\": 250, \"as\": \"a\", \"after\": [\"b\"]}; "
    "see\n"
    "docs/replay.md.\n\n"
    "Exit codes: 0 all was sent (refusals are part of the summary), 1 the\n"
    "node gave no answer or a line is malformed, 2 usage, 3 --check found\n"
    "an intent that was done twice.\n\n"
    "Example:\n"
    "  holdfast replay config/samples/busy-hour.jsonl --speed 0 --check";

void add_replay_options(CLI::App& to, replay_args& args) {
  to.add_option("FILE", args.file, "JSON lines of calls")->required();
  to.add_option("--speed", args.speed,
                "Times faster than recorded; 0: as fast as possible")
      ->check(CLI::Range(0.0, 1e6))
      ->default_val(1.0);
  to.add_flag("--check", args.check,
              "Check in the node's journal that every intent was done once");
  add_client_options(to, args.client);
  to.footer(replay_footer);
}

} // namespace

void add_node_commands(CLI::App& app, chosen_command& chosen) {
  add_command<node_args>(
      app, chosen, "node", "Run a node",
      [](CLI::App& to, node_args& args) {
        to.add_option("--config", args.config_file,
                      "TOML file; docs/configuration.md lists its keys")
            ->type_name("FILE");
        to.add_flag("--check-config", args.check_config,
                    "Check the configuration and end");
        to.footer(node_footer);
      },
      node_command);
  add_command<replay_args>(app, chosen, "replay",
                           "Feed recorded calls to a running node",
                           add_replay_options, replay_command);
}

} // namespace holdfast
