// What the exchange trades: the list of exchangeInfo, and what an order must
// keep to.
// Must not know orders.
#pragma once

#include "tests/fakes/mexc_amount.hpp"

#include <nlohmann/json.hpp>

#include <map>
#include <string>

namespace fake {

using json = nlohmann::json;

struct symbol_rules {
  json listed; ///< as exchangeInfo shows it
  std::string base;
  std::string quote;
  bool traded = false;
  amount smallest;      ///< quantity; baseSizePrecision
  amount smallest_cost; ///< of quote; quoteAmountPrecision
  amount largest_cost;  ///< of quote; maxQuoteAmount
  int base_places = 0;
  int quote_places = 0;
};

using symbol_map = std::map<std::string, symbol_rules>;

/// BTCUSDT and a few more; PAUSEDUSDT is not traded. Both spellings of the
/// status that MEXC documents occur.
symbol_map default_symbols();

/// Reads `[{symbol, …}]`; what an entry leaves out is as with BTCUSDT.
/// @throws std::invalid_argument naming what is wrong
symbol_map parse_symbols(const json& list);

} // namespace fake
