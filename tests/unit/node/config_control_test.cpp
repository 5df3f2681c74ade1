// Who may command a node from a chat.
#include "node/config.hpp"
#include "tests/unit/node/config_text.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace holdfast;
using namespace holdfast::test;

namespace {

const std::string rule =
    "control_bot.user_ids must be a list of at most 100 ids of Telegram users, "
    "which are positive whole numbers, such as [123456789]; ids of chats and "
    "names are none, not ";

} // namespace

TEST_CASE("operators are a list of users") {
  auto some = parsed("[control_bot]\nenabled = true\n"
                     "user_ids = [7, 4503599627370495, 7]\n")
                  .control_bot;
  CHECK(some.enabled);
  CHECK(some.user_ids == std::set<std::int64_t>{7, 4503599627370495});
  CHECK_FALSE(parsed("").control_bot.enabled);
  CHECK_FALSE(load_config(example_file).control_bot.enabled);
}

TEST_CASE("a control bot without operators is refused") {
  CHECK(problem_of("[control_bot]\nenabled = true\n") ==
        "c.toml:2: control_bot.enabled needs control_bot.user_ids, the "
        "Telegram users who may command the node, such as [123456789]");
  CHECK(problem_of("[control_bot]\nenabled = true\nuser_ids = []\n")
            .starts_with("c.toml:2: control_bot.enabled needs"));
  CHECK(problem_of("[control_bot]\nuser_ids = []\n").empty());
}

TEST_CASE("what is no list of users is refused with what would be right") {
  for (std::string bad : {"[0]", "[-100]", "[7, -100]", "[\"@ann\"]",
                          "[4503599627370496]", "[7.0]", "[7, \"8\"]"})
    CHECK(problem_of("[control_bot]\nuser_ids = " + bad + "\n") ==
          "c.toml:2: " + rule + "a list");
  CHECK(problem_of("[control_bot]\nuser_ids = 7\n") ==
        "c.toml:2: " + rule + "7");
  std::string many = "[1";
  for (int i = 2; i <= 101; ++i)
    many += ", " + std::to_string(i);
  CHECK_FALSE(problem_of("[control_bot]\nuser_ids = " + many + "]\n").empty());
  CHECK(problem_of("[control_bot]\nuser_id = [7]\n").find("did you mean") !=
        std::string::npos);
}
