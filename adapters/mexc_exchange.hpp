// MEXC Spot as an exchange to trade on; docs/mexc.md.
// Must not know storage, the ledger or who trades.
#pragma once

#include "actors/exchange.hpp"
#include "adapters/http_caller.hpp"
#include "adapters/mexc_protocol.hpp"

#include <caf/actor_system.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace holdfast {

struct mexc_options {
  mexc_access access;
  /// How long the exchange may take to show an order that it has accepted.
  std::int64_t reconcile_margin_ms = 2000;
  /// The server's clock is read this often, and when the exchange says that
  /// a timestamp is wrong.
  std::int64_t clock_interval_ms = 60'000;
  /// What is known of a symbol is asked for again after this.
  std::int64_t symbol_age_max_ms = 600'000;
  /// Of each kind of request, within 10 s.
  std::int64_t weight_max = 500;
  /// Requests accepted and not yet answered.
  std::size_t outstanding_max = 1000;
  /// A clock in ms that never goes back, wherever it began. Empty: this
  /// machine's, which goes on while the machine sleeps.
  std::function<std::int64_t()> now_ms;
  /// Hears of trouble with clock, keys and limits: a sentence without secrets.
  /// Called from the actor; empty: nobody hears.
  std::function<void(const std::string&)> warn;
};

/// Places, finds and cancels orders at MEXC. `place_order` sends an order at
/// most once, or a second time when the exchange has refused the first for its
/// timestamp. `not_found` is final: see `mexc_sends`. Answers what is under way
/// when it ends. The keys stay in here.
/// @throws std::runtime_error when OpenSSL offers no HMAC-SHA256.
exchange_actor spawn_mexc_exchange(caf::actor_system& sys, mexc_options options,
                                   std::shared_ptr<http_caller> http);

} // namespace holdfast
