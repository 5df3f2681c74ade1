// Where the exchange's keys come from, and what is refused.
#include "node/exchange_keys.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <unistd.h>

using namespace holdfast;
namespace fs = std::filesystem;

namespace {

/// A file that lives as long as this object.
struct key_file {
  explicit key_file(const std::string& text, unsigned mode = 0600) {
    auto pattern = (fs::temp_directory_path() / "holdfast-XXXXXX").string();
    close(mkstemp(pattern.data()));
    path = pattern;
    std::ofstream{path} << text;
    fs::permissions(path, static_cast<fs::perms>(mode));
  }
  ~key_file() { fs::remove(path); }
  std::string path;
};

/// Variables that are gone with this object.
struct environment {
  explicit environment(const char* api_key, const char* secret) {
    setenv("HOLDFAST_MEXC_API_KEY", api_key, 1);
    setenv("HOLDFAST_MEXC_SECRET_KEY", secret, 1);
  }
  ~environment() {
    unsetenv("HOLDFAST_MEXC_API_KEY");
    unsetenv("HOLDFAST_MEXC_SECRET_KEY");
  }
};

std::string keys_problem(const mexc_settings& mexc) {
  std::vector<std::string> warnings;
  try {
    load_mexc_keys(mexc, warnings);
  } catch (const config_error& wrong) {
    return wrong.what();
  }
  return {};
}

mexc_settings files(const key_file& api_key, const key_file& secret) {
  mexc_settings mexc;
  mexc.api_key_file = api_key.path;
  mexc.secret_key_file = secret.path;
  return mexc;
}

} // namespace

TEST_CASE("keys come from the environment or from files") {
  std::vector<std::string> warnings;
  {
    environment set{"mx0key", "s3cret"};
    auto keys = load_mexc_keys({}, warnings);
    CHECK(keys.api_key == "mx0key");
    CHECK(keys.secret == "s3cret");
  }
  key_file api_key{"mx0key\n"};
  key_file secret{"  s3cret \r\n\n"};
  auto keys = load_mexc_keys(files(api_key, secret), warnings);
  CHECK(keys.api_key == "mx0key");
  CHECK(keys.secret == "s3cret");
  CHECK(warnings.empty());
}

TEST_CASE("a missing key is named with the two places for it") {
  CHECK(keys_problem({}) ==
        "HOLDFAST_MEXC_API_KEY: is not set: trades.exchange = \"mexc\" needs "
        "it, or a file that mexc.api_key_file names");
  environment set{"mx0key", ""};
  CHECK(keys_problem({}) ==
        "HOLDFAST_MEXC_SECRET_KEY: is not set: trades.exchange = \"mexc\" "
        "needs it, or a file that mexc.secret_key_file names");
}

TEST_CASE("a key in two places is refused: one of them is wrong") {
  key_file api_key{"a"};
  key_file secret{"b"};
  environment set{"mx0key", "s3cret"};
  CHECK(keys_problem(files(api_key, secret)) ==
        "HOLDFAST_MEXC_API_KEY: mexc.api_key_file names a file as well; leave "
        "one of them away");
}

TEST_CASE("a key that everybody may read or write is refused") {
  key_file secret{"s3cret"};
  for (auto mode : {0644U, 0602U, 0604U}) {
    key_file api_key{"mx0key", mode};
    CHECK(keys_problem(files(api_key, secret)) ==
          api_key.path + ": every user of this machine may read or write the "
                         "key: chmod 600");
  }
  key_file shared{"mx0key", 0660};
  std::vector<std::string> warnings;
  load_mexc_keys(files(shared, secret), warnings);
  CHECK(warnings.size() == 1);
}

TEST_CASE("what is no key is refused without being told") {
  key_file secret{"s3cret"};
  for (std::string text :
       {"two words", "line\nbreak", "\x01", "schl\xC3\xBCssel"}) {
    key_file api_key{text};
    auto problem = keys_problem(files(api_key, secret));
    CHECK(problem == api_key.path + ": is no key: one word of visible ASCII, "
                                    "at most 256 characters");
  }
  key_file nothing{" \n"};
  CHECK(keys_problem(files(nothing, secret)) ==
        nothing.path + ": holds no key");
  CHECK_FALSE(
      keys_problem(files(key_file{std::string(257, 'x')}, secret)).empty());
  mexc_settings away;
  away.api_key_file = "/nowhere/key";
  CHECK(keys_problem(away).starts_with("/nowhere/key: cannot be read: "));
}
