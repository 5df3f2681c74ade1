// Counts how the calls of a replay were answered.
// Must not know connections or time.
#pragma once

#include "node/replay.hpp"

#include <map>
#include <set>
#include <string>
#include <utility>

namespace holdfast {

/// What somebody wanted done once: resource and idempotency key.
using intent = std::pair<std::string, std::string>;

/// Account and position: tickets are unique within an account only.
using position_key = std::pair<std::string, std::string>;

/// What the answers said of one position.
struct position_seen {
  std::size_t created = 0;       ///< how often it was announced
  std::set<std::string> signals; ///< ids; there should be one
};

/// The text of one member; empty when there is none.
std::string text_of(const nlohmann::json& object, const char* name);

class replay_tally {
public:
  void add(const replay_answer& answer);

  std::size_t lines = 0;
  std::size_t granted = 0;
  std::size_t replayed = 0;
  std::size_t queued = 0;   ///< places in a queue, each counted once
  std::size_t joined = 0;   ///< answered with the place they already had
  std::size_t released = 0; ///< the work succeeded
  std::size_t failed = 0;   ///< the work failed, and said so
  std::size_t traded = 0;   ///< trades executed by the node, each copy once
  std::size_t other = 0;    ///< reads, renewals, cancellations
  std::map<std::string, std::size_t> refused; ///< by code
  std::set<intent> intents;     ///< everything that was asked for with a key
  std::set<std::string> trades; ///< ids of all trades that were asked for
  std::map<std::string, std::size_t> events;       ///< of positions, by outcome
  std::map<position_key, position_seen> positions; ///< failed events apart

  std::size_t refused_total() const;
  std::size_t events_of(const std::string& outcome) const;

  /// Requests for what was already done, under way or waiting.
  std::size_t duplicates() const;

private:
  void add(const std::string& target, int status, bool replay,
           const nlohmann::json& body);
  void add_event(const nlohmann::json& result);
  void note_intent(const nlohmann::json& body);

  std::set<std::string> entries_;
};

/// The counts as a table for people.
std::string to_table(const replay_tally& x);

nlohmann::json to_json(const replay_tally& x);

} // namespace holdfast
