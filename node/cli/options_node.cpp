// `node`, `replay` and `bench` on the command line.
#include "node/cli/app.hpp"
#include "node/cli/bench_command.hpp"
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

constexpr auto bench_footer =
    "Clients acquire and release durably, each as soon as it has its answer;\n"
    "first each on a key of its own, then all waiting for one key. Resources\n"
    "begin with holdfast-bench: and are free afterwards. It puts the node\n"
    "under full load: not for a node that is at work. Speaks plain HTTP to an\n"
    "IPv4 address. The node's CPU is measured when it runs on this machine as\n"
    "the same user; BENCH CPU is what the clients themselves cost.\n\n"
    "Exit codes: 0 measured, 1 no answer or a request was refused, 2 usage,\n"
    "3 refused.\n\n"
    "Example:\n"
    "  holdfast bench --clients 1 64 --duration 2s --own-keys";

void add_bench_options(CLI::App& to, bench_args& args) {
  to.add_option("--clients", args.clients, "Connections, one round for each")
      ->check(CLI::Range(1, 900))
      ->default_str("1 64 256");
  add_duration(to, "--duration", args.duration, "Length of one round");
  to.add_flag("--own-keys", args.own_keys_only, "Leave out the one key");
  add_client_options(to, args.client);
  to.footer(bench_footer);
}

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
  add_command<bench_args>(app, chosen, "bench", "Measure a running node",
                          add_bench_options, bench_command);
}

} // namespace holdfast
