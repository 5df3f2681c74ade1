// Reads and completes entries of exchangeInfo.
// Must not know orders.
#include "tests/fakes/mexc_symbols.hpp"

#include <stdexcept>

namespace fake {

namespace {

json entry(const std::string& base, const std::string& status) {
  return {{"symbol", base + "USDT"}, {"baseAsset", base}, {"status", status}};
}

json completed(const json& given) {
  json result = {
      {"status", "1"},
      {"baseAsset", "BTC"},
      {"baseAssetPrecision", 8},
      {"quoteAsset", "USDT"},
      {"quotePrecision", 2},
      {"quoteAssetPrecision", 2},
      {"baseCommissionPrecision", 8},
      {"quoteCommissionPrecision", 8},
      {"orderTypes",
       {"LIMIT", "MARKET", "LIMIT_MAKER", "IMMEDIATE_OR_CANCEL",
        "FILL_OR_KILL"}},
      {"isSpotTradingAllowed", true},
      {"isMarginTradingAllowed", false},
      {"quoteAmountPrecision", "1"},
      {"baseSizePrecision", "0.00001"},
      {"permissions", {"SPOT"}},
      {"filters", json::array()},
      {"maxQuoteAmount", "4000000"},
      {"makerCommission", "0"},
      {"takerCommission", "0.0005"},
  };
  result.update(given);
  return result;
}

amount amount_in(const json& entry, const char* name) {
  auto value = parse_amount(entry.at(name).get<std::string>());
  if (!value)
    throw std::invalid_argument(std::string{name} +
                                " is not a decimal text of at most 8 places");
  return *value;
}

symbol_rules rules_of(const json& entry) {
  symbol_rules rules;
  rules.listed = entry;
  rules.base = entry.at("baseAsset").get<std::string>();
  rules.quote = entry.at("quoteAsset").get<std::string>();
  auto status = entry.at("status").get<std::string>();
  rules.traded = (status == "1" || status == "ENABLED") &&
                 entry.at("isSpotTradingAllowed").get<bool>();
  rules.smallest = amount_in(entry, "baseSizePrecision");
  rules.smallest_cost = amount_in(entry, "quoteAmountPrecision");
  rules.largest_cost = amount_in(entry, "maxQuoteAmount");
  rules.base_places = entry.at("baseAssetPrecision").get<int>();
  rules.quote_places = entry.at("quotePrecision").get<int>();
  return rules;
}

} // namespace

symbol_map default_symbols() {
  return parse_symbols({
      entry("BTC", "1"),
      entry("ETH", "ENABLED"),
      entry("SOL", "1"),
      entry("XRP", "ENABLED"),
      entry("DOGE", "1"),
      entry("PAUSED", "2"),
  });
}

symbol_map parse_symbols(const json& list) {
  if (!list.is_array())
    throw std::invalid_argument("the symbols are a JSON array");
  symbol_map result;
  for (const auto& given : list) {
    if (!given.is_object() || !given.contains("symbol") ||
        !given["symbol"].is_string())
      throw std::invalid_argument("every symbol is {symbol: text, …}");
    result[given["symbol"].get<std::string>()] = rules_of(completed(given));
  }
  return result;
}

} // namespace fake
