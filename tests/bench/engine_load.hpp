// Closed-loop clients inside the process of an engine.
// Must not know the yardsticks.
#pragma once

#include "bench/counting_store.hpp"
#include "node/load/measure.hpp"
#include "node/load/workload.hpp"
#include "storage/lmdb_store.hpp"

#include <algorithm>
#include <string>
#include <thread>

namespace holdfast::bench {

/// The host program's scheduler; as `holdfast node` has it when nothing is set.
struct host_scheduler {
  std::size_t threads = std::max(2U, std::thread::hardware_concurrency());
  std::string policy = "stealing";
};

struct engine_figures {
  std::uint64_t cycles = 0;       ///< acquire and release, while measured
  std::uint64_t cycles_total = 0; ///< with those of the warm-up
  double seconds = 0;
  double cpu_seconds = 0; ///< clients included
  latencies acquire;
  latencies release;
  counting_store::counts store; ///< while measured
};

/// Runs an engine on a fresh LMDB store under load.
/// @throws storage_error, std::runtime_error when a request was refused.
engine_figures run_engine(const workload& what, const load_times& times,
                          const host_scheduler& host,
                          const lmdb_options& where);

} // namespace holdfast::bench
