// Reads positions and signals of a node and judges them.
#include "node/replay_positions.hpp"

#include <optional>

namespace holdfast {

namespace {

using nlohmann::json;

/// What the node lists of one position.
struct listed_position {
  bool known = false;
  bool closed = false;
  std::string signal; ///< by the list of positions; empty: none
  std::map<std::string, std::string> signals; ///< status by id, by their own
};

position_key key_of(const json& row) {
  return {text_of(row, "accountId"), text_of(row, "positionId")};
}

/// Positions first: a signal that is closed later is no fault of theirs.
std::map<position_key, listed_position> read_lists(const fetch_fn& fetch) {
  std::map<position_key, listed_position> result;
  for_each_item(fetch, "/v1/positions?limit=1000", [&](const json& row) {
    auto& position = result[key_of(row)];
    position.known = true;
    position.closed = !text_of(row, "closedAt").empty();
    position.signal = text_of(row, "signalId");
  });
  for_each_item(fetch, "/v1/signals?limit=1000", [&](const json& row) {
    result[key_of(row)].signals.emplace(row.at("signalId").get<std::string>(),
                                        text_of(row, "status"));
  });
  return result;
}

std::string joined(const std::set<std::string>& words) {
  std::string text;
  for (auto& word : words)
    text += (text.empty() ? "" : " and ") + word;
  return text;
}

/// What is wrong with one position; nothing: it is as it should be.
std::optional<std::string> fault_of(const position_seen& seen,
                                    const listed_position& listed) {
  if (!listed.known)
    return "was answered, but the node does not list it";
  if (seen.created > 1)
    return "was announced " + std::to_string(seen.created) + " times";
  auto signals = seen.signals;
  if (!listed.signal.empty())
    signals.insert(listed.signal);
  for (auto& [id, status] : listed.signals)
    signals.insert(id);
  if (signals.size() > 1)
    return "has signals " + joined(signals);
  if (signals.empty() && (seen.created > 0 || !listed.closed))
    return "has no signal";
  if (signals.empty())
    return std::nullopt;
  if (listed.signal.empty() || listed.signals.empty())
    return "has signal " + *signals.begin() + ", but not in the list of " +
           (listed.signal.empty() ? "positions" : "signals");
  if (listed.closed && listed.signals.begin()->second != "closed")
    return "is closed, its signal " + *signals.begin() + " is not";
  return std::nullopt;
}

} // namespace

position_report
check_positions(const std::map<position_key, position_seen>& answered,
                const fetch_fn& fetch) {
  position_report report;
  auto lists = read_lists(fetch);
  report.positions = answered.size();
  for (auto& [key, seen] : answered) {
    auto& listed = lists[key];
    if (auto fault = fault_of(seen, listed))
      report.faults.push_back("position " + key.second + " of " + key.first +
                              ' ' + *fault);
    else
      ++(listed.signal.empty() ? report.unseen : report.once);
  }
  return report;
}

std::string to_sentence(const position_report& report,
                        const replay_tally& tally) {
  auto n = [](std::size_t x) { return std::to_string(x); };
  auto duplicates =
      n(tally.events_of("duplicate")) + " duplicates answered from the first";
  if (!report.ok())
    return n(report.faults.size()) + " faults in " + n(report.positions) +
           " positions; " + duplicates;
  auto unseen = report.unseen == 0
                    ? std::string{}
                    : n(report.unseen) + " more closed unseen, without one; ";
  return n(report.once) + " positions: one signal each, none twice; " + unseen +
         duplicates;
}

} // namespace holdfast
