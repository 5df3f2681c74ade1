// What becomes of positions, whom it is told, and where they come from.
#include "node/config.hpp"
#include "node/outside.hpp"
#include "tests/unit/node/config_text.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace holdfast;
using namespace holdfast::test;

namespace {

std::string size_of(const std::string& pips, const std::string& symbol) {
  return parsed("[pips]\n" + pips).engine.signals.pips.size_of(symbol);
}

void check_equal(const signal_templates& a, const signal_templates& b) {
  CHECK(a.open == b.open);
  CHECK(a.update == b.update);
  CHECK(a.close == b.close);
  CHECK(a.reply == b.reply);
}

} // namespace

TEST_CASE("the example file has the defaults of signals and their messages") {
  auto shown = load_config(example_file);
  node_config usual;
  auto& messages = shown.engine.messages;
  CHECK(messages.telegram == usual.engine.messages.telegram);
  CHECK(messages.chat_id == usual.engine.messages.chat_id);
  CHECK(messages.update_reply == usual.engine.messages.update_reply);
  CHECK(messages.close_reply == usual.engine.messages.close_reply);
  CHECK_FALSE(messages.webhook);
  check_equal(messages.templates, default_templates());
  CHECK(shown.engine.signals.category == "vip");
  auto& telegram = shown.telegram;
  CHECK(telegram.console == usual.telegram.console);
  CHECK(telegram.base_url == usual.telegram.base_url);
  CHECK(telegram.request_timeout_ms == usual.telegram.request_timeout_ms);
  CHECK(telegram.token_file.empty());
  CHECK(telegram.pace.resend_unknown == usual.telegram.pace.resend_unknown);
  CHECK(telegram.pace.chat_burst == usual.telegram.pace.chat_burst);
  CHECK(telegram.pace.chat_per_minute == usual.telegram.pace.chat_per_minute);
  CHECK(telegram.pace.per_second == usual.telegram.pace.per_second);
  CHECK(shown.webhook.url.empty());
  CHECK(shown.webhook.attempts_max == usual.webhook.attempts_max);
  CHECK_FALSE(shown.metaapi.enabled);
  CHECK(shown.metaapi.feed.poll_interval_ms == 2000);
  CHECK_FALSE(shown.metaapi.feed.announce_at_first);
}

TEST_CASE("an empty file means the contract's defaults of signals") {
  auto c = parsed("");
  CHECK_FALSE(c.engine.messages.telegram);
  CHECK(c.engine.signals.category == "vip");
  CHECK_FALSE(c.telegram.console);
  CHECK(c.telegram.base_url == "https://api.telegram.org");
  CHECK(c.telegram.request_timeout_ms == 5000);
  CHECK_FALSE(c.telegram.pace.resend_unknown);
  CHECK_FALSE(c.engine.messages.update_reply);
  CHECK_FALSE(c.engine.messages.close_reply);
  CHECK_FALSE(c.metaapi.enabled);
  CHECK(c.metaapi.feed.poll_interval_ms == 2000);
  CHECK_FALSE(c.metaapi.feed.announce_at_first);
}

TEST_CASE("every key of signals reaches its setting") {
  auto c = parsed(R"(
[telegram]
enabled = true
transport = "console"
base_url = "http://127.0.0.1:8081/"
chat_id = "@my_signals"
on_unknown = "resend"
request_timeout_ms = 1
update_reply = true
close_reply = true
chat_burst = 2
chat_per_minute = 3
per_second = 4
token_file = "t"
[telegram.templates]
open = "o {pair}"
update = "u"
close = "c"
reply = "r"
[signals]
category = "gold & more"
webhook_url = "http://app:3000/hook?key=s3cret"
webhook_secret_file = "w"
webhook_attempts_max = 1
on_startup = "announce"
[metaapi]
enabled = true
base_url = "https://mt.example/"
account_id = "865d3a4d-3803-486d-bdf3-a85679d9fad2"
poll_interval_ms = 100
token_file = "m"
)");
  auto& messages = c.engine.messages;
  CHECK(messages.telegram);
  CHECK(messages.chat_id == "@my_signals");
  CHECK(messages.update_reply);
  CHECK(messages.close_reply);
  CHECK(messages.webhook);
  check_equal(messages.templates, {"o {pair}", "u", "c", "r"});
  CHECK(c.telegram.console);
  CHECK(c.telegram.base_url == "http://127.0.0.1:8081");
  CHECK(c.telegram.request_timeout_ms == 1);
  CHECK(c.telegram.pace.resend_unknown);
  CHECK(c.telegram.pace.chat_burst == 2);
  CHECK(c.telegram.pace.chat_per_minute == 3);
  CHECK(c.telegram.pace.per_second == 4);
  CHECK(c.telegram.token_file == "t");
  CHECK(c.engine.signals.category == "gold & more");
  CHECK(c.webhook.url == "http://app:3000/hook?key=s3cret");
  CHECK(c.webhook.secret_file == "w");
  CHECK(c.webhook.attempts_max == 1);
  CHECK(c.metaapi.enabled);
  CHECK(c.metaapi.base_url == "https://mt.example");
  CHECK(c.metaapi.feed.account_id == "865d3a4d-3803-486d-bdf3-a85679d9fad2");
  CHECK(c.metaapi.feed.poll_interval_ms == 100);
  CHECK(c.metaapi.feed.announce_at_first);
  CHECK(c.metaapi.token_file == "m");
}

TEST_CASE("pips are given by pattern, with or without quotes, exactly") {
  CHECK(size_of("", "EURUSD") == "0.0001");
  CHECK(size_of("EURUSD = 0.00001\n", "EURUSD") == "0.00001");
  CHECK(size_of("\"US30*\" = 10\n", "US30.cash") == "10");
  CHECK(size_of("\"US500.cash\" = 0.1\n", "US500.cash") == "0.1");
  CHECK(size_of("\"*\" = \"0.30\"\nXAUUSD = 1e-2\n", "XAUUSD") == "0.01");
  CHECK(size_of("\"*\" = \"0.30\"\nXAUUSD = 1e-2\n", "X") == "0.3");
  CHECK(size_of("X = 123456.123456789\n", "X") == "123456.123456789");
}

TEST_CASE("a pip that has no size is refused by pattern and line") {
  const std::string size = "must be the size of a pip, such as 0.0001";
  for (std::string bad : {"true", "[1]", "0.1234567890123456", "1e300"}) {
    INFO(bad);
    CHECK(problem_of("[pips]\nX = " + bad + "\n")
              .starts_with("c.toml:2: pips.X " + size));
  }
  CHECK(problem_of("[pips]\nUS500.cash = 1\n")
            .starts_with("c.toml:2: pips.US500 " + size));
  for (std::string bad : {"0", "-1", "nan", "inf", "\"much\"", "\"\""}) {
    INFO(bad);
    CHECK(problem_of("[pips]\nX = " + bad + "\n")
              .starts_with("c.toml:2: pips.X"));
  }
  CHECK(problem_of("[pips]\n\"X[\" = 1\n").starts_with("c.toml:2: pips.X[: "));
  CHECK(problem_of("pips = 1\n") ==
        "c.toml:1: 'pips' must be a section, [pips], not 1");
}

TEST_CASE("a chat of a bot is a number or a channel's name") {
  const std::string bot = "[telegram]\nenabled = true\nchat_id = ";
  auto chat = [&](const std::string& id) {
    return parsed(bot + id + "\n").engine.messages.chat_id;
  };
  CHECK(chat("-1001234567890") == "-1001234567890");
  CHECK(chat("\"-1001234567890\"") == "-1001234567890");
  CHECK(chat("\"42\"") == "42");
  CHECK(chat("\"@a_B9\"") == "@a_B9");
  for (std::string bad :
       {"\"-\"", "\"@\"", "\"signals\"", "\"@a-b\"", "\"4x\"", "\"--1\""}) {
    INFO(bad);
    CHECK(problem_of(bot + bad + "\n") ==
          "c.toml:3: telegram.chat_id must be a chat's number such as "
          "-1001234567890, or a channel's name such as \"@my_signals\", not " +
              bad);
    // What is printed may be called anything.
    CHECK(problem_of(bot + bad + "\ntransport = \"console\"\n").empty());
  }
  for (std::string bad : {"4.5", "true", "[1]", "\"@a b\""}) {
    INFO(bad);
    CHECK(problem_of("[telegram]\nchat_id = " + bad + "\n")
              .starts_with("c.toml:2: telegram.chat_id must be a chat: "));
  }
}

TEST_CASE("values of signals that cannot be are refused by key and line") {
  struct {
    const char* text;
    const char* problem;
  } rows[] = {
      {"[telegram]\nenabled = 1\n",
       "c.toml:2: telegram.enabled must be true or false, not 1"},
      {"[telegram]\ntransport = \"pigeon\"\n",
       "c.toml:2: telegram.transport must be \"bot\" or \"console\", not "
       "\"pigeon\""},
      {"[telegram]\non_unknown = \"retry\"\n",
       "c.toml:2: telegram.on_unknown must be \"hold\" or \"resend\", not "
       "\"retry\""},
      {"[telegram]\nbase_url = \"http://api.telegram.org\"\n",
       "c.toml:2: telegram.base_url must begin with https://"},
      {"[telegram]\nbase_url = \"\"\n",
       "c.toml:2: telegram.base_url must be a URL such as "
       "\"https://api.telegram.org\""},
      {"[telegram]\nrequest_timeout_ms = 0\n",
       "c.toml:2: telegram.request_timeout_ms must be a whole number"},
      {"[telegram]\nchat_burst = 0\n", "c.toml:2: telegram.chat_burst must"},
      {"[telegram]\nper_second = 1001\n", "c.toml:2: telegram.per_second must"},
      {"[telegram]\nupdate_reply = \"yes\"\n",
       "c.toml:2: telegram.update_reply must be true or false"},
      {"[telegram]\ntemplate.open = \"x\"\n",
       "c.toml:2: unknown key 'telegram.template'"},
      {"[telegram]\ntemplates.opn = \"x\"\n",
       "c.toml:2: unknown key 'telegram.templates.opn'; did you mean "
       "'templates.open'?"},
      {"[telegram]\ntemplates = \"x\"\n",
       "c.toml:2: unknown key 'telegram.templates'"},
      {"[telegram]\ntemplates.open = 1\n",
       "c.toml:2: telegram.templates.open must be a text"},
      {"[telegram]\n\ntemplates.close = \"{prize}\"\n",
       "c.toml:3: telegram.templates.close "},
      {"[signals]\ncategory = \"\"\n",
       "c.toml:2: signals.category must be a text of 1 to 64 bytes"},
      {"[signals]\ncategory = \"a\\nb\"\n", "c.toml:2: signals.category must"},
      {"[signals]\nwebhook_url = \"app/hook\"\n",
       "c.toml:2: signals.webhook_url must be a URL such as"},
      {"[signals]\nwebhook_url = \"https://u:p@app/hook\"\n",
       "c.toml:2: signals.webhook_url must be a URL such as"},
      {"[signals]\nwebhook_url = \"https://?x\"\n",
       "c.toml:2: signals.webhook_url must be a URL such as"},
      {"[signals]\nwebhook_attempts_max = 0\n",
       "c.toml:2: signals.webhook_attempts_max must be a whole number from 1"},
      {"[signals]\non_startup = \"loud\"\n",
       "c.toml:2: signals.on_startup must be \"silent\" or \"announce\""},
      {"[metaapi]\npoll_interval_ms = 99\n",
       "c.toml:2: metaapi.poll_interval_ms must be a whole number from 100"},
      {"[metaapi]\naccount_id = \"a/b\"\n",
       "c.toml:2: metaapi.account_id must be an account's id"},
      {"[metaapi]\ntoken = \"s3cret\"\n",
       "c.toml:2: unknown key 'metaapi.token'"},
  };
  for (auto& row : rows) {
    INFO(row.text);
    auto problem = problem_of(row.text);
    INFO(problem);
    CHECK(problem.starts_with(row.problem));
  }
}

TEST_CASE("what is on has to know whom it speaks to") {
  CHECK(problem_of("[telegram]\nenabled = true\n") ==
        "c.toml:2: telegram.enabled needs telegram.chat_id");
  CHECK(problem_of("[telegram]\nenabled = true\ntransport = \"console\"\n")
            .empty());
  CHECK(problem_of("[telegram]\nenabled = true\nchat_id = -100\n").empty());
  CHECK(problem_of("[metaapi]\nenabled = true\naccount_id = \"a\"\n") ==
        "c.toml:2: metaapi.enabled needs metaapi.base_url");
  CHECK(problem_of("[metaapi]\nbase_url = \"https://mt.example\"\n"
                   "enabled = true\n") ==
        "c.toml:3: metaapi.enabled needs metaapi.account_id");
  CHECK(problem_of("[metaapi]\nbase_url = \"\"\naccount_id = \"\"\n").empty());
}

TEST_CASE("what is on is told without what is secret") {
  CHECK(describe_outside(parsed("")) ==
        "exchange: paper\ntelegram: off\nwebhook: off\n"
        "alerts: journal only\nmetaapi: off\ncontrol bot: off\n");
  auto text = describe_outside(
      parsed("[trades]\nexchange = \"none\"\n"
             "[telegram]\nenabled = true\nchat_id = -100\n"
             "[signals]\nwebhook_url = \"https://app:1/s3cret?s3cret\"\n"
             "[alerts]\ntelegram_chat_id = \"@ops\"\n"
             "webhook_url = \"https://pager:2/s3cret\"\n"
             "[metaapi]\nenabled = true\naccount_id = \"a\"\n"
             "base_url = \"https://mt.example\"\n"
             "[control_bot]\nenabled = true\nuser_ids = [7, 8]\n"));
  CHECK(text == "exchange: none\n"
                "telegram: chat -100 by https://api.telegram.org\n"
                "webhook: https://app:1\n"
                "alerts: chat @ops, https://pager:2\n"
                "metaapi: account a at https://mt.example\n"
                "control bot: 2 users by https://api.telegram.org\n");
  CHECK(describe_outside(parsed("[telegram]\nenabled = true\n"
                                "transport = \"console\"\n"
                                "[trades]\nexchange = \"mexc\"\n")) ==
        "exchange: https://api.mexc.com\ntelegram: printed\nwebhook: off\n"
        "alerts: journal only\nmetaapi: off\ncontrol bot: off\n");
}
