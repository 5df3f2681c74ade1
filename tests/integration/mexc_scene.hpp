// A node that trades on the fake exchange, with times so short that whatever
// takes patience is over in seconds; and the judge: trade against book.
// Must not know how the node is built: only the contract's words.
#pragma once

#include "tests/integration/fixture.hpp"
#include "tests/support/fake_exchange.hpp"

#include <string>
#include <vector>

namespace holdfast::test {

/// Milliseconds of `[mexc]` and `[trades]`. What only has to be long enough is
/// long: machines that run tests stall.
struct mexc_times {
  int recv_window = 1500;
  int margin = 500;
  int request_timeout = 700;
  int reconcile = 30000;
  int settle = 800;
  std::string trades = {}; ///< more lines of `[trades]`
  std::string locks = {};  ///< more lines of `[locks]`
};

/// Files with the exchange's keys.
struct key_files {
  explicit key_files(const fake_config& who);
  std::string path(const std::string& name) const;
  temp_dir dir;
};

/// The configuration of a node that trades on `exchange`.
node_config trading_on(const fake_exchange& exchange, const key_files& keys,
                       const mexc_times& times = {});

/// A body of `POST /v1/trades`: BUY 0.25 at the market, waited for.
json market_buy(const std::string& symbol, const json& more = json::object());

/// Exchange and node. Its symbols `T0USDT` to `T59USDT` cost 100.
struct mexc_scene {
  explicit mexc_scene(const mexc_times& times = {});

  api client() const { return api{process.port()}; }

  /// A symbol that nobody has asked for yet.
  std::string symbol();

  /// Appends rules that concern this symbol alone.
  void trouble(const std::string& symbol, const std::vector<json>& rules);

  /// Every order of the symbol, oldest first, whatever its client called it.
  std::vector<json> orders(const std::string& symbol) const;

  /// Waits until the trade has this status, then returns it.
  json reaches(const std::string& trade_id, const std::string& status,
               std::chrono::milliseconds patience = std::chrono::seconds{20});

  /// The trade in its end state against the book: `orders` orders of its
  /// symbol, and what it says of its own, digit by digit. Its resource is
  /// free.
  void check_book(const std::string& trade_id, std::size_t orders = 1);

  fake_exchange exchange;
  key_files keys;
  node_process process;

private:
  int next_ = 0;
};

/// Every fault mode, with times that go with `mexc_times`; what concerns
/// orders alone only when asked for.
std::vector<json> every_fault(bool of_orders);

} // namespace holdfast::test
