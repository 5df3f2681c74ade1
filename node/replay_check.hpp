// Checks against a node's own journal that every intent had one effect.
// Must not know connections.
#pragma once

#include "node/replay_tally.hpp"

#include <functional>
#include <string>
#include <vector>

namespace holdfast {

struct intent_report {
  std::size_t intents = 0;
  std::size_t once = 0;            ///< done exactly once
  std::size_t never = 0;           ///< cancelled, failed or given up
  std::vector<std::string> faults; ///< done twice, or held by two at a time
  bool ok() const { return faults.empty(); }
};

/// Reads one target of the node, e.g. "/v1/journal?after=0".
/// Throws what it likes; `check_intents` lets it pass.
using fetch_fn = std::function<nlohmann::json(const std::string& target)>;

/// Hands over every row of the node's journal, oldest first.
void for_each_row(const fetch_fn& fetch,
                  const std::function<void(const nlohmann::json&)>& take);

/// Hands over everything that a list of the node holds, page by page; the
/// target has a query already, e.g. "/v1/trades?limit=1000".
void for_each_item(const fetch_fn& fetch, const std::string& target,
                   const std::function<void(const nlohmann::json&)>& take);

/// Counts, per intent, the locks that were released successfully, by the
/// node's journal and its list of locks; and sees that no resource ever had
/// two holders and that fencing tokens only rose. Effects whose outcome the
/// node no longer keeps do not count: the same request is a new one by then.
intent_report check_intents(const std::set<intent>& intents,
                            const fetch_fn& fetch);

/// One line for people: "412 intents, each done once; 863 duplicates …".
std::string to_sentence(const intent_report& report, const replay_tally& tally);

} // namespace holdfast
