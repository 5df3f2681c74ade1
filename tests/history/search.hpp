// Whether a history has an order that the lock could have gone through: the
// search of Wing and Gong (1993) with the memory of Lowe (2017): an operation
// that is open is tried in each state once for each set of those before it.
// Must not know what the operations mean: that is the model's part.
#pragma once

#include "tests/history/operation.hpp"

#include <cstddef>
#include <string>

namespace linear {

enum class finding { linearizable, not_linearizable, gave_up };

struct search_limits {
  std::size_t configurations = 2'000'000; ///< 32 to 48 bytes each
};

struct search_result {
  finding found = finding::gave_up;
  std::size_t operations = 0;
  std::size_t configurations = 0; ///< pairs of a set and a state
  /// When not linearizable: the longest order that was found, what came last
  /// in it, the lock then, and what could not follow.
  std::string report;
};

/// Checks the operations on one resource, in any order in `all`. That suffices
/// for each: a history is linearizable when those of its objects are
/// (Herlihy and Wing 1990).
search_result check_resource(const operations& all,
                             const search_limits& limits = {});

} // namespace linear
