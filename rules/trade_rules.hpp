// What makes a valid trade, which resource it works on, and what its order is
// called at the exchange.
// Must not know CAF, HTTP, storage or any exchange.
#pragma once

#include "messages/commands.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace holdfast {

/// A trade as somebody asks for it. Amounts are decimal texts as JSON writes
/// numbers; what is empty was not given.
struct trade_request {
  std::string symbol;
  std::string side; ///< BUY or SELL, in any case
  std::string type; ///< MARKET, LIMIT, LIMIT_MAKER, …, in any case
  std::string quantity;
  std::string quote_quantity;
  std::string price;
  std::string owner_id;
  std::string snipe_target;
  std::uint8_t priority = 0; ///< 0: SELL 1, BUY 5
  bool emergency = false;
  std::string idempotency_key; ///< empty: derived from all of the above
  when_locked otherwise = when_locked::queue;
  std::int64_t wait_ms = 30'000;
};

struct trade_settings {
  /// What a trade locks; see `check_template`.
  std::string resource = "trade:{symbol}:{side}:{snipeTargetId}";
  std::int64_t timeout_ms = 30'000; ///< lease, renewed while the trade runs
};

/// How long the node is patient with an order, in milliseconds.
struct order_patience {
  /// The exchange is asked for so long what became of an order whose outcome
  /// is unknown, before the trade is in doubt. At least as long as a request
  /// may be under way to the exchange.
  std::int64_t reconcile_ms = 15'000;
  /// An order that does not rest by its nature may stay open for so long
  /// before the exchange is asked to cancel what is left of it.
  std::int64_t settle_ms = 10'000;
  /// Orders that rest are followed for so long.
  std::int64_t follow_ms = std::int64_t{7} * 24 * 3600 * 1000;
};

/// What is wrong with a template for resources, if anything. It must contain
/// `{symbol}`, and may contain `{side}`, `{snipeTargetId}` and `{ownerId}`.
std::optional<std::string> check_template(std::string_view text);

/// The acquire that does the trade as a task under its lock, or
/// `errc::invalid` with what would be right. Its data is normalised: symbol,
/// side and type in capitals, decimals without exponent or superfluous zeros,
/// what was not given left out; so equal trades have equal keys.
std::variant<acquire_lock, problem> prepare_trade(const trade_request& asked,
                                                  const trade_settings& how);

/// What an order is to be. Amounts are plain decimal texts.
struct order_terms {
  std::string symbol;
  std::string side;
  std::string type;
  std::string quantity;       ///< of the base asset; empty: by quote_quantity
  std::string quote_quantity; ///< of the quote asset, for MARKET orders
  std::string price;          ///< empty for MARKET orders
};

/// Reads the data of a trade's transaction; empty when it is none.
std::optional<order_terms> read_terms(std::string_view data);

/// The name that makes an order the same order wherever it is asked about:
/// the first 32 characters of the base32 (RFC 4648) of the SHA-256 over
/// resource, idempotency key and trade number, each behind its length in
/// bytes. A new holder of the same trade uses it again; only a trade that
/// conclusively ended without an order is followed by one with another.
std::string client_order_id(std::string_view resource, std::string_view key,
                            std::uint64_t trade_number);

} // namespace holdfast
