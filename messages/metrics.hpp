// What a node counts, as /metrics tells it: values of one moment.
// Must not know CAF (see type_ids.hpp), HTTP or how metrics are written down.
#pragma once

#include "messages/queries.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace holdfast {

/// Reads everything that is counted.
struct get_metrics {};

/// How often something happened since the start, by what it was.
struct labelled_count {
  std::string label; ///< one of a fixed set, never a caller's word
  std::uint64_t count = 0;
};

struct effect_count {
  std::string kind;    ///< "other" for kinds that only the host knows
  std::string outcome; ///< "done", "failed", "unknown"
  std::uint64_t count = 0;
};

struct feed_state {
  std::string name; ///< from the configuration
  bool up = false;
};

/// How values are spread. `counts` has one more element than `bounds`: those
/// beyond the last bound; each counts what is above the bound before its own.
struct histogram_counts {
  std::vector<std::uint64_t> bounds; ///< ascending, each included
  std::vector<std::uint64_t> counts;
  std::uint64_t sum = 0;
};

struct node_metrics {
  stats now;                                    ///< what there is
  bool ready = false;                           ///< commits work
  std::vector<std::uint64_t> queue_by_priority; ///< priorities 1 to 10
  std::vector<labelled_count> acquires;         ///< by outcome
  std::vector<labelled_count> events;           ///< by kind of journal row
  std::vector<effect_count> effects;
  std::uint64_t stale_tokens = 0;
  std::uint64_t skipped_duplicates = 0;
  std::vector<labelled_count> control_messages; ///< by outcome
  histogram_counts wait_ms; ///< from acquire to grant, of what was granted
  histogram_counts hold_ms; ///< from grant to end, of what has ended
  histogram_counts commit_us;
  histogram_counts commit_ops; ///< decisions per commit
  std::vector<feed_state> feeds;
  std::uint64_t store_used_bytes = 0;
  std::uint64_t store_limit_bytes = 0;
};

} // namespace holdfast
