// The real program calls for help: in its journal, in a chat, by a webhook, on
// its metrics, and once, though it is killed.
// Must not know how the node is built: only the contract's words.
#include "tests/integration/fixture.hpp"
#include "tests/support/fake_telegram.hpp"
#include "tests/support/fake_webhook.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

using namespace holdfast::test;

namespace {

constexpr std::int64_t operators_chat = -100777;

struct alert_scene {
  alert_scene()
      : own({.node = {},
             .more = "[telegram]\nenabled = true\nchat_id = -100123\n"
                     "base_url = \"" +
                     telegram.url() + "\"\ntoken_file = \"" + token() +
                     "\"\n[alerts]\nqueue_depth = 2\nresolved_after_s = 1\n"
                     "telegram_chat_id = -100777\nwebhook_url = \"" +
                     pager.hook_url() + "\"\n"}) {}

  std::string token() const {
    auto path = dir.path() / "token";
    std::ofstream{path} << telegram.config().token << '\n';
    std::filesystem::permissions(path, std::filesystem::perms{0600});
    return path.string();
  }

  std::vector<std::string> shown() const {
    std::vector<std::string> texts;
    for (const auto& message : telegram.messages_of(operators_chat))
      texts.push_back(message["plain"]);
    return texts;
  }

  std::vector<json> posted() const {
    std::vector<json> bodies;
    for (const auto& request : pager.received())
      bodies.push_back(json::parse(request["body"].get<std::string>()));
    return bodies;
  }

  /// The alert's own rows in the journal, oldest first.
  std::vector<std::string> told() {
    auto kinds = own.client().journal_kinds("alert:queue_depth");
    std::erase_if(kinds,
                  [](const auto& kind) { return !kind.starts_with("alert_"); });
    return kinds;
  }

  std::size_t messages_done() {
    std::size_t done = 0;
    for (const auto& effect : own.client().all("/v1/effects"))
      done += effect.at("state") == "done" ? 1 : 0;
    return done;
  }

  /// The alerts that fire, by name.
  std::vector<std::string> firing() {
    std::vector<std::string> names;
    auto answer = own.client().http.get("/v1/stats");
    for (const auto& alert : answer.body.at("alerts"))
      names.push_back(alert.at("alert"));
    return names;
  }

  temp_dir dir;
  fake_telegram telegram;
  fake_webhook pager;
  on_own_node own;
};

} // namespace

TEST_CASE_FIXTURE(alert_scene, "a deep queue is told once in journal, chat, "
                               "webhook and metrics, over SIGKILLs, and once "
                               "when it is over") {
  auto node = own.client();
  auto holder = node.granted("trade:A", "holder", {{"timeoutMs", 600'000}});
  std::vector<json> entries;
  for (const auto* name : {"a", "b", "c"})
    entries.push_back(node.queued("trade:A", name, {{"timeoutMs", 600'000}}));
  REQUIRE(eventually([&] { return shown().size() == 1 && !posted().empty(); },
                     std::chrono::seconds{20}));
  CHECK(shown()[0] == "🔴 queue_depth: 3 wait for trade:A");
  auto post = posted().at(0);
  CHECK(post["event"] == "alert_firing");
  CHECK(post["alert"] == "queue_depth");
  CHECK(post["text"] == "3 wait for trade:A");
  CHECK(mentions(node.http.get("/metrics").text,
                 "holdfast_alert_firing{alert=\"queue_depth\"} 1"));
  CHECK(firing() == std::vector<std::string>{"queue_depth"});

  // A message whose end is not on disk would be unknown after a kill, and hold
  // back the next.
  REQUIRE(eventually([&] { return messages_done() == 2; }));
  own.process.kill();
  own.process.start();
  // The next start finds it firing; that its watchdog has looked is seen by
  // what it tells next.
  auto again = own.client();
  for (const auto& entry : entries)
    again.cancel(entry["entryId"]);
  REQUIRE(eventually([&] { return shown().size() == 2; },
                     std::chrono::seconds{30}));
  CHECK(shown()[1] == "🟢 queue_depth is over");
  CHECK(told() == std::vector<std::string>{"alert_firing", "alert_resolved"});
  CHECK(firing().empty());
  CHECK(mentions(again.http.get("/metrics").text,
                 "holdfast_alert_firing{alert=\"queue_depth\"} 0"));
  REQUIRE(eventually([&] { return posted().size() == 2; }));
  CHECK(posted()[1]["event"] == "alert_resolved");
  CHECK(own.process.stop() == 0);
}

TEST_CASE_FIXTURE(alert_scene, "an alert that nobody can be told of now is "
                               "told when they are there again") {
  telegram.away(std::chrono::seconds{7});
  pager.away(std::chrono::seconds{7});
  auto node = own.client();
  node.granted("trade:A", "holder", {{"timeoutMs", 600'000}});
  for (const auto* name : {"a", "b", "c"})
    node.queued("trade:A", name, {{"timeoutMs", 600'000}});
  REQUIRE(
      eventually([&] { return told().size() == 1; }, std::chrono::seconds{20}));
  REQUIRE(
      eventually([&] { return shown().size() == 1 && posted().size() == 1; },
                 std::chrono::seconds{30}));
  CHECK(told() == std::vector<std::string>{"alert_firing"});
  CHECK(own.process.stop() == 0);
}
