#include "node/cli/completion.hpp"

#include <CLI/CLI.hpp>

#include <sstream>

namespace holdfast {

namespace {

void add_rows(const CLI::App& app, const std::string& path,
              std::vector<completion_row>& rows) {
  completion_row row{path, {}};
  for (auto command : app.get_subcommands({}))
    row.words.push_back(
        {command->get_name(), command->get_description(), false, false});
  for (auto option : app.get_options())
    for (auto& name : option->get_lnames())
      row.words.push_back({"--" + name, option->get_description(), true,
                           option->get_items_expected_max() > 0});
  rows.push_back(std::move(row));
  for (auto command : app.get_subcommands({}))
    add_rows(*command, (path.empty() ? "" : path + ' ') + command->get_name(),
             rows);
}

/// In single quotes, for all three shells.
std::string shell_quoted(const std::string& text) {
  std::string out = "'";
  for (auto c : text)
    c == '\'' ? out += "'\\''" : out += c;
  return out + '\'';
}

/// `case` lines: path, then its words.
std::string cases(const std::vector<completion_row>& rows, bool options,
                  bool only_with_value, std::string_view separator) {
  std::string text;
  for (auto& row : rows) {
    std::string words;
    for (auto& word : row.words)
      if (only_with_value ? word.takes_value : options || !word.is_option)
        (words += words.empty() ? "" : separator) += word.text;
    if (!words.empty())
      text += "    " + shell_quoted(row.path) + ") echo " +
              shell_quoted(words) + ";;\n";
  }
  return text;
}

/// Finds the command that is being typed among the words so far: shared by
/// bash and zsh, whose arrays differ only in how they are named.
std::string functions(const std::vector<completion_row>& rows) {
  return "_holdfast_words() {\n  case \"$1\" in\n" +
         cases(rows, true, false, " ") +
         "  esac\n}\n"
         "_holdfast_commands() {\n  case \"$1\" in\n" +
         cases(rows, false, false, " ") +
         "  esac\n}\n"
         "_holdfast_valued() {\n  case \"$1\" in\n" +
         cases(rows, true, true, " ") +
         "  esac\n}\n"
         "# The path of the command in the words given, one by one.\n"
         "_holdfast_path() {\n"
         "  local at='' word\n"
         "  for word in \"$@\"; do\n"
         "    case \" $(_holdfast_commands \"$at\") \" in\n"
         "      *\" $word \"*) at=\"${at:+$at }$word\";;\n"
         "    esac\n"
         "  done\n"
         "  echo \"$at\"\n"
         "}\n";
}

std::string bash_script(const std::vector<completion_row>& rows) {
  return "# bash completion of holdfast: source this file\n" + functions(rows) +
         "_holdfast() {\n"
         "  local cur=\"${COMP_WORDS[COMP_CWORD]}\" at words\n"
         "  local prev=\"${COMP_WORDS[COMP_CWORD-1]}\"\n"
         "  at=$(_holdfast_path \"${COMP_WORDS[@]:1:COMP_CWORD-1}\")\n"
         "  case \" $(_holdfast_valued \"$at\") \" in\n"
         "    *\" $prev \"*) COMPREPLY=($(compgen -f -- \"$cur\")); return;;\n"
         "  esac\n"
         "  words=$(_holdfast_words \"$at\")\n"
         "  COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
         "}\n"
         "complete -o default -F _holdfast holdfast\n";
}

std::string zsh_script(const std::vector<completion_row>& rows) {
  return "#compdef holdfast\n" + functions(rows) +
         "_holdfast() {\n"
         "  local at prev=\"${words[CURRENT-1]}\"\n"
         "  at=$(_holdfast_path \"${(@)words[2,CURRENT-1]}\")\n"
         "  case \" $(_holdfast_valued \"$at\") \" in\n"
         "    *\" $prev \"*) _files; return;;\n"
         "  esac\n"
         "  compadd -- ${=$(_holdfast_words \"$at\")}\n"
         "}\n"
         "compdef _holdfast holdfast\n";
}

/// True while exactly the command `path` is being typed.
std::string fish_condition(const completion_row& row) {
  if (row.path.empty())
    return "__fish_use_subcommand";
  std::string condition;
  std::istringstream names{row.path};
  for (std::string name; names >> name;)
    (condition += condition.empty() ? "" : "; and ") +=
        "__fish_seen_subcommand_from " + name;
  return condition;
}

std::string fish_script(const std::vector<completion_row>& rows) {
  std::string text = "# fish completion of holdfast\n";
  for (auto& row : rows)
    for (auto& word : row.words) {
      text += "complete -c holdfast -n " + shell_quoted(fish_condition(row));
      text += word.is_option ? " -l " + word.text.substr(2)
                             : " -f -a " + shell_quoted(word.text);
      text += word.takes_value ? " -r" : "";
      text += word.help.empty() ? "" : " -d " + shell_quoted(word.help);
      text += '\n';
    }
  return text;
}

} // namespace

std::vector<completion_row> completion_rows(const CLI::App& root) {
  std::vector<completion_row> rows;
  add_rows(root, "", rows);
  return rows;
}

std::string completion_script(const CLI::App& root, std::string_view shell) {
  auto rows = completion_rows(root);
  if (shell == "bash")
    return bash_script(rows);
  return shell == "zsh" ? zsh_script(rows) : fish_script(rows);
}

} // namespace holdfast
