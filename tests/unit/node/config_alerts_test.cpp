// When a node calls for help, and where.
#include "tests/unit/node/config_text.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace holdfast;
using namespace holdfast::test;

namespace {

std::string alerts_problem(const std::string& line,
                           const std::string& telegram = {}) {
  return problem_of("[alerts]\n" + line + "\n" + telegram);
}

const std::string telegram_on = "[telegram]\nenabled = true\nchat_id = -100\n";

} // namespace

TEST_CASE("alerts are as in the contract unless the file says otherwise") {
  for (const auto& c : {parsed(""), load_config(example_file)}) {
    auto& how = c.engine.alerts;
    CHECK(how.queue_depth == 10);
    CHECK(how.unknown_after_ms == 60'000);
    CHECK(how.expired_per_minute == 5);
    CHECK(how.failed_permille == 100);
    CHECK(how.resolved_after_ms == 30'000);
    CHECK(how.telegram_chat_id.empty());
    CHECK_FALSE(how.webhook);
  }
  auto c = parsed("[alerts]\nqueue_depth = 3\nunknown_after_s = 5\n"
                  "expired_per_minute = 7\nfailed_ratio = 0.25\n"
                  "resolved_after_s = 9\ntelegram_chat_id = \"-100777\"\n"
                  "webhook_url = \"https://pager.example/x\"\n" +
                  telegram_on);
  auto& how = c.engine.alerts;
  CHECK(how.queue_depth == 3);
  CHECK(how.unknown_after_ms == 5000);
  CHECK(how.expired_per_minute == 7);
  CHECK(how.failed_permille == 250);
  CHECK(how.resolved_after_ms == 9000);
  CHECK(how.telegram_chat_id == "-100777");
  CHECK(how.webhook);
  CHECK(c.alert_post.url == "https://pager.example/x");
  CHECK(parsed("[alerts]\nfailed_ratio = 1\n").engine.alerts.failed_permille ==
        1000);
}

TEST_CASE("limits of alerts are refused beyond their ends") {
  struct range {
    const char* key;
    const char* least;
    const char* most;
    const char* below;
    const char* above;
  };
  for (const auto& [key, least, most, below, above] :
       {range{"queue_depth", "1", "1000000", "0", "1000001"},
        range{"unknown_after_s", "1", "86400", "0", "86401"},
        range{"expired_per_minute", "1", "1000000", "0", "1000001"},
        range{"resolved_after_s", "1", "86400", "0", "86401"},
        range{"failed_ratio", "0.001", "1.0", "0.0009", "1.001"}}) {
    auto set = std::string{key} + " = ";
    CHECK(alerts_problem(set + least).empty());
    CHECK(alerts_problem(set + most).empty());
    for (const auto* bad : {below, above, "\"many\""})
      CHECK(alerts_problem(set + bad).starts_with("c.toml:2: alerts." +
                                                  std::string{key} + ' '));
  }
  CHECK(alerts_problem("failed_ratio = nan") ==
        "c.toml:2: alerts.failed_ratio must be a number from 0.001 to 1, not "
        "nan");
}

TEST_CASE("a chat for alerts needs a Telegram that is on, and is a chat's id") {
  CHECK(alerts_problem("telegram_chat_id = \"-1\"") ==
        "c.toml:2: alerts.telegram_chat_id needs telegram.enabled = true");
  CHECK(alerts_problem("telegram_chat_id = \"my_alerts\"", telegram_on) ==
        "c.toml:2: alerts.telegram_chat_id must be a chat's number such as "
        "-1001234567890, or a channel's name such as \"@my_alerts\", not "
        "\"my_alerts\"");
  CHECK(
      alerts_problem("telegram_chat_id = \"@my_alerts\"", telegram_on).empty());
  CHECK(
      alerts_problem("telegram_chat_id = -1001234567890", telegram_on).empty());
  CHECK(alerts_problem("telegram_chat_id = \"my alerts\"", telegram_on) ==
        "c.toml:2: alerts.telegram_chat_id must be a chat: a number such as "
        "-1001234567890, or a channel's name such as \"@my_alerts\", not \"my "
        "alerts\"");
  // What is printed needs no chat that exists.
  CHECK(alerts_problem("telegram_chat_id = \"my_alerts\"",
                       "[telegram]\nenabled = true\ntransport = \"console\"\n")
            .empty());
  CHECK(alerts_problem("webhook_url = \"pager.example\"")
            .starts_with("c.toml:2: alerts.webhook_url must be a URL"));
  CHECK(alerts_problem("telegram_chat = \"-1\"").find("did you mean") !=
        std::string::npos);
}
