// Checks every cross-reference and counter of a store.
// Must not know CAF or the rules.
#pragma once

#include "storage/store.hpp"

#include <string>
#include <vector>

namespace holdfast {

struct verify_report {
  std::uint64_t rows = 0;
  std::vector<std::string> faults; ///< one sentence each; empty: all is well
  bool ok() const { return faults.empty(); }
};

/// Reads all of `s` in one snapshot. Stops collecting at `max_faults`.
/// `progress(done, total)` is called now and then when given.
verify_report
verify(const store_reader& s, std::size_t max_faults = 100,
       const std::function<void(std::uint64_t, std::uint64_t)>& progress = {});

} // namespace holdfast
