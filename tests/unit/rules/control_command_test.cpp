// What an operator's message is taken for.
#include "rules/control_command.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace holdfast;

namespace {

control_command heard(const std::string& text, bool alone = true) {
  return read_control_command(text, "holdfast_bot", alone);
}

bool is_wrong(const std::string& text) { return !heard(text).wrong.empty(); }

const std::string some_effect = "effect-0000000a-7";

} // namespace

TEST_CASE("commands are named, in any case, with or without the bot") {
  CHECK(heard("/status").verb == control_verb::status);
  CHECK(heard("  /Status@Holdfast_Bot  ").verb == control_verb::status);
  CHECK(heard("/locks").verb == control_verb::locks);
  CHECK(heard("/queue").verb == control_verb::queue);
  CHECK(heard("/unknown").verb == control_verb::doubts);
  CHECK(heard("/pause").verb == control_verb::pause);
  CHECK(heard("/resume").verb == control_verb::resume);
  CHECK(heard("/help").verb == control_verb::help);
  CHECK(heard("/start").verb == control_verb::help);
  CHECK(to_string(control_verb::doubts) == "unknown");
  CHECK(to_string(control_verb::none) == "?");
}

TEST_CASE("what is meant for others is nothing") {
  CHECK(heard("/pause@other_bot").verb == control_verb::none);
  CHECK(heard("/pause@other_bot", false).verb == control_verb::none);
  CHECK(heard("good morning", false).verb == control_verb::none);
  CHECK(heard("/weather", false).verb == control_verb::none);
  CHECK(heard("", false).verb == control_verb::none);
}

TEST_CASE("what nobody else can be meant by is unknown") {
  CHECK(heard("good morning").verb == control_verb::unknown);
  CHECK(heard("/weather").verb == control_verb::unknown);
  CHECK(heard("/weather@holdfast_bot", false).verb == control_verb::unknown);
  CHECK(heard("").verb == control_verb::unknown);
  CHECK(heard("/").verb == control_verb::unknown);
}

TEST_CASE("lists take a key, with its spaces") {
  CHECK(heard("/locks").subject.empty());
  CHECK(heard("/locks trade:BTC USDT").subject == "trade:BTC USDT");
  CHECK(heard("/queue \"trade:BTC USDT\"").subject == "trade:BTC USDT");
  CHECK(heard("/queue \"").subject == "\"");
  CHECK(is_wrong("/locks " + std::string(257, 'k')));
}

TEST_CASE("a release needs a key or an id, and a reason") {
  auto cmd = heard("/release trade:BTCUSDT stuck\nsince  noon");
  CHECK(cmd.verb == control_verb::release);
  CHECK(cmd.wrong.empty());
  CHECK(cmd.subject == "trade:BTCUSDT");
  CHECK(cmd.reason == "stuck since  noon");
  auto quoted = heard("/release \"my key\" it hangs");
  CHECK(quoted.subject == "my key");
  CHECK(quoted.reason == "it hangs");
  auto half = heard("/release \"my key");
  CHECK(half.subject == "\"my");
  CHECK(half.reason == "key");
  for (auto text : {"/release", "/release trade:BTCUSDT", "/release \"my key\"",
                    "/release \"\" why"})
    CHECK_MESSAGE(is_wrong(text), text);
  CHECK(is_wrong("/release k " + std::string(1001, 'r')));
  CHECK_FALSE(is_wrong("/release k " + std::string(1000, 'r')));
  CHECK(is_wrong("/release k bad\xff"));
  CHECK(is_wrong("/release k \xc2\x85 control"));
}

TEST_CASE("a resolution needs an effect, an outcome, and a reason") {
  auto cmd =
      heard("/resolve " + some_effect + " done ref=C0_1 seen in the app");
  CHECK(cmd.wrong.empty());
  CHECK(cmd.subject == some_effect);
  CHECK(cmd.outcome == resolution::done);
  CHECK(cmd.reference == "C0_1");
  CHECK(cmd.reason == "seen in the app");
  auto retry = heard("/resolve " + some_effect + " retry not there");
  CHECK(retry.outcome == resolution::retry);
  CHECK(retry.reference.empty());
  for (std::string text : {"", " done seen", " perhaps seen", " done",
                           " done ref=5", " failed ref=5 not there"})
    CHECK_MESSAGE(is_wrong("/resolve " + some_effect + text) ==
                      (text != " done seen"),
                  text);
  CHECK(is_wrong("/resolve lock-0000000a-7 done seen"));
}

TEST_CASE("a code has six digits, and may be tapped on") {
  CHECK(heard("/confirm 012345").subject == "012345");
  CHECK(heard("/confirm_012345").subject == "012345");
  CHECK(heard("/confirm_012345@holdfast_bot", false).subject == "012345");
  CHECK(heard("/confirm_012345").verb == control_verb::confirm);
  for (auto text : {"/confirm", "/confirm 12345", "/confirm 1234567",
                    "/confirm_", "/confirm 12345a"})
    CHECK_MESSAGE(is_wrong(text), text);
}
