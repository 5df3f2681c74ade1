// Reads journal, effects and signals of a node and counts messages.
#include "node/replay_messages.hpp"

#include "messages/position.hpp"

#include <limits>
#include <set>
#include <sstream>

namespace holdfast {

namespace {

using nlohmann::json;

std::set<std::string>
resources_of(const std::map<position_key, position_seen>& answered) {
  std::set<std::string> names;
  for (auto& [key, seen] : answered)
    names.insert(position_resource(key.first, key.second));
  return names;
}

std::size_t count_effects(const std::set<std::string>& resources,
                          const std::string& state, const fetch_fn& fetch) {
  std::size_t count = 0;
  for_each_item(fetch, "/v1/effects?limit=1000&state=" + state,
                [&](const json& effect) {
                  if (text_of(effect, "kind").starts_with("telegram_") &&
                      resources.contains(text_of(effect, "resourceId")))
                    ++count;
                });
  return count;
}

/// Two signals with one message: one of them was never told of.
std::vector<std::string>
shared_messages(const std::map<position_key, position_seen>& answered,
                const fetch_fn& fetch) {
  std::vector<std::string> faults;
  std::map<std::pair<std::string, std::string>, std::string> signal_of;
  for_each_item(fetch, "/v1/signals?limit=1000", [&](const json& signal) {
    auto& told = signal.at("telegram");
    if (text_of(told, "state") != "sent" || !told.contains("messageId") ||
        !answered.contains(
            {text_of(signal, "accountId"), text_of(signal, "positionId")}))
      return;
    auto message = told["messageId"].dump();
    auto id = text_of(signal, "signalId");
    auto [known, first] =
        signal_of.emplace(std::pair{text_of(told, "chatId"), message}, id);
    if (!first)
      faults.push_back("signals " + known->second + " and " + id +
                       " share message " + message);
  });
  return faults;
}

} // namespace

std::size_t
waiting_messages(const std::map<position_key, position_seen>& answered,
                 const fetch_fn& fetch) {
  auto resources = resources_of(answered);
  return count_effects(resources, "pending", fetch) +
         count_effects(resources, "sending", fetch);
}

replay_messages
count_messages(const std::map<position_key, position_seen>& answered,
               const fetch_fn& fetch) {
  replay_messages result;
  auto resources = resources_of(answered);
  for_each_row(fetch, [&](const json& row) {
    auto kind = text_of(row, "kind");
    if (!kind.starts_with("telegram_") ||
        !resources.contains(text_of(row, "resourceId")))
      return;
    result.sent += kind == "telegram_sent";
    result.edited += kind == "telegram_edited";
  });
  result.failed = count_effects(resources, "failed", fetch);
  result.unknown = count_effects(resources, "unknown", fetch);
  result.waiting = waiting_messages(answered, fetch);
  result.faults = shared_messages(answered, fetch);
  return result;
}

std::uint64_t commits_told(const std::string& metrics) {
  std::istringstream lines{metrics};
  for (std::string name; lines >> name;) {
    std::uint64_t value = 0;
    if (name == "holdfast_commit_duration_seconds_count" && lines >> value)
      return value;
    lines.clear();
    lines.ignore(std::numeric_limits<std::streamsize>::max(), '\n');
  }
  return 0;
}

std::string to_sentence(const replay_messages& messages,
                        std::uint64_t commits) {
  auto n = [](std::size_t x) { return std::to_string(x); };
  return n(messages.sent) + " messages, " + n(messages.edited) + " edits; " +
         n(messages.unknown) + " unknown, " + n(messages.failed) + " failed, " +
         n(messages.waiting) + " waiting; " + std::to_string(commits) +
         " commits";
}

} // namespace holdfast
