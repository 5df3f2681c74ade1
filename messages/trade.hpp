// A trade: one order on an exchange, done once as a task under a lock.
// Must not know CAF, HTTP or storage.
#pragma once

#include "messages/lock.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace holdfast {

/// The task that makes a transaction a trade, and the name under which its
/// executor is registered.
inline constexpr std::string_view trade_task = "trade";

enum class trade_status : std::uint8_t {
  queued,           ///< waits for its resource
  executing,        ///< under way
  filled,           ///< the order was filled
  partially_filled, ///< the order ended, or rests, with a part filled
  placed,           ///< the exchange has accepted an order that rests
  rejected,         ///< the exchange has refused the order
  failed,           ///< no order came of it
  in_doubt,         ///< nobody knows; an operator has to find out
  cancelled,        ///< it left the queue, or its order ended without a fill
};

std::string_view to_string(trade_status x);
bool from_string(std::string_view text, trade_status& x);

/// True when nothing more will come of the trade by itself.
bool settled(trade_status x);

/// A trade as kept in the store. `work.data` has what was asked for: symbol,
/// side, type, quantity, quoteQuantity, price, snipeTargetId, normalised.
struct trade_record {
  trade_id id; ///< the number of its queue entry, or else of its lock
  transaction work;
  trade_status status = trade_status::queued;
  bool emergency = false;
  lock_id lock; ///< once it runs
  entry_id entry;
  effect_id effect;
  std::string order;   ///< JSON object of the exchange's; empty: none
  std::string error;   ///< why it was rejected, failed or cancelled
  std::string failure; ///< JSON object: `code`, `exchangeCode`
  std::int64_t created_at_ms = 0; ///< wall clock
  std::int64_t updated_at_ms = 0;
};

/// Whether more may still happen to an order of the exchange's: true unless
/// its status says that it has ended.
bool is_open(const std::string& order);

/// True for orders that wait in the exchange's book by their nature; the
/// others are over as soon as the exchange has dealt with them.
bool is_resting_type(std::string_view type);

/// Whether the trade has ended for the node while its order goes on at the
/// exchange.
bool rests(const trade_record& trade);

/// What the exchange says of an order, as the status of its trade. Something
/// that it does not say is not assumed: without a status it is `placed`.
trade_status status_of_order(const std::string& order);

/// The trade that a lock or entry whose task is `trade_task` belongs to, as it
/// stands there.
trade_id trade_of(const lock_record& lock);
trade_record to_trade(const lock_record& lock);
trade_record to_trade(const entry_record& entry);

} // namespace holdfast
