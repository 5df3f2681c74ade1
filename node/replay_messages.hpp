// Counts by a node's own lists which messages the positions of a replay became.
// Must not know connections or time.
#pragma once

#include "node/replay_check.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace holdfast {

struct replay_messages {
  std::size_t sent = 0;            ///< telegram_sent of the journal
  std::size_t edited = 0;          ///< telegram_edited
  std::size_t failed = 0;          ///< effects that have ended so
  std::size_t unknown = 0;         ///< effects that wait for an operator
  std::size_t waiting = 0;         ///< effects that are pending or being sent
  std::vector<std::string> faults; ///< messages that two signals share
};

/// How many messages of the positions in `answered` have not left yet. Throws
/// what `fetch` throws, as all here.
std::size_t
waiting_messages(const std::map<position_key, position_seen>& answered,
                 const fetch_fn& fetch);

/// Everything about the messages of the positions in `answered`.
replay_messages
count_messages(const std::map<position_key, position_seen>& answered,
               const fetch_fn& fetch);

/// How many commits a node has made since its start, by what /metrics answers;
/// 0 when it does not tell.
std::uint64_t commits_told(const std::string& metrics);

/// One line for people: "405 messages, 391 edits; 0 unknown, …; 1893 commits".
std::string to_sentence(const replay_messages& messages, std::uint64_t commits);

} // namespace holdfast
