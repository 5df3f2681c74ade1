// What works on a data directory, on the command line.
#include "node/cli/app.hpp"
#include "node/cli/data_commands.hpp"

namespace holdfast {

namespace {

void add_data_options(CLI::App& to, data_args& args) {
  to.add_option("--data-dir", args.data_dir, "The node's data directory")
      ->type_name("DIR")
      ->default_val("data");
  to.add_flag("--json", args.json, "Print JSON");
}

void add_copies(CLI::App& app, chosen_command& chosen) {
  add_command<data_args>(
      app, chosen, "backup",
      "Copy a data directory, while its node runs or not",
      [](CLI::App& to, data_args& args) {
        to.add_option("DEST", args.other,
                      "Directory that is empty or does not exist")
            ->required();
        to.add_flag("--no-verify", args.no_verify, "Do not verify the copy");
        add_data_options(to, args);
        to.footer("The copy is what one commit left behind, is on disk when "
                  "the command ends,\nand never holds up the node.\n\n"
                  "Exit codes: 0 done, 1 not done or the copy has faults, 2 "
                  "usage.\n\n"
                  "Example:\n"
                  "  holdfast backup /backup/$(date +%F) --data-dir "
                  "/var/lib/holdfast");
      },
      backup_command);
  add_command<data_args>(
      app, chosen, "restore", "Make a data directory from a backup",
      [](CLI::App& to, data_args& args) {
        to.add_option("SRC", args.other, "Directory that `backup` made")
            ->required();
        to.add_flag("--no-verify", args.no_verify,
                    "Do not verify what was restored");
        add_data_options(to, args);
        to.footer(
            "The data directory must be empty or absent. Fencing tokens go "
            "on 2^32 above\nthe backup's, beyond any that the lost node can "
            "have granted; the node starts\npaused, until `holdfast "
            "resume`.\n\n"
            "Exit codes: 0 done, 1 not done or faults found, 2 usage.\n\n"
            "Example:\n"
            "  holdfast restore /backup/2026-11-22 --data-dir "
            "/var/lib/holdfast");
      },
      restore_command);
}

} // namespace

void add_data_commands(CLI::App& app, chosen_command& chosen) {
  add_copies(app, chosen);
  add_command<data_args>(
      app, chosen, "verify", "Check every row of a data directory or backup",
      [](CLI::App& to, data_args& args) {
        add_data_options(to, args);
        to.footer("Works beside a running node, on what one commit left "
                  "behind. Each fault is a\nsentence.\n\n"
                  "Exit codes: 0 no faults, 1 faults, or it cannot be read, "
                  "2 usage.\n\n"
                  "Example:\n"
                  "  holdfast verify --data-dir /backup/2026-11-22");
      },
      verify_command);
  add_command<data_args>(
      app, chosen, "export", "Print every row as a line of JSON",
      [](CLI::App& to, data_args& args) {
        add_data_options(to, args);
        to.footer("Works beside a running node, on what one commit left "
                  "behind; the output is\nJSON lines with or without "
                  "--json. docs/operations.md has the format.\n\n"
                  "Exit codes: 0 done, 1 it cannot be read or written, 2 "
                  "usage.\n\n"
                  "Example:\n"
                  "  holdfast export --data-dir data | grep "
                  "'\"table\":\"journal\"'");
      },
      export_command);
}

} // namespace holdfast
