// The names of what the journal tells.
// Must not know CAF or storage.
#include "messages/journal.hpp"

#include "messages/enum_names.hpp"

namespace holdfast {

std::string_view to_string(event_kind x) {
  // Kinds are numbered from 1: their numbers stand in stored records.
  static constexpr enum_names<34> names{
      "unknown",         "granted",
      "queued",          "released",
      "failed",          "expired",
      "force_released",  "cancelled",
      "retry_scheduled", "in_doubt",
      "resolved",        "dead_lettered",
      "requeued",        "paused",
      "resumed",         "node_started",
      "node_stopped",    "discarded",
      "effect_sending",  "effect_done",
      "effect_failed",   "effect_unknown",
      "trade_executed",  "trade_rejected",
      "signal_created",  "signal_updated",
      "signal_closed",   "telegram_sent",
      "telegram_edited", "telegram_failed",
      "feed_connected",  "feed_disconnected",
      "alert_firing",    "alert_resolved",
  };
  return name_of(names, x);
}

} // namespace holdfast
