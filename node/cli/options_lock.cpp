// `lock` on the command line.
#include "node/cli/app.hpp"
#include "node/cli/lock_command.hpp"

namespace holdfast {

namespace {

constexpr auto lock_footer =
    "holdfast lock KEY [OPTIONS] -- COMMAND [ARGUMENT...]\n\n"
    "Acquires KEY, waiting in its queue if need be, runs the command, renews\n"
    "the lease at a third of its length, and releases the lock as succeeded\n"
    "(exit status 0) or failed. The command has HOLDFAST_LOCK_ID,\n"
    "HOLDFAST_FENCING_TOKEN and HOLDFAST_RESOURCE in its environment; SIGINT,\n"
    "SIGTERM, SIGHUP, SIGQUIT, SIGUSR1 and SIGUSR2 are passed on to it.\n\n"
    "When the lease cannot be renewed, the command and all of its process\n"
    "group get TERM --grace before the lease's end and KILL before it runs\n"
    "out; when the node says that the lock is not ours any more, KILL at\n"
    "once. That holds also when this program is stopped or killed.\n\n"
    "With --idempotency-key a command that has succeeded is not run again:\n"
    "the stored result is printed, and the exit code is 0.\n\n"
    "Exit codes: the command's; 128+N when signal N ended it; 126 or 127 when\n"
    "it cannot be executed or found. 1 no answer, or the command succeeded\n"
    "and that could not be recorded; 2 usage; 3 not obtained; 4 lock lost,\n"
    "the command was ended.\n\n"
    "Examples:\n"
    "  holdfast lock trade:BTCUSDT -- ./place-order --symbol BTCUSDT\n"
    "  holdfast lock nightly --no-wait --ttl 1m -- ./report\n"
    "  holdfast lock deploy --idempotency-key v42 -- make deploy";

void add_lock_options(CLI::App& to, lock_args& args) {
  to.add_option("KEY", args.resource, "The resource")->required();
  add_duration(to, "--ttl", args.ttl,
               "Length of the lease, at least 1s; renewed while the command "
               "runs");
  auto waiting = add_duration(to, "--wait", args.wait,
                              "How long to wait for the lock, 1ms to 5m");
  to.add_flag("--no-wait", args.no_wait, "Give up at once when it is held")
      ->excludes(waiting);
  to.add_option("--priority", args.priority, "1 is served first, 10 last")
      ->check(CLI::Range(1, 10))
      ->default_val(5);
  to.add_option("--idempotency-key", args.idempotency_key,
                "Names this piece of work: it succeeds once")
      ->type_name("KEY");
  to.add_option("--owner", args.owner, "Who holds it (user@host)")
      ->type_name("NAME");
  add_duration(to, "--grace", args.grace,
               "Time between TERM and the lease's end (a sixth of --ttl)");
  add_client_options(to, args.client);
  to.footer(lock_footer);
}

} // namespace

void add_lock_command(CLI::App& app, chosen_command& chosen,
                      const std::vector<std::string>& command) {
  add_command<lock_args>(
      app, chosen, "lock", "Run a command under a lock",
      [&command](CLI::App& to, lock_args& args) {
        args.command = command;
        add_lock_options(to, args);
      },
      lock_command);
}

} // namespace holdfast
