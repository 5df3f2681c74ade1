// Alerts: what is wrong with a node, told once when it begins and once when it
// is over.
// Must not know CAF (see type_ids.hpp), rules, storage or actors.
#pragma once

#include "messages/position.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast {

enum class alert : std::uint8_t {
  queue_depth,       ///< too many wait for one resource
  effect_unknown,    ///< nobody knows for too long what came of an effect
  lease_expiries,    ///< clients die, or are too slow for their leases
  failure_ratio,     ///< too much of what ends has failed
  commits_failing,   ///< nothing can be made durable
  feed_stale,        ///< a feed of positions does not answer
  dead_letters,      ///< somebody has to decide on what was given up
  store_nearly_full, ///< the map is used up soon
};

inline constexpr std::array all_alerts{
    alert::queue_depth,   alert::effect_unknown,    alert::lease_expiries,
    alert::failure_ratio, alert::commits_failing,   alert::feed_stale,
    alert::dead_letters,  alert::store_nearly_full,
};

/// As in journal, metrics and messages, e.g. "queue_depth".
std::string_view to_string(alert x);

/// `alert:{name}`: whose owner writes down what changes, and has its messages.
std::string alert_resource(alert x);

/// An alert that fires, as the store has it.
struct alert_state {
  alert which = alert::queue_depth;
  bool firing = false;
  std::string text;          ///< one sentence of what is wrong
  std::int64_t since_ms = 0; ///< wall clock
};

/// From the watchdog: an alert begins to fire, or is over. Answered true when
/// that is durable and was not so before.
struct change_alert {
  std::string resource; ///< `alert_resource`
  alert_state to;
  std::vector<message_draft> messages;
};

} // namespace holdfast
