// Checks against a node's own journal that every trade was one order.
// Must not know connections.
#pragma once

#include "node/replay_check.hpp"

#include <set>
#include <string>
#include <vector>

namespace holdfast {

struct trade_report {
  std::size_t trades = 0;
  std::size_t executed = 0; ///< exactly one order each
  std::size_t without = 0;  ///< rejected, failed or cancelled: no order
  std::size_t open = 0;     ///< queued, under way or in doubt
  std::vector<std::string> faults;
  bool ok() const { return faults.empty(); }
};

/// Sees, by the journal's `trade_executed` and the list of trades, that no
/// intent (resource and key) became two orders, that no two trades share one,
/// and that both agree on which of the trades `asked` for have an order.
/// Throws what `fetch` throws.
trade_report check_trades(const std::set<std::string>& asked,
                          const fetch_fn& fetch);

/// One line for people: "401 trades: 388 one order each, …".
std::string to_sentence(const trade_report& report);

} // namespace holdfast
