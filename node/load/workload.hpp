// What the clients of the benchmark ask for.
// Must not know how it is sent or stored.
#pragma once

#include "messages/commands.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace holdfast::bench {

struct workload {
  std::size_t outstanding = 1; ///< clients, each with one request at a time
  bool one_key = false;        ///< all want the same resource and `wait` for it
  bool keyed = false;  ///< every transaction has a key and data of its own
  bool trades = false; ///< over HTTP: trades, each its own, one call each
  /// What all resources begin with.
  std::string prefix = "trade:BTCUSDT:BUY:snipe-";
  std::int64_t lease_ms = 0; ///< 0: the node's own default
};

/// The `n`th acquire of a client.
acquire_lock acquire_of(const workload& what, std::size_t client,
                        std::uint64_t n);

/// The body of the `n`th trade of a client.
std::string trade_of(const workload& what, std::size_t client, std::uint64_t n);

} // namespace holdfast::bench
