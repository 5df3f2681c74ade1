// The words of the contract: every name is exactly the one promised.
#include "messages/alert.hpp"
#include "messages/commands.hpp"
#include "messages/journal.hpp"
#include "messages/lock.hpp"
#include "messages/position.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace holdfast;

namespace {

template <class Enum>
void check_names(const std::vector<std::string>& names) {
  for (std::size_t index = 0; index < names.size(); ++index)
    CHECK(to_string(static_cast<Enum>(index)) == names[index]);
  CHECK(to_string(static_cast<Enum>(names.size())) == "unknown");
}

template <class Enum>
void check_reading(const std::vector<std::string>& names) {
  for (std::size_t index = 0; index < names.size(); ++index) {
    Enum x{};
    REQUIRE(from_string(names[index], x));
    CHECK(x == static_cast<Enum>(index));
  }
  auto untouched = static_cast<Enum>(1);
  for (auto text : {"", "Trade", "active ", "unknown", "tradetrade"})
    CHECK_FALSE(from_string(text, untouched));
  CHECK(untouched == static_cast<Enum>(1));
}

} // namespace

TEST_CASE("refusals have the codes that clients rely on") {
  check_names<errc>({"none", "invalid", "not-found", "held", "in-progress",
                     "in-doubt", "wait-timeout", "key-mismatch", "queue-full",
                     "stale-lock", "not-waiting", "rate-limited",
                     "storage-unavailable", "shutting-down", "cancelled",
                     "order-rejected", "exchange-unavailable",
                     "outcome-unknown", "forbidden"});
}

TEST_CASE("statuses and types read as they are written") {
  std::vector<std::string> statuses{"active",  "released",       "failed",
                                    "expired", "force_released", "in_doubt"};
  std::vector<std::string> owners{"user", "system", "workflow"};
  std::vector<std::string> types{"trade", "cancel", "update", "signal"};
  check_names<lock_status>(statuses);
  check_names<owner_type>(owners);
  check_names<transaction_type>(types);
  check_names<entry_status>({"waiting", "granted", "cancelled", "finished"});
  check_reading<lock_status>(statuses);
  check_reading<owner_type>(owners);
  check_reading<transaction_type>(types);
  check_reading<when_locked>({"reject", "queue", "wait"});
}

TEST_CASE("journal kinds are the contract's, at their stored numbers") {
  CHECK(to_string(event_kind::granted) == "granted");
  check_names<event_kind>({"unknown",         "granted",
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
                           "alert_firing",    "alert_resolved"});
}

TEST_CASE("positions and their messages have the contract's words") {
  std::vector<std::string> sides{"BUY", "SELL"};
  std::vector<std::string> statuses{"processing", "completed", "failed"};
  std::vector<std::string> messages{"off", "pending", "sent", "unknown",
                                    "failed"};
  check_names<position_side>(sides);
  check_reading<position_side>(sides);
  check_names<position_change>({"", "opened", "updated", "closed"});
  check_names<position_status>(statuses);
  check_reading<position_status>(statuses);
  check_names<message_status>(messages);
  check_names<position_outcome>(
      {"created", "updated", "closed", "duplicate", "unchanged"});
  check_names<channel>({"telegram", "webhook", "alerts"});
  check_names<alert>({"queue_depth", "effect_unknown", "lease_expiries",
                      "failure_ratio", "commits_failing", "feed_stale",
                      "dead_letters", "store_nearly_full"});
}
