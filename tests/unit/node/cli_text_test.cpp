// Tables, escaping, lists and completion of the command line.
#include "node/cli/completion.hpp"
#include "node/cli/lists.hpp"
#include "node/cli/options.hpp"
#include "node/cli/text_table.hpp"
#include "node/cli/token.hpp"

#include <CLI/CLI.hpp>
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <sys/stat.h>
#include <unistd.h>

using namespace holdfast;

TEST_CASE("what is shown cannot drive the terminal") {
  CHECK(escaped_for_terminal("a\x1b[2Jb") == "a\\u{1b}[2Jb");
  CHECK(escaped_for_terminal("a\nb\tc\x7f") == "a\\u{a}b\\u{9}c\\u{7f}");
  CHECK(escaped_for_terminal("\u009b31m") == "\\u{9b}31m");
  CHECK(escaped_for_terminal("x\u202etxt") == "x\\u{202e}txt");
  CHECK(escaped_for_terminal("\xff\x9b") == "\\xff\\x9b");
  CHECK(escaped_for_terminal("größe 表 é") == "größe 表 é");
}

TEST_CASE("width counts columns, not bytes") {
  CHECK(display_width("größe") == 5);
  CHECK(display_width("表") == 2);
  CHECK(display_width("e\u0301") == 1);
  CHECK(cut_to_width("abcdef", 4) == "abc…");
  CHECK(cut_to_width("abcd", 4) == "abcd");
  CHECK(cut_to_width("表表表", 4) == "表…");
  CHECK(cut_to_width("abc", 0) == "");
}

TEST_CASE("tables are aligned, numbers to the right") {
  text_table table{{"NAME", "N"}};
  table.add({"größe", "1"});
  table.add({"b", "200"});
  CHECK(table.text(0) == "NAME     N\n"
                         "größe    1\n"
                         "b      200\n");
}

TEST_CASE("no line of a table is wider than the terminal") {
  text_table table{{"KEY", "WHY", "N"}};
  table.add({std::string(60, 'k'), std::string(90, 'w'), "12345"});
  for (std::size_t width : {80U, 40U, 10U, 1U}) {
    std::istringstream lines{table.text(width)};
    for (std::string line; std::getline(lines, line);)
      CHECK(display_width(line) <= width);
  }
  CHECK(table.text(80).find("12345") != std::string::npos);
}

TEST_CASE("items keep their digits") {
  auto items = raw_items(R"({"n":[1,[2]],"items":[{"a":0.30000000000000001,)"
                         R"("items":[9]},7,[],"x"],"nextCursor":"c"})");
  REQUIRE(items.size() == 4);
  CHECK(items[0] == R"({"a":0.30000000000000001,"items":[9]})");
  CHECK(items[1] == "7");
  CHECK(items[2] == "[]");
  CHECK(items[3] == "\"x\"");
  CHECK(raw_items(R"({"items":[]})").empty());
  CHECK_THROWS(raw_items("{"));
}

TEST_CASE("completion follows the tree of commands") {
  CLI::App app{"", "tool"};
  app.add_subcommand("one", "It's first")->add_flag("--flag");
  auto two = app.add_subcommand("two");
  std::string value;
  two->add_option("--value,-v", value);
  two->add_subcommand("deep");
  auto bash = completion_script(app, "bash");
  CHECK(bash.find("'one') echo '--help --flag';;") != std::string::npos);
  CHECK(bash.find("'two') echo 'deep --help --value';;") != std::string::npos);
  CHECK(bash.find("'two deep')") != std::string::npos);
  auto fish = completion_script(app, "fish");
  CHECK(fish.find("-f -a 'one' -d 'It'\\''s first'") != std::string::npos);
  CHECK(fish.find("-l value -r") != std::string::npos);
  CHECK(completion_script(app, "zsh").starts_with("#compdef holdfast\n"));
}

TEST_CASE("every command has help with a meaning, exit codes and an example") {
  std::ostringstream script;
  std::ostringstream err;
  const char* ask[] = {"holdfast", "completion", "fish"};
  REQUIRE(run_command_line(3, ask, script, err) == 0);
  for (auto command :
       {"node",         "replay",  "lock",   "locks",  "queue",
        "show",         "release", "pause",  "resume", "trades",
        "dead-letters", "journal", "stats",  "health", "bench",
        "backup",       "restore", "verify", "export", "simulate"}) {
    INFO(command);
    CHECK(script.str().find(" -a '" + std::string{command} + "'") !=
          std::string::npos);
    std::ostringstream help;
    const char* argv[] = {"holdfast", "help", command};
    CHECK(run_command_line(3, argv, help, err) == 0);
    CHECK(help.str().find("Usage: holdfast " + std::string{command}) !=
          std::string::npos);
    CHECK(help.str().find("Exit codes:") != std::string::npos);
    CHECK(help.str().find("Example") != std::string::npos);
  }
}

TEST_CASE("tokens are random, and their line has only their hash") {
  auto a = new_token();
  CHECK(a != new_token());
  CHECK(a.size() == 46);
  CHECK(a.starts_with("hf_"));
  CHECK(a.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuv"
                            "wxyz0123456789-_") == std::string::npos);
  token_args args;
  args.name = "bot-1";
  args.scope = "trade";
  CHECK(token_line(args, "abc") ==
        "bot-1 trade ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f2"
        "0015ad");
  args.owner = "o";
  CHECK(token_line(args, "abc").ends_with("15ad o"));
  args.name = "two words";
  CHECK_THROWS_AS(token_line(args, "abc"), std::invalid_argument);
}

TEST_CASE("a tokens file gets its line once, and nobody else may read it") {
  auto file = (std::filesystem::temp_directory_path() /
               ("holdfast-tokens-" + std::to_string(getpid())))
                  .string();
  std::ofstream{file} << "# comment\nold read 00";
  append_token_line(file, "new", "new read 11");
  CHECK_THROWS_AS(append_token_line(file, "old", "old read 22"),
                  std::invalid_argument);
  std::ifstream in{file};
  std::string text{std::istreambuf_iterator<char>{in}, {}};
  CHECK(text == "# comment\nold read 00\nnew read 11\n");
  struct stat info {};
  REQUIRE(stat(file.c_str(), &info) == 0);
  CHECK((info.st_mode & 0777) == 0600);
  unlink(file.c_str());
}
