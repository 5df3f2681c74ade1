// The yardsticks: the same records in commits of the same size, without
// actors.
// Must not know the engine.
#pragma once

#include "node/load/workload.hpp"
#include "storage/lmdb_store.hpp"

#include <cstdint>

namespace holdfast::bench {

struct yardstick {
  workload what;
  std::uint64_t cycles = 0;    ///< how many acquires and releases
  double ops_per_commit = 1.0; ///< decisions per commit, as measured
  lmdb_options where;          ///< an empty directory
};

/// What the commits took; making the decisions does not count.
struct bare_figures {
  double seconds = 0;
  double cpu_seconds = 0;
};

/// Commits the decisions through the store, version checks included.
/// @throws storage_error
bare_figures commit_through_store(const yardstick& y);

/// Puts and deletes the same keys and values in plain LMDB with default flags.
/// @throws std::runtime_error
bare_figures commit_plainly(const yardstick& y);

} // namespace holdfast::bench
