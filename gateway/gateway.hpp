// The HTTP API of a node: server, routes and the way to the actors in one.
// Must not know Boost or how locks are decided.
#pragma once

#include "actors/interfaces.hpp"
#include "gateway/access.hpp"
#include "gateway/http_server.hpp"
#include "gateway/rate_limit.hpp"
#include "gateway/tls_context.hpp"
#include "rules/trade_rules.hpp"

#include <caf/actor_system.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace holdfast {

struct gateway_options {
  std::string host = "127.0.0.1"; ///< an IP address, v4 or v6
  std::uint16_t port = 8080;      ///< 0: any free one
  std::size_t io_threads = 1;
  http_limits limits;
  std::size_t body_bytes_max = 64 * 1024; ///< of calls about one thing
  /// Of calls about many: batches, arrays of positions, snapshots.
  std::size_t batch_bytes_max = 4 * 1024 * 1024;
  std::size_t json_depth_max = 64;
  std::int64_t timeout_max_ms = 3'600'000; ///< the longest lease
  std::size_t event_streams_max = 1000;    ///< open at a time; beyond: 429
  std::optional<trade_settings> trades;    ///< none: this node does not trade
  /// Names that clients call the node by, with or without a port, beside
  /// IP addresses and `localhost`; others are refused, but for health.
  std::vector<std::string> hosts;
  /// Null: every caller may do everything, so listen on loopback only.
  std::shared_ptr<const token_table> tokens;
  rate_settings rate; ///< of each token
  /// Null: plain HTTP.
  std::shared_ptr<const tls_context> tls;
  /// Seeds the ids of requests that bring none; empty: the machine's.
  std::function<std::uint64_t()> random;
  /// Hears of every answer, on the I/O threads. May be empty.
  std::function<void(const request_log&)> log;
};

/// Serves version 1 of the API from construction to `stop`.
class gateway {
public:
  /// @throws std::runtime_error when the address cannot be listened on.
  gateway(caf::actor_system& sys, locks_actor locks, queries_actor queries,
          positions_actor positions, gateway_options options);

  /// Stops without waiting for anybody.
  ~gateway();

  gateway(const gateway&) = delete;
  gateway& operator=(const gateway&) = delete;

  /// The tokens from the next request on. Ends event streams: their readers
  /// come back with a token that is still good. Any thread.
  void use_tokens(std::shared_ptr<const token_table> tokens);

  /// The certificate of connections from now on, where there was one from the
  /// beginning. Any thread.
  void use_tls(std::shared_ptr<const tls_context> tls);

  /// The port listened on.
  std::uint16_t port() const;

  /// Whether all I/O threads do what they are handed within this time. Not from
  /// one of them.
  bool is_alive(std::chrono::milliseconds within) const;

  /// As `http_server::stop`. Waiting calls hear of it sooner when the engine
  /// was stopped before. Not from an actor or an I/O thread.
  void stop(std::chrono::milliseconds within);

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace holdfast
