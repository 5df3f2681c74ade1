// The port to a broker's bridge that tells an account's positions when asked.
// Must not know any bridge, HTTP or storage.
#pragma once

#include "messages/type_ids.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace holdfast {

/// Which positions are open?
struct fetch_positions {};

/// The complete list, or why there is none. No list never means no positions.
struct fetched_positions {
  bool ok = false;
  std::vector<position_event> events; ///< with `ok`; prepared, `unsaid`
  std::string why;                    ///< otherwise: one sentence, no secrets
  std::int64_t retry_after_ms = 0;    ///< not sooner than this
};

/// How was this position closed?
struct fetch_close {
  std::string position_id;
  std::int64_t from_ms = 0; ///< wall clock; deals before are not looked at
  std::int64_t to_ms = 0;
};

struct fetched_close {
  bool ok = false;    ///< the bridge has answered
  bool found = false; ///< and has the deals that closed the whole position
  /// Of the closing deals: the price (of the last one), and what all deals of
  /// the position have brought in sum, commission and swap included.
  std::string close_price;
  std::string profit;
  std::string time;
  std::string why; ///< unless `ok`
  std::int64_t retry_after_ms = 0;
};

/// Answers every request within its own time-out; never blocks.
using position_source_actor =
    caf::typed_actor<caf::replies_to<fetch_positions>::with<fetched_positions>,
                     caf::replies_to<fetch_close>::with<fetched_close>>;

} // namespace holdfast

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::fetch_positions)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::fetched_positions)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::fetch_close)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::fetched_close)
