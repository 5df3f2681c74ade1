// Tokens files, and certificates with their keys: what is refused, and how.
#include "node/access_files.hpp"
#include "rules/sha256.hpp"
#include "tests/unit/contains.hpp"

#include <doctest/doctest.h>

#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <unistd.h>

using namespace holdfast;
using namespace holdfast::test;
namespace fs = std::filesystem;

namespace {

const std::string hash_a = to_hex(sha256("token-a"));
const std::string hash_b = to_hex(sha256("token-b"));

std::vector<std::string> token_problems(const std::string& text) {
  try {
    parse_tokens(text, "tokens");
  } catch (const config_error& wrong) {
    return wrong.problems;
  }
  return {};
}

std::string token_problem(const std::string& text) {
  auto all = token_problems(text);
  REQUIRE(all.size() == 1);
  return all.front();
}

/// A file that lives as long as this object.
struct temp_file {
  explicit temp_file(const std::string& text, unsigned mode = 0600) {
    auto pattern = (fs::temp_directory_path() / "holdfast-XXXXXX").string();
    close(mkstemp(pattern.data()));
    path = pattern;
    std::ofstream{path} << text;
    fs::permissions(path, static_cast<fs::perms>(mode));
  }
  ~temp_file() { fs::remove(path); }
  std::string path;
};

} // namespace

TEST_CASE("a tokens file names callers, scopes and owners") {
  auto table = parse_tokens("# callers\n\n  bot\ttrade " + hash_a +
                                " ann \r\nboss operate " + hash_b,
                            "tokens");
  REQUIRE(table.size() == 2);
  auto bot = table.find("token-a");
  REQUIRE(bot);
  CHECK(bot->name == "bot");
  CHECK(bot->level == scope::trade);
  CHECK(bot->owner_id == "ann");
  auto boss = table.find("token-b");
  REQUIRE(boss);
  CHECK(boss->level == scope::operate);
  CHECK(boss->owner_id == "");
  CHECK_FALSE(table.find(hash_a));
}

TEST_CASE("upper-case digits are digits too") {
  auto upper = hash_a;
  for (auto& c : upper)
    c = static_cast<char>(std::toupper(c));
  CHECK(parse_tokens("bot read " + upper, "tokens").find("token-a"));
}

TEST_CASE("bad lines are refused by file and line, and never quoted") {
  const std::string token = "hf_my-secret-token";
  const std::pair<std::string, std::string> rows[] = {
      {"bot trade", "not 2 words"},
      {"bot trade " + hash_a + " ann x", "not 5 words"},
      {"b/t trade " + hash_a, "the name must be"},
      {std::string(65, 'n') + " trade " + hash_a, "the name must be"},
      {"bot " + token + " " + hash_a, "the scope must be"},
      {"bot open " + hash_a, "the scope must be"},
      {"bot trade " + token, "SHA-256"},
      {"bot trade " + hash_a.substr(1), "SHA-256"},
      {"bot trade " + hash_a.substr(1) + "g", "SHA-256"},
      {"bot trade " + hash_a + " " + std::string(257, 'o'), "ownerId"},
      {"bot trade " + hash_a + " \xff", "ownerId"},
  };
  for (auto& [line, why] : rows) {
    auto problem = token_problem("# first\n" + line + "\n");
    INFO(problem);
    CHECK(problem.rfind("tokens:2: ", 0) == 0);
    CHECK(contains(problem, why));
    CHECK_FALSE(contains(problem, token));
    CHECK_FALSE(contains(problem, hash_a));
  }
  CHECK(token_problems("a\nbot read " + hash_a + "\nb\n").size() == 2);
}

TEST_CASE("a name and a token stand once") {
  CHECK(token_problem("bot read " + hash_a + "\nbot trade " + hash_b) ==
        "tokens:2: the name 'bot' stands in line 1 already");
  CHECK(token_problem("a read " + hash_a + "\n\nb trade " + hash_a) ==
        "tokens:3: the token of line 1 stands here again");
}

TEST_CASE("there are at most a thousand tokens") {
  std::string text;
  for (int i = 0; i <= 1000; ++i)
    text += "n" + std::to_string(i) + " read " +
            to_hex(sha256(std::to_string(i))) + "\n";
  CHECK(
      contains(token_problem(text), "tokens:1001: a node takes at most 1000"));
}

TEST_CASE("no tokens file means no table; an empty one lets nobody in") {
  std::vector<std::string> warnings;
  CHECK_FALSE(load_tokens({}, warnings));
  CHECK(warnings.empty());
  temp_file empty{"# nobody\n"};
  CHECK(load_tokens({empty.path}, warnings)->size() == 0);
  REQUIRE(warnings.size() == 1);
  CHECK(contains(warnings[0], "nobody may call"));
}

TEST_CASE("a tokens file that everybody may write is refused") {
  std::vector<std::string> warnings;
  auto text = "bot read " + hash_a + "\n";
  temp_file safe{text};
  CHECK(load_tokens({safe.path}, warnings)->size() == 1);
  CHECK(warnings.empty());
  temp_file readable{text, 0644};
  CHECK(load_tokens({readable.path}, warnings)->size() == 1);
  CHECK(warnings.size() == 1);
  temp_file writable{text, 0602};
  CHECK_THROWS_WITH_AS(
      load_tokens({writable.path}, warnings),
      (writable.path + ": every user of this machine may write it: chmod 600")
          .c_str(),
      config_error);
}

TEST_CASE("a tokens file that is not there, or none, is refused by name") {
  std::vector<std::string> warnings;
  CHECK_THROWS_WITH_AS(load_tokens({"no-such-tokens"}, warnings),
                       "no-such-tokens: cannot be read: No such file or "
                       "directory",
                       config_error);
  CHECK_THROWS_WITH_AS(load_tokens({"/"}, warnings),
                       "/: cannot be read: it is no regular file",
                       config_error);
}

TEST_CASE("certificate and key are refused by name when they are none") {
  std::vector<std::string> warnings;
  CHECK_FALSE(load_tls({}, warnings));
  temp_file nonsense{"this is no PEM\n"};
  for (auto& tls : {tls_settings{"no-such-cert", nonsense.path},
                    tls_settings{nonsense.path, "no-such-key"},
                    tls_settings{nonsense.path, nonsense.path}}) {
    INFO(tls.certificate, " ", tls.private_key);
    CHECK_THROWS_AS(load_tls(tls, warnings), config_error);
  }
}
