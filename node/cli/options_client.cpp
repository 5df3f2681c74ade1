// What looks at a running node or operates it, on the command line.
#include "node/cli/app.hpp"
#include "node/cli/client_commands.hpp"
#include "node/commands.hpp"

#include <ostream>

namespace holdfast {

namespace {

constexpr auto list_codes =
    "Exit codes: 0 done, 1 no answer or a node in trouble, 2 usage,\n"
    "3 refused.\n\n";

std::string with_codes(const std::string& examples) {
  return list_codes + ("Examples:\n" + examples);
}

void add_list_options(CLI::App& to, list_args& args) {
  to.add_option("--limit", args.limit, "Rows of one page")
      ->check(CLI::Range(1, 1000))
      ->default_val(50);
  to.add_flag("--all", args.all, "All pages");
  add_client_options(to, args.client);
}

void add_filtered_list_options(CLI::App& to, list_args& args) {
  to.add_option("--resource", args.resource, "Only of this resource")
      ->type_name("KEY");
  to.add_option("--owner", args.owner, "Only of this owner")->type_name("NAME");
  add_list_options(to, args);
}

void add_lock_lists(CLI::App& app, chosen_command& chosen) {
  add_command<list_args>(
      app, chosen, "locks", "List locks, the newest grant first",
      [](CLI::App& to, list_args& args) {
        to.add_option("--status", args.status, "Only with this status")
            ->check(CLI::IsMember({"active", "released", "failed", "expired",
                                   "force_released", "in_doubt"}));
        add_filtered_list_options(to, args);
        to.footer(with_codes("  holdfast locks --status active\n"
                             "  holdfast locks --owner bot-1 --all --json"));
      },
      locks_command);
  add_command<list_args>(
      app, chosen, "queue", "List who waits, in serving order per resource",
      [](CLI::App& to, list_args& args) {
        add_filtered_list_options(to, args);
        to.footer(with_codes("  holdfast queue --resource trade:BTCUSDT"));
      },
      queue_command);
  add_command<item_args>(
      app, chosen, "show", "Show who holds a resource and who waits for it",
      [](CLI::App& to, item_args& args) {
        to.add_option("KEY", args.id, "The resource")->required();
        add_client_options(to, args.client);
        to.footer(with_codes("  holdfast show trade:BTCUSDT"));
      },
      show_command);
}

void add_account_list(CLI::App& app, chosen_command& chosen, const char* name,
                      const char* help, std::vector<std::string> statuses,
                      const char* examples,
                      int (*run)(const list_args&, std::ostream&,
                                 std::ostream&)) {
  add_command<list_args>(
      app, chosen, name, help,
      [&](CLI::App& to, list_args& args) {
        to.add_option("--account", args.account, "Only of this account")
            ->type_name("ID");
        to.add_option("--status", args.status, "Only with this status")
            ->check(CLI::IsMember(std::move(statuses)));
        add_list_options(to, args);
        to.footer(with_codes(examples));
      },
      run);
}

int checked_release(const release_args& args, std::ostream& out,
                    std::ostream& err) {
  auto wrong = "";
  if (args.force && (args.reason.empty() || args.token != 0))
    wrong = "release KEY --force needs --reason TEXT, and no token";
  else if (!args.force && args.token == 0)
    wrong = "release LOCK_ID needs --fencing-token N; an operator without it "
            "uses release KEY --force --reason TEXT";
  else if (!args.force && !args.reason.empty())
    wrong = "--reason belongs to --force; say why work failed with --error";
  else if (!args.result.empty() && !nlohmann::json::accept(args.result))
    wrong = "--result must be JSON, such as '{\"orderId\":\"42\"}'";
  if (*wrong == '\0')
    return release_command(args, out, err);
  err << "holdfast: " << wrong << std::endl;
  return exit_code::usage;
}

void add_release(CLI::App& app, chosen_command& chosen) {
  add_command<release_args>(
      app, chosen, "release", "End a lock, by its token or by force",
      [](CLI::App& to, release_args& args) {
        to.add_option("LOCK", args.what, "Lock id; with --force the resource")
            ->required();
        to.add_option("--fencing-token", args.token, "The token of the lock")
            ->type_name("N");
        auto result = to.add_option("--result", args.result,
                                    "What the work left, as JSON");
        to.add_option("--error", args.error,
                      "The work failed: why; at most 4 KiB")
            ->excludes(result);
        to.add_flag("--force", args.force,
                    "Take the lock from whoever holds the resource");
        to.add_option("--reason", args.reason, "Why; goes into the journal");
        add_client_options(to, args.client);
        to.footer(
            "A forced release does not stop the work of the one who held the\n"
            "lock; it only makes his token stale. It needs the operate "
            "scope.\n\n"
            "Exit codes: 0 released, 1 no answer or a node in trouble, 2 "
            "usage,\n"
            "3 refused: stale, in doubt, or nobody holds it.\n\n"
            "Examples:\n"
            "  holdfast release lock-5f3a9c1e-42 --fencing-token 42 "
            "--result '{\"orderId\":\"7\"}'\n"
            "  holdfast release trade:BTCUSDT --force --reason 'bot-1 died'");
      },
      checked_release);
}

void add_effects(CLI::App& app, chosen_command& chosen) {
  add_command<list_args>(
      app, chosen, "effects", "List acts on the outside world, newest first",
      [](CLI::App& to, list_args& args) {
        to.add_option("--state", args.status, "Only in this state")
            ->check(CLI::IsMember(
                {"pending", "sending", "done", "failed", "unknown"}));
        add_list_options(to, args);
        to.footer("Orders, messages in Telegram (telegram_send, telegram_edit) "
                  "and posted signals\n(signal_webhook). An unknown order "
                  "waits for the exchange, or for holdfast\nresolve; an "
                  "unknown message for that alone.\n\n" +
                  with_codes("  holdfast effects --state unknown"));
      },
      effects_command);
  add_command<resolve_args>(
      app, chosen, "resolve", "Say what became of an unknown effect",
      [](CLI::App& to, resolve_args& args) {
        to.add_option("EFFECT", args.effect, "Effect id")->required();
        to.add_option("--outcome", args.outcome,
                      "done: it happened; failed: it surely did not, and "
                      "shall not; retry: it surely did not, do it now")
            ->required()
            ->check(CLI::IsMember({"done", "failed", "retry"}));
        to.add_option("--reason", args.reason, "Why; goes into the journal")
            ->required();
        to.add_option("--reference", args.reference,
                      "With done: what it is called outside: the exchange's "
                      "order id, the number of a message in Telegram");
        add_client_options(to, args.client);
        to.footer(
            "Look at the exchange, or at the chat, before: done and failed are "
            "taken at your\nword. With an order, retry asks the exchange "
            "first; a message is sent again as it\nis. The number of a message "
            "is the last part of its link; with it later changes\nedit the "
            "message. It needs the operate scope.\n\n" +
            with_codes("  holdfast resolve effect-5f3a9c1e-7 --outcome done "
                       "--reference C02__7 \\\n    --reason 'seen in the order "
                       "history'\n"
                       "  holdfast resolve effect-5f3a9c1e-9 --outcome retry "
                       "--reason 'not in the chat'"));
      },
      resolve_command);
}

void add_dead_letter_action(CLI::App& to, chosen_command& chosen,
                            const char* name, const char* help,
                            int (*run)(const item_args&, std::ostream&,
                                       std::ostream&)) {
  add_command<item_args>(
      to, chosen, name, help,
      [](CLI::App& command, item_args& args) {
        command.add_option("ID", args.id, "The dead letter")->required();
        add_client_options(command, args.client);
      },
      run);
}

void add_dead_letters(CLI::App& app, chosen_command& chosen) {
  auto letters = add_command<list_args>(
      app, chosen, "dead-letters", "List, requeue or discard dead letters",
      [](CLI::App& to, list_args& args) {
        add_list_options(to, args);
        to.footer(
            with_codes("  holdfast dead-letters\n"
                       "  holdfast dead-letters requeue dead-5f3a9c1e-9\n"
                       "  holdfast dead-letters discard dead-5f3a9c1e-9"));
      },
      dead_letters_command);
  letters->require_subcommand(0, 1);
  add_dead_letter_action(*letters, chosen, "requeue", "Try it again",
                         requeue_command);
  add_dead_letter_action(*letters, chosen, "discard", "Remove it for good",
                         discard_command);
}

void add_switch(CLI::App& app, chosen_command& chosen, const char* name,
                const char* help, bool paused) {
  add_command<client_args>(
      app, chosen, name, help,
      [name](CLI::App& to, client_args& args) {
        add_client_options(to, args);
        to.footer("Locks, queues and renewals go on while a node is paused; "
                  "no new task starts.\n\n" +
                  with_codes(std::string{"  holdfast "} + name));
      },
      [paused](const client_args& args, std::ostream& out, std::ostream& err) {
        return pause_command(args, paused, out, err);
      });
}

void add_journal(CLI::App& app, chosen_command& chosen) {
  add_command<journal_args>(
      app, chosen, "journal", "Print what happened, oldest first",
      [](CLI::App& to, journal_args& args) {
        auto resource =
            to.add_option("--resource", args.resource, "Only of this resource")
                ->type_name("KEY");
        auto after =
            to.add_option("--after", args.after, "Only later than this number")
                ->check(CLI::Range(std::int64_t{0}, std::int64_t{1} << 52))
                ->type_name("SEQ");
        auto last = to.add_option("--last", args.last, "Only the newest N")
                        ->check(CLI::Range(1, 1000))
                        ->type_name("N")
                        ->excludes(resource)
                        ->excludes(after);
        auto all = to.add_flag("--all", args.all, "All pages")->excludes(last);
        to.add_option("--limit", args.limit, "Rows of one page")
            ->check(CLI::Range(1, 1000))
            ->default_val(50);
        to.add_flag("--follow", args.follow,
                    "Go on with what happens, from now or from --after, until "
                    "interrupted")
            ->excludes(last)
            ->excludes(all);
        add_client_options(to, args.client);
        to.footer("With --follow, --json prints one event a line; when the "
                  "node is restarted\nit is asked again, and nothing is "
                  "missed.\n\n" +
                  with_codes("  holdfast journal --last 20\n"
                             "  holdfast journal --resource trade:BTCUSDT "
                             "--all\n"
                             "  holdfast journal --follow --json"));
      },
      journal_command);
}

} // namespace

void add_client_commands(CLI::App& app, chosen_command& chosen) {
  add_lock_lists(app, chosen);
  add_release(app, chosen);
  add_switch(app, chosen, "pause", "Start no new tasks", true);
  add_switch(app, chosen, "resume", "Start tasks again", false);
  add_command<list_args>(
      app, chosen, "trades", "List trades, newest first",
      [](CLI::App& to, list_args& args) {
        add_list_options(to, args);
        to.footer(with_codes("  holdfast trades --limit 10"));
      },
      trades_command);
  add_account_list(app, chosen, "positions",
                   "List positions that were reported, newest first",
                   {"processing", "completed", "failed"},
                   "  holdfast positions --account acc-1", positions_command);
  add_account_list(app, chosen, "signals", "List signals, newest first",
                   {"active", "closed"},
                   "  holdfast signals --status active\n"
                   "  holdfast signals --account acc-1 --all --json",
                   signals_command);
  add_effects(app, chosen);
  add_dead_letters(app, chosen);
  add_journal(app, chosen);
  add_command<client_args>(
      app, chosen, "stats", "Print the node's numbers",
      [](CLI::App& to, client_args& args) {
        add_client_options(to, args);
        to.footer(with_codes("  holdfast stats --json"));
      },
      stats_command);
  add_command<client_args>(
      app, chosen, "health", "Say whether the node can commit",
      [](CLI::App& to, client_args& args) {
        add_client_options(to, args);
        to.footer("Exit codes: 0 it can; 1 it cannot, or does not answer; 2 "
                  "usage\n\nExample:\n  holdfast health || echo down");
      },
      health_command);
}

} // namespace holdfast
