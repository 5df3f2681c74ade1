#include "messages/alert.hpp"

#include "messages/enum_names.hpp"

namespace holdfast {

namespace {

constexpr enum_names<all_alerts.size()> alert_names{
    "queue_depth",     "effect_unknown", "lease_expiries", "failure_ratio",
    "commits_failing", "feed_stale",     "dead_letters",   "store_nearly_full",
};

} // namespace

std::string_view to_string(alert x) { return name_of(alert_names, x); }

std::string alert_resource(alert x) {
  return "alert:" + std::string{to_string(x)};
}

} // namespace holdfast
