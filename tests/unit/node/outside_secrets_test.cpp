// Where the secrets of Telegram, the webhook and MetaApi come from.
#include "node/outside.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <unistd.h>

using namespace holdfast;
namespace fs = std::filesystem;

namespace {

/// A file that lives as long as this object.
struct secret_file {
  explicit secret_file(const std::string& text, unsigned mode = 0600) {
    auto pattern = (fs::temp_directory_path() / "holdfast-XXXXXX").string();
    close(mkstemp(pattern.data()));
    path = pattern;
    std::ofstream{path} << text;
    fs::permissions(path, static_cast<fs::perms>(mode));
  }
  ~secret_file() { fs::remove(path); }
  std::string path;
};

/// A variable that is gone with this object.
class variable {
public:
  variable(const char* name, const std::string& value) : name_(name) {
    setenv(name, value.c_str(), 1);
  }
  ~variable() { unsetenv(name_); }

private:
  const char* name_;
};

constexpr auto telegram_variable = "HOLDFAST_TELEGRAM_TOKEN";
constexpr auto webhook_variable = "HOLDFAST_WEBHOOK_SECRET";
constexpr auto metaapi_variable = "HOLDFAST_METAAPI_TOKEN";

node_config on(const std::string& what) {
  node_config config;
  config.engine.messages.telegram = what == "telegram";
  if (what == "webhook")
    config.webhook.url = "https://app.example/hook";
  config.metaapi.enabled = what == "metaapi";
  return config;
}

outside_secrets loaded(const node_config& config) {
  std::vector<std::string> warnings;
  auto found = load_secrets(config, warnings);
  CHECK(warnings.empty());
  return found;
}

std::string secrets_problem(const node_config& config) {
  std::vector<std::string> warnings;
  try {
    load_secrets(config, warnings);
  } catch (const config_error& wrong) {
    return wrong.what();
  }
  return {};
}

} // namespace

TEST_CASE("secrets come from the environment or from files") {
  {
    variable telegram{telegram_variable, "123:AbC-dEf_1"};
    variable webhook{webhook_variable, "hush"};
    variable metaapi{metaapi_variable, std::string(3000, 'x')};
    CHECK(loaded(on("telegram")).telegram_token == "123:AbC-dEf_1");
    CHECK(loaded(on("webhook")).webhook_secret == "hush");
    CHECK(loaded(on("metaapi")).metaapi_token == std::string(3000, 'x'));
  }
  secret_file token{"123:AbC\n"};
  auto telegram = on("telegram");
  telegram.telegram.token_file = token.path;
  CHECK(loaded(telegram).telegram_token == "123:AbC");
  auto webhook = on("webhook");
  webhook.webhook.secret_file = token.path;
  CHECK(loaded(webhook).webhook_secret == "123:AbC");
  auto metaapi = on("metaapi");
  metaapi.metaapi.token_file = token.path;
  CHECK(loaded(metaapi).metaapi_token == "123:AbC");
}

TEST_CASE("a missing token is named with the two places for it") {
  CHECK(secrets_problem(on("telegram")) ==
        "HOLDFAST_TELEGRAM_TOKEN: is not set: telegram.enabled needs it, or a "
        "file that telegram.token_file names");
  CHECK(secrets_problem(on("metaapi")) ==
        "HOLDFAST_METAAPI_TOKEN: is not set: metaapi.enabled needs it, or a "
        "file that metaapi.token_file names");
}

TEST_CASE("what is off, or printed, needs no token; a webhook need not sign") {
  auto printed = on("telegram");
  printed.telegram.console = true;
  CHECK(secrets_problem(printed).empty());
  CHECK(secrets_problem(on("nothing")).empty());
  CHECK(loaded(on("webhook")).webhook_secret.empty());
  auto off = on("nothing"); // nor are its files looked at
  off.telegram.token_file = off.webhook.secret_file = off.metaapi.token_file =
      "/nowhere/token";
  CHECK(secrets_problem(off).empty());
}

TEST_CASE("a secret in two places is refused: one of them is wrong") {
  secret_file file{"hush"};
  variable set{webhook_variable, "hush"};
  auto webhook = on("webhook");
  webhook.webhook.secret_file = file.path;
  CHECK(secrets_problem(webhook) ==
        "HOLDFAST_WEBHOOK_SECRET: signals.webhook_secret_file names a file as "
        "well; leave one of them away");
}

TEST_CASE("a token that everybody may read is refused") {
  secret_file file{"123:AbC", 0644};
  auto telegram = on("telegram");
  telegram.telegram.token_file = file.path;
  CHECK(secrets_problem(telegram) ==
        file.path + ": every user of this machine may read or write the "
                    "token: chmod 600");
}

TEST_CASE("what is no token is refused without being told") {
  for (std::string bad : {"s3cret", "123:", ":s3cret", "x:s3cret",
                          "123:s3cret/x", "123:s3cret?x"}) {
    variable set{telegram_variable, bad};
    CHECK(secrets_problem(on("telegram")) ==
          "HOLDFAST_TELEGRAM_TOKEN: is no token of a Telegram bot, such as "
          "123456:AbC-dEf");
  }
  for (std::string bad : {"two words", "line\nbreak"}) {
    variable set{metaapi_variable, bad};
    CHECK(secrets_problem(on("metaapi"))
              .starts_with("HOLDFAST_METAAPI_TOKEN: is no token: one word"));
  }
  secret_file nothing{" \n"};
  auto webhook = on("webhook");
  webhook.webhook.secret_file = nothing.path;
  CHECK(secrets_problem(webhook) == nothing.path + ": holds no secret");
}
