// `token`, `completion` and `help` on the command line.
#include "node/cli/app.hpp"
#include "node/cli/completion.hpp"
#include "node/cli/token.hpp"
#include "node/commands.hpp"

#include <ostream>

namespace holdfast {

namespace {

struct shell_args {
  std::string shell;
};

struct help_args {
  std::vector<std::string> path;
};

void add_token(CLI::App& app, chosen_command& chosen) {
  auto token = app.add_subcommand("token", "Make tokens for callers");
  token->require_subcommand(1);
  add_command<token_args>(
      *token, chosen, "new", "Make a token, and its line for the tokens file",
      [](CLI::App& to, token_args& args) {
        to.add_option("NAME", args.name, "Whose it is")->required();
        to.add_option("--scope", args.scope, "What it allows")
            ->check(CLI::IsMember({"read", "trade", "operate"}))
            ->required();
        to.add_option("--owner", args.owner,
                      "The token acts for this owner alone")
            ->type_name("ID");
        to.add_option("--append", args.file,
                      "Add the line to this tokens file (mode 0600)")
            ->type_name("FILE");
        to.add_flag("--json", args.json, "Print JSON");
        to.footer(
            "Prints the token, this one time, and then the line that the "
            "tokens file\n([auth] tokens_file) needs. The file has only the "
            "token's SHA-256.\n\n"
            "Exit codes: 0 done, 1 the file cannot be written, 2 usage, or "
            "the name is taken.\n\n"
            "Examples:\n"
            "  holdfast token new bot-1 --scope trade --owner bot-1\n"
            "  holdfast token new alice --scope operate --append "
            "/etc/holdfast/tokens");
      },
      token_command);
}

void print_help(CLI::App& app, const std::vector<std::string>& path,
                std::ostream& out) {
  auto at = &app;
  std::string before;
  for (auto& name : path) {
    before += (before.empty() ? "" : " ") + at->get_name();
    at = at->get_subcommand(name);
  }
  out << at->help(before) << std::flush;
}

} // namespace

void add_shell_commands(CLI::App& app, chosen_command& chosen) {
  add_token(app, chosen);
  add_command<shell_args>(
      app, chosen, "completion", "Print a script that completes commands",
      [](CLI::App& to, shell_args& args) {
        to.add_option("SHELL", args.shell, "bash, zsh or fish")
            ->check(CLI::IsMember({"bash", "zsh", "fish"}))
            ->required();
        to.footer("Examples:\n"
                  "  source <(holdfast completion bash)\n"
                  "  holdfast completion zsh > ~/.zfunc/_holdfast\n"
                  "  holdfast completion fish > "
                  "~/.config/fish/completions/holdfast.fish");
      },
      [&app](const shell_args& args, std::ostream& out, std::ostream&) {
        out << completion_script(app, args.shell) << std::flush;
        return exit_code::done;
      });
  add_command<help_args>(
      app, chosen, "help", "Print the help of a command",
      [](CLI::App& to, help_args& args) {
        to.add_option("COMMAND", args.path, "Which, e.g. dead-letters requeue");
      },
      [&app](const help_args& args, std::ostream& out, std::ostream& err) {
        try {
          print_help(app, args.path, out);
          return exit_code::done;
        } catch (const CLI::OptionNotFound& none) {
          err << "holdfast: there is no such command: " << none.what()
              << std::endl;
          return exit_code::usage;
        }
      });
}

} // namespace holdfast
