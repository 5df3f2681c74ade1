// Fills a store with the records of a long life, in big commits.
// Must not know actors or HTTP.
#pragma once

#include <cstdint>
#include <string>

namespace holdfast::bench {

struct fill {
  std::uint64_t active = 0;   ///< locks that hold, with a lease of an hour
  std::uint64_t outcomes = 0; ///< transactions that ended well
  /// Rows of the journal in all: what the above leave behind, and then the
  /// same again without locks and outcomes, which retention has removed.
  std::uint64_t journal = 0;
};

/// What every active lock's resource begins with; its number follows.
inline constexpr const char* active_prefix = "trade:ETHUSDT:BUY:active-";

/// Makes a store in the empty directory. Every record is decided by the rules
/// and encoded as the engine would. @throws storage_error
void fill_store(const std::string& directory, const fill& what);

} // namespace holdfast::bench
