// What MEXC's JSON says: orders, symbols, the time. Money digit by digit.
// Must not know CAF, HTTP or clocks.
#pragma once

#include "actors/exchange.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace holdfast {

/// Milliseconds; empty when the text is no answer to the question.
std::optional<std::int64_t> read_mexc_time(std::string_view body);

/// The id of the order that was placed; empty when the text does not have it.
std::string read_mexc_order_id(std::string_view body);

/// What the exchange is to be telling about. What is empty is not compared.
struct mexc_expected {
  std::string client_order_id;
  std::string symbol;
  std::string order_id;
};

/// `order_report::order` from the answer to a query; empty when the text is no
/// order, or another one. `averagePrice` is cummulativeQuoteQty / executedQty,
/// rounded half up to 18 decimals.
std::optional<std::string> read_mexc_order(std::string_view body,
                                           const mexc_expected& expected);

/// The same of an order of which nothing but its being there is known.
std::string unknown_mexc_order(const std::string& client_order_id,
                               const std::string& order_id);

/// `dividend` / `divisor`, plain decimal texts of at most 38 digits, rounded
/// half up to 18 decimals. The divisor must not be zero.
std::string divide_amounts(const std::string& dividend,
                           const std::string& divisor);

/// What the exchange takes of a symbol. Negative decimals, empty quantities:
/// it did not say.
struct mexc_symbol {
  bool tradable = false;
  std::string quantity_min;
  std::int64_t quantity_decimals = -1;
  std::int64_t price_decimals = -1;
};

struct mexc_symbol_reply {
  enum kind_type : std::uint8_t { found, not_listed, unreadable };
  kind_type kind = unreadable;
  mexc_symbol symbol;
};

mexc_symbol_reply read_mexc_symbol(std::string_view body,
                                   std::string_view symbol);

/// Why the exchange would refuse the order, as `order_report::rejected`; empty
/// when nothing speaks against it.
std::optional<order_report> check_mexc_order(const mexc_symbol& rules,
                                             const place_order& order);

} // namespace holdfast
