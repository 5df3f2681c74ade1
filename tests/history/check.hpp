// A whole history, each resource by itself. Must not know where it came from.
#pragma once

#include "tests/history/search.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace linear {

struct verdict_of_all {
  std::vector<std::string> faults; ///< empty when all is well
  std::size_t operations = 0;
  std::size_t unanswered = 0;
  std::size_t resources = 0;
  std::size_t most_configurations = 0;  ///< of one resource
  std::chrono::milliseconds longest{0}; ///< search on one resource
};

/// Every resource has an order, and tokens rise across them.
verdict_of_all check(const operations& all, const search_limits& limits = {});

/// The figures on one line, for people.
std::string describe(const verdict_of_all& result);

} // namespace linear
