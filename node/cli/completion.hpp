// Scripts that complete commands and options in a shell, written from the tree
// of commands itself. Must not know any command.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
}

namespace holdfast {

/// One command, by its path ("" for the root, "dead-letters requeue"), and
/// the words that may follow.
struct completion_row {
  struct word {
    std::string text;
    std::string help;
    bool is_option = false;
    bool takes_value = false;
  };
  std::string path;
  std::vector<word> words;
};

std::vector<completion_row> completion_rows(const CLI::App& root);

/// `shell`: bash, zsh or fish.
std::string completion_script(const CLI::App& root, std::string_view shell);

} // namespace holdfast
