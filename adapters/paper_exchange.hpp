// An exchange on paper: fills orders at configured prices, in memory.
// Must not know storage, HTTP or who trades.
#pragma once

#include "actors/exchange.hpp"

#include <caf/actor_system.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace holdfast {

struct paper_options {
  /// How long the exchange takes to answer an order.
  std::int64_t fill_delay_ms = 0;
  /// For symbols without a price of their own.
  std::string default_price = "100";
  std::map<std::string, std::string> prices; ///< by symbol, decimal texts
  /// What there is to trade with, by asset. Empty: as much as anybody wants.
  /// Balances begin anew with each start.
  std::map<std::string, std::string> balances;
  /// How many orders are remembered by their client order ids; older ones are
  /// forgotten.
  std::size_t orders_max = 100'000;
};

/// Whether a text is an amount of money: digits with at most one point between
/// them, 38 digits at most, not counting the zero before a point.
bool is_amount(std::string_view text);

/// MARKET orders fill at the symbol's price; the others fill there when it is
/// not worse than their own. A LIMIT order that does not fill rests (`NEW`),
/// LIMIT_MAKER is refused if it would fill, IMMEDIATE_OR_CANCEL and
/// FILL_OR_KILL end unfilled (`CANCELED`). By quoteQuantity as much is bought
/// or sold as there is money for, rounded down to eight decimals. Orders of
/// equal client order id are the same order, also after a restart: the
/// exchange's id follows from it.
/// @throws std::invalid_argument for a price or balance that is no amount.
exchange_actor spawn_paper_exchange(caf::actor_system& sys,
                                    const paper_options& options);

} // namespace holdfast
