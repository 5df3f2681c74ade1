// The yardsticks: the same records in commits of the same size, without
// actors.
// Must not know the engine.
#pragma once

#include "bench/workload.hpp"
#include "storage/lmdb_store.hpp"

#include <cstdint>

namespace holdfast::bench {

struct yardstick {
  workload what;
  std::uint64_t cycles = 0;    ///< how many acquires and releases
  double ops_per_commit = 1.0; ///< decisions per commit, as measured
  lmdb_options where;          ///< an empty directory
};

/// Seconds that the store needs to commit the decisions, version checks
/// included; making them does not count. @throws storage_error
double commit_through_store(const yardstick& y);

/// Seconds that plain LMDB, with default flags, needs to put and delete the
/// same keys and values. @throws std::runtime_error
double commit_plainly(const yardstick& y);

} // namespace holdfast::bench
