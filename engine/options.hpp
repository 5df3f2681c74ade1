// What an embedder can configure; `holdfast node` reads the same from TOML.
#pragma once

#include "rules/alert_rules.hpp"
#include "rules/lock_limits.hpp"
#include "rules/signal_text.hpp"
#include "rules/trade_rules.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

namespace holdfast {

struct options {
  /// Where LMDB keeps its files; made when absent.
  std::string data_dir = "data";
  /// Upper bound of the store's size. Address space, not disk, is reserved.
  std::uint64_t map_bytes = std::uint64_t{64} << 30;
  lock_limits locks;
  /// Ended locks, outcomes, settled entries and dead letters older than
  /// `locks.outcome_retention_ms`, and journal rows older than this, go away.
  std::int64_t journal_retention_ms = std::int64_t{30} * 24 * 3600 * 1000;
  std::int64_t cleanup_interval_ms = 300'000;
  order_patience orders;
  /// What signals are made like, and which messages they ask for.
  signal_settings signals;
  message_settings messages;
  /// When alerts fire, and where they are told besides the journal.
  alert_settings alerts;
  /// An owner without work for this long is put to sleep.
  std::int64_t idle_owner_ms = 60'000;
  /// No more owners than this stay awake without work.
  std::size_t owners_max = 100'000;
  /// Requests accepted and not yet answered; more are `errc::rate_limited`.
  std::size_t in_flight_max = 65'536;
  /// Hears of trouble in the engine itself, e.g. failing commits: one sentence
  /// without secrets. Called from any thread; empty: nobody hears.
  std::function<void(const std::string&)> warn;
};

} // namespace holdfast
