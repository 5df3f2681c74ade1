// What a node counts, in the text that Prometheus reads.
// Internal to the gateway; must not know CAF, Boost or where numbers come from.
#pragma once

#include "gateway/request_counts.hpp"
#include "messages/metrics.hpp"

#include <cstdint>
#include <string>

namespace holdfast {

inline constexpr const char* metrics_type =
    "text/plain; version=0.0.4; charset=utf-8";

/// What the gateway itself counts.
struct gateway_metrics {
  const request_counts& requests;
  std::uint64_t streams_open = 0;     ///< readers of live events, now
  std::uint64_t streams_too_slow = 0; ///< ended since they did not read
};

std::string metrics_text(const node_metrics& node,
                         const gateway_metrics& gateway);

} // namespace holdfast
