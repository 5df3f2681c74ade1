// Reads what a node has counted.
#pragma once

#include "messages/metrics.hpp"

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <string>
#include <vector>

namespace holdfast::test {

/// 0 for what was never counted.
inline std::uint64_t count_of(const std::vector<labelled_count>& all,
                              const std::string& label) {
  auto found = std::ranges::find(all, label, &labelled_count::label);
  return found != all.end() ? found->count : 0;
}

/// How many values `of` has.
inline std::uint64_t total(const histogram_counts& of) {
  return std::accumulate(of.counts.begin(), of.counts.end(), std::uint64_t{0});
}

} // namespace holdfast::test
