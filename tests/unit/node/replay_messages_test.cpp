// What is counted of the messages that a replay's positions became.
#include "node/replay_messages.hpp"

#include <doctest/doctest.h>

using namespace holdfast;
using nlohmann::json;

namespace {

/// A node with two positions of the replay, "a:1" and "a:2", and another's.
struct told_node {
  std::map<position_key, position_seen> answered{{{"a", "1"}, {}},
                                                 {{"a", "2"}, {}}};
  json journal = json::array();
  std::map<std::string, json> effects; ///< by state
  json signals = json::array();

  void row(const char* kind, const char* resource) {
    journal.push_back({{"seq", journal.size() + 1},
                       {"kind", kind},
                       {"resourceId", resource}});
  }

  void effect(const char* state, const char* kind, const char* resource) {
    effects[state].push_back({{"kind", kind}, {"resourceId", resource}});
  }

  void signal(const char* id, const char* position, int message) {
    signals.push_back(
        {{"signalId", id},
         {"accountId", "a"},
         {"positionId", position},
         {"telegram",
          {{"state", "sent"}, {"chatId", "c"}, {"messageId", message}}}});
  }

  json fetch(const std::string& target) {
    const json none = json::array();
    if (target.starts_with("/v1/journal?"))
      return {{"items", target.ends_with("after=0") ? journal : none}};
    if (target.starts_with("/v1/signals?"))
      return {{"items", signals}};
    const std::string effects_of = "/v1/effects?limit=1000&state=";
    REQUIRE(target.starts_with(effects_of));
    auto found = effects.find(target.substr(effects_of.size()));
    return {{"items", found == effects.end() ? none : found->second}};
  }

  replay_messages count() {
    return count_messages(answered,
                          [this](const auto& what) { return fetch(what); });
  }
};

} // namespace

TEST_CASE_FIXTURE(told_node, "messages are counted, of the replay's positions "
                             "alone") {
  for (auto resource : {"position:a:1", "position:a:2", "position:b:1"})
    row("telegram_sent", resource);
  row("telegram_edited", "position:a:1");
  row("telegram_edited", "position:b:1");
  row("signal_updated", "position:a:1");
  effect("pending", "telegram_send", "position:a:1");
  effect("pending", "signal_webhook", "position:a:1");
  effect("sending", "telegram_edit", "position:a:2");
  effect("sending", "telegram_edit", "position:b:2");
  effect("unknown", "telegram_send", "position:a:2");
  effect("failed", "telegram_edit", "position:a:2");
  auto told = count();
  CHECK(told.sent == 2);
  CHECK(told.edited == 1);
  CHECK(told.waiting == 2);
  CHECK(told.unknown == 1);
  CHECK(told.failed == 1);
  CHECK(told.faults.empty());
  CHECK(to_sentence(told, 7) ==
        "2 messages, 1 edits; 1 unknown, 1 failed, 2 waiting; 7 commits");
}

TEST_CASE_FIXTURE(told_node, "two signals with one message are a fault") {
  signal("S1", "1", 11);
  signal("S2", "2", 12);
  CHECK(count().faults.empty());
  signals[1]["telegram"]["messageId"] = 11;
  REQUIRE(count().faults.size() == 1);
  CHECK(count().faults[0] == "signals S1 and S2 share message 11");
}

TEST_CASE("the number of commits is read out of the metrics") {
  CHECK(commits_told("# HELP holdfast_commit_duration_seconds How long.\n"
                     "holdfast_commit_duration_seconds_bucket{le=\"1\"} 4\n"
                     "holdfast_commit_duration_seconds_sum 0.25\n"
                     "holdfast_commit_duration_seconds_count 41\n"
                     "holdfast_commit_operations_count 42\n") == 41);
  CHECK(commits_told("") == 0);
  CHECK(commits_told("up 1\nholdfast_commit_duration_seconds_count") == 0);
}
