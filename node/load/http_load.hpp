// Closed-loop clients over HTTP: one thread, one keep-alive connection each.
// Must not know where the node comes from.
#pragma once

#include "node/load/http_connection.hpp"
#include "node/load/measure.hpp"
#include "node/load/workload.hpp"

#include <functional>

namespace holdfast::bench {

struct http_figures {
  std::uint64_t cycles = 0;       ///< acquire and release, while measured
  std::uint64_t cycles_total = 0; ///< warm-up and end included
  double seconds = 0;
  double node_cpu_seconds = 0; ///< as `node_cpu` says
  double own_cpu_seconds = 0;  ///< what the load itself cost
  latencies acquire;
  latencies release;
};

/// Puts a node under load. `node_cpu` answers the CPU seconds that the node
/// has used so far. @throws std::runtime_error when a request was refused.
http_figures run_http(const workload& what, const load_times& times,
                      const endpoint& node,
                      const std::function<double()>& node_cpu);

} // namespace holdfast::bench
