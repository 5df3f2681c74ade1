// The real program commanded from the fake Telegram.
// Must not know how the node is built: only the contract's words.
#include "tests/integration/fixture.hpp"
#include "tests/support/fake_telegram.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

using namespace holdfast::test;

namespace {

constexpr std::int64_t ann = 11;
constexpr std::int64_t ben = 12;
constexpr std::int64_t stranger = 66;
constexpr std::int64_t team = -500;

struct token_file {
  explicit token_file(const std::string& token) {
    std::ofstream{path()} << token << '\n';
    std::filesystem::permissions(path(), std::filesystem::perms{0600});
  }
  std::string path() const { return (dir.path() / "token").string(); }
  temp_dir dir;
};

std::string bot_section(const fake_telegram& telegram,
                        const token_file& token) {
  return "[telegram]\nbase_url = \"" + telegram.url() + "\"\ntoken_file = \"" +
         token.path() +
         "\"\nrequest_timeout_ms = 2000\n[control_bot]\nenabled = true\n"
         "user_ids = [11, 12]\n";
}

struct control_scene {
  control_scene()
      : own({.node = "log_level = \"trace\"\n",
             .more = bot_section(telegram, token)}),
        node(own.client()) {}

  /// Somebody writes: in his own chat, unless another is named.
  void write(std::int64_t user, const std::string& text, std::int64_t chat = 0,
             std::int64_t age_s = 0) {
    auto where = chat == 0 ? user : chat;
    telegram.updates(
        {{"message",
          {{"message_id", 1},
           {"from", {{"id", user}, {"is_bot", false}}},
           {"chat", {{"id", where}, {"type", chat == 0 ? "private" : "group"}}},
           {"date", wall_ms() / 1000 - age_s},
           {"text", text}}}});
  }

  std::vector<std::string> answers(std::int64_t chat) const {
    std::vector<std::string> texts;
    for (const auto& message : telegram.messages_of(chat))
      texts.push_back(message["plain"]);
    return texts;
  }

  /// The answer to what somebody writes.
  std::string say(std::int64_t user, const std::string& text,
                  std::int64_t chat = 0) {
    auto where = chat == 0 ? user : chat;
    auto before = answers(where).size();
    write(user, text, chat);
    auto came = eventually([&] { return answers(where).size() > before; },
                           std::chrono::seconds{20});
    INFO(own.process.output());
    REQUIRE(came);
    return answers(where).at(before);
  }

  static std::string code_in(const std::string& answer) {
    auto at = answer.find("/confirm_");
    INFO(answer);
    REQUIRE(at != std::string::npos);
    return answer.substr(at, 15);
  }

  bool no_update_waits() const { return telegram.state()["updates"].empty(); }

  fake_telegram telegram;
  token_file token{telegram.config().token};
  on_own_node own;
  api node;
};

} // namespace

TEST_CASE_FIXTURE(control_scene, "who is listed is answered, and nobody else") {
  auto lock = node.granted("trade:A", "owner", {{"timeoutMs", 600'000}});
  CHECK(mentions(say(ann, "/status"), "Active locks: 1"));
  auto locks = say(ann, "/locks");
  CHECK(mentions(locks, "trade:A · owner"));
  CHECK(mentions(locks, lock["lockId"]));
  write(stranger, "/locks");
  write(stranger, "/locks", team);
  CHECK(mentions(say(ben, "/locks@holdfast_test_bot", team), "trade:A"));
  CHECK(answers(stranger).empty());
  CHECK(answers(team).size() == 1);
  CHECK(mentions(own.process.output(), "telegram:66 is not among "
                                       "control_bot.user_ids"));
  CHECK(mentions(own.process.output(), "telegram:11: /locks: answered"));
  auto metrics = node.http.get("/metrics").text;
  CHECK(mentions(metrics,
                 "holdfast_control_messages_total{outcome=\"foreign\"} 2"));
  CHECK(mentions(metrics,
                 "holdfast_control_messages_total{outcome=\"answered\"} 3"));
}

TEST_CASE_FIXTURE(control_scene, "a release is confirmed by who asked, once, "
                                 "and stands in the journal") {
  auto lock = node.granted("trade:A", "owner", {{"timeoutMs", 600'000}});
  auto code = code_in(say(ann, "/release trade:A it hangs", team));
  CHECK(mentions(say(ben, code, team), "Nothing waits for this code"));
  CHECK(mentions(say(ann, code), "Nothing waits for this code"));
  CHECK(node.lock(lock["lockId"])["status"] == "active");
  CHECK(mentions(say(ann, code, team), "Released"));
  CHECK(node.lock(lock["lockId"])["status"] != "active");
  auto rows = node.journal("trade:A");
  CHECK(rows.back()["kind"] == "force_released");
  CHECK(rows.back()["actor"] == "telegram:11");
  CHECK(rows.back()["detail"]["reason"] == "it hangs");
  CHECK(mentions(say(ann, code, team), "Nothing waits for this code"));
  CHECK(mentions(say(ann, "/release trade:A why"), "Nobody holds"));
}

TEST_CASE_FIXTURE(control_scene, "a confirmation that comes again after a "
                                 "SIGKILL does nothing") {
  auto lock = node.granted("trade:A", "owner", {{"timeoutMs", 600'000}});
  auto code = code_in(say(ann, "/release trade:A it hangs"));
  telegram.faults(
      {{"on", "send"}, {"fault", "hang_before"}, {"contains", "Released"}});
  write(ann, code);
  REQUIRE(eventually(
      [&] { return node.lock(lock["lockId"])["status"] != "active"; }));
  auto next = node.granted("trade:A", "next", {{"timeoutMs", 600'000}});
  own.process.kill();
  REQUIRE_FALSE(no_update_waits());
  telegram.clear_faults();
  auto before = answers(ann).size();
  own.process.start();
  REQUIRE(eventually([&] { return answers(ann).size() > before; }));
  CHECK(mentions(answers(ann).back(), "Nothing waits for this code"));
  CHECK(eventually([&] { return no_update_waits(); }));
  auto again = own.client();
  CHECK(again.lock(next["lockId"])["status"] == "active");
  auto kinds = again.journal_kinds("trade:A");
  CHECK(std::ranges::count(kinds, "force_released") == 1);
}

TEST_CASE_FIXTURE(control_scene, "pause and resume, and what is too old") {
  auto paused = [&] { return node.http.get("/v1/stats").body["paused"]; };
  CHECK(mentions(say(ann, code_in(say(ann, "/pause"))), "Paused"));
  CHECK(paused() == true);
  node.granted("trade:A", "owner"); // goes on
  auto code = code_in(say(ben, "/resume"));
  write(ben, code, 0, 3600);
  REQUIRE(eventually([&] {
    return !answers(ben).empty() &&
           mentions(answers(ben).back(), "not carried out");
  }));
  CHECK(paused() == true);
  CHECK(mentions(say(ben, code), "Resumed"));
  CHECK(paused() == false);
  std::vector<std::string> who;
  for (const auto& row : node.all("/v1/journal"))
    if (row["kind"] == "paused" || row["kind"] == "resumed")
      who.push_back(row["actor"]);
  CHECK(who == std::vector<std::string>{"telegram:11", "telegram:12"});
}

TEST_CASE_FIXTURE(control_scene, "no fault of Telegram loses a command, and "
                                 "none puts the token into the log") {
  for (auto fault : {"429", "500_after", "drop_response", "malformed"}) {
    INFO(fault);
    telegram.faults({{"on", "updates"}, {"fault", fault}});
    telegram.faults({{"on", "send"}, {"fault", fault}});
    CHECK(mentions(say(ann, "/status"), "Active locks"));
    // An answer that may have arrived is written twice.
    REQUIRE(eventually([&] { return no_update_waits(); }));
    CHECK(mentions(say(ann, "/unknown"), "No effect is unknown"));
    REQUIRE(eventually([&] { return no_update_waits(); }));
    CHECK(telegram.faults_left().empty());
  }
  http_client other{telegram.port()};
  other.begin("POST", "/bot" + telegram.config().token + "/getUpdates",
              R"({"timeout":50})");
  REQUIRE(eventually(
      [&] { return mentions(own.process.output(), "another program asks"); }));
  other.hang_up();
  CHECK(mentions(say(ben, "/status"), "Active locks"));
  CHECK(own.process.stop() == 0);
  CHECK_FALSE(mentions(own.process.output(), "test-token"));
}

TEST_CASE("a node without a list of users, or without a token, says so") {
  check_config_refused("[control_bot]\nenabled = true\n",
                       {"control_bot.enabled needs control_bot.user_ids"});
  check_config_refused("[control_bot]\nuser_ids = [-500]\n",
                       {"control_bot.user_ids must be a list", "[123456789]"});
  check_config_refused("[control_bot]\nenabled = true\nuser_ids = [1]\n",
                       {"HOLDFAST_TELEGRAM_TOKEN", "control_bot.enabled"});
}
