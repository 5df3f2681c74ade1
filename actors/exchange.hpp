// The port to an exchange: what a trade executor asks of it.
// Must not know any exchange, HTTP or storage.
#pragma once

#include "messages/type_ids.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include <cstdint>
#include <string>

namespace holdfast {

/// Place this order. An exchange that has one with this client order id
/// already answers that one.
struct place_order {
  std::string client_order_id; ///< at most 32 letters and digits
  std::string symbol;
  std::string side; ///< BUY or SELL
  std::string type; ///< MARKET, LIMIT, …
  std::string quantity;
  std::string quote_quantity;
  std::string price;
};

/// What has become of an order?
struct find_order {
  std::string client_order_id;
  std::string symbol;
};

/// Cancel what is left of this order. Answered with its state after that,
/// which is as it was when it had ended already.
struct cancel_order {
  std::string client_order_id;
  std::string symbol;
};

/// What is known of an order.
struct order_report {
  enum kind_type : std::uint8_t {
    accepted,    ///< `order` has it
    rejected,    ///< it was refused and will never be; code and message
    unavailable, ///< it was surely not sent; trying again may help
    not_found,   ///< surely no such order, nor will it come; never to
                 ///< `place_order`
    unknown,     ///< it may be there, or come
  };
  kind_type kind = unknown;
  /// JSON object: orderId, clientOrderId, status (NEW, FILLED,
  /// PARTIALLY_FILLED, CANCELED, PARTIALLY_CANCELED; UNKNOWN while the
  /// exchange has not told it), executedQuantity, averagePrice unless nothing
  /// was executed. As the exchange reports it; what it did not tell is absent.
  std::string order;
  std::string exchange_code;       ///< with `rejected`: the exchange's own
  std::string message;             ///< unless accepted
  std::int64_t retry_after_ms = 0; ///< with `unavailable` and `unknown`
};

/// Answers every request; never blocks.
using exchange_actor =
    caf::typed_actor<caf::replies_to<place_order>::with<order_report>,
                     caf::replies_to<find_order>::with<order_report>,
                     caf::replies_to<cancel_order>::with<order_report>>;

} // namespace holdfast

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::place_order)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::find_order)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::cancel_order)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::order_report)
