// Reads journal and locks of a node and judges them.
#include "node/replay_check.hpp"

#include <algorithm>

namespace holdfast {

namespace {

using nlohmann::json;

/// What the journal says, row by row.
class journal_reader {
public:
  explicit journal_reader(intent_report& report) : report_(report) {}

  void read(const fetch_fn& fetch) {
    for_each_row(fetch, [this](const json& row) { add(row); });
  }

  /// How often the lock was released, by the journal.
  std::size_t releases(const std::string& lock) const {
    auto found = releases_.find(lock);
    return found == releases_.end() ? 0 : found->second;
  }

private:
  void add(const json& row) {
    auto kind = row.at("kind").get<std::string>();
    if (!row.contains("lockId") || !row.contains("resourceId"))
      return;
    auto lock = row["lockId"].get<std::string>();
    auto resource = row["resourceId"].get<std::string>();
    if (kind == "granted") {
      grant(resource, lock, row.value("fencingToken", std::uint64_t{0}));
    } else if (kind == "released" || kind == "failed" || kind == "expired" ||
               kind == "force_released" || kind == "resolved") {
      if (auto holder = holders_.find(resource);
          holder != holders_.end() && holder->second == lock)
        holders_.erase(holder);
      if (kind == "released")
        ++releases_[lock];
    }
  }

  void grant(const std::string& resource, const std::string& lock,
             std::uint64_t token) {
    auto [holder, free] = holders_.emplace(resource, lock);
    if (!free)
      report_.faults.push_back(resource + " was granted to " + lock +
                               " while " + holder->second + " held it");
    auto& last = tokens_[resource];
    if (token <= last)
      report_.faults.push_back(resource + ": token " + std::to_string(token) +
                               " after " + std::to_string(last));
    last = std::max(last, token);
  }

  intent_report& report_;
  std::map<std::string, std::string> holders_;
  std::map<std::string, std::uint64_t> tokens_;
  std::map<std::string, std::size_t> releases_;
};

/// The released locks that the node still keeps, with their intents.
std::vector<std::pair<std::string, intent>>
released_locks(const fetch_fn& fetch) {
  std::vector<std::pair<std::string, intent>> result;
  for_each_item(fetch, "/v1/locks?status=released&limit=1000",
                [&](const json& lock) {
                  if (lock.at("idempotencyKey").is_string())
                    result.push_back(
                        {lock.at("lockId"),
                         {lock.at("resourceId"), lock.at("idempotencyKey")}});
                });
  return result;
}

} // namespace

void for_each_row(const fetch_fn& fetch,
                  const std::function<void(const json&)>& take) {
  for (std::uint64_t after = 0;;) {
    auto page = fetch("/v1/journal?limit=1000&after=" + std::to_string(after));
    auto& items = page.at("items");
    if (items.empty())
      return;
    for (auto& row : items)
      take(row);
    after = items.back().at("seq").get<std::uint64_t>();
  }
}

void for_each_item(const fetch_fn& fetch, const std::string& target,
                   const std::function<void(const json&)>& take) {
  std::string cursor;
  do {
    auto page =
        fetch(cursor.empty() ? target
                             : target + "&cursor=" + percent_encoded(cursor));
    for (auto& item : page.at("items"))
      take(item);
    cursor = page.value("nextCursor", "");
  } while (!cursor.empty());
}

intent_report check_intents(const std::set<intent>& intents,
                            const fetch_fn& fetch) {
  intent_report report;
  journal_reader journal{report};
  journal.read(fetch);
  std::map<intent, std::size_t> effects;
  for (auto& [lock, what] : released_locks(fetch))
    effects[what] += std::max<std::size_t>(1, journal.releases(lock));
  report.intents = intents.size();
  for (auto& what : intents) {
    auto found = effects.find(what);
    auto count = found == effects.end() ? 0 : found->second;
    if (count == 0)
      ++report.never;
    else if (count == 1)
      ++report.once;
    else
      report.faults.push_back(what.first + ", key " + what.second + ": done " +
                              std::to_string(count) + " times");
  }
  return report;
}

std::string to_sentence(const intent_report& report,
                        const replay_tally& tally) {
  auto n = [](std::size_t x) { return std::to_string(x); };
  auto duplicates =
      n(tally.duplicates()) + " duplicates answered from the first";
  if (!report.ok())
    return n(report.faults.size()) + " faults in " + n(report.intents) +
           " intents; " + duplicates;
  if (report.never == 0)
    return n(report.intents) + " intents, each done once; " + duplicates;
  return n(report.intents) + " intents: " + n(report.once) +
         " done once each, " + n(report.never) +
         " given up (cancelled, failed or expired), none done twice; " +
         duplicates;
}

} // namespace holdfast
