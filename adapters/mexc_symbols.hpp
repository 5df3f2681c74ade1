// What MEXC takes of each symbol, asked for once in a while.
// Must not know CAF. Used by one exchange actor alone.
#pragma once

#include "actors/exchange.hpp"
#include "adapters/mexc_exchange.hpp"
#include "adapters/mexc_link.hpp"
#include "adapters/mexc_replies.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

namespace holdfast {

/// Not thread-safe. `link` must outlive it, and answers all that waits here
/// when it is stopped.
class mexc_symbols {
public:
  /// `rules` is null when they cannot be had: then `why` says so, as
  /// `rejected` or `unavailable`.
  using callback =
      std::function<void(const mexc_symbol* rules, const order_report& why)>;

  mexc_symbols(const mexc_options& options, mexc_link& link)
      : options_(options), link_(link) {}

  /// What was known before serves when nothing newer is to be had. A symbol
  /// that is closed is asked about each time.
  void look_up(const std::string& symbol, callback then);

private:
  struct known_symbol {
    mexc_symbol rules;
    std::int64_t at_ms = 0;
  };

  void answered(const std::string& symbol, const mexc_answer& answer);
  order_report take_in(const std::string& symbol, const mexc_answer& answer);

  const mexc_options& options_;
  mexc_link& link_;
  std::unordered_map<std::string, known_symbol> known_;
  std::unordered_map<std::string, std::vector<callback>> waiters_;
};

} // namespace holdfast
