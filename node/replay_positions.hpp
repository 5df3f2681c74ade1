// Checks against a node's own lists that every position has one signal.
// Must not know connections.
#pragma once

#include "node/replay_check.hpp"

#include <map>
#include <string>
#include <vector>

namespace holdfast {

struct position_report {
  std::size_t positions = 0;
  std::size_t once = 0;   ///< announced once, exactly one signal each
  std::size_t unseen = 0; ///< closed before they were ever seen: no signal
  std::vector<std::string> faults;
  bool ok() const { return faults.empty(); }
};

/// Sees, by the answers and by the lists of positions and signals, that none
/// of the positions in `answered` was announced twice, that each has exactly
/// one signal, of which all three agree, and that those that are closed have
/// no active signal. Throws what `fetch` throws.
position_report
check_positions(const std::map<position_key, position_seen>& answered,
                const fetch_fn& fetch);

/// One line for people: "412 positions: one signal each, none twice; …".
std::string to_sentence(const position_report& report,
                        const replay_tally& tally);

} // namespace holdfast
