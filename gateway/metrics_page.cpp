// What a node counts, in the text that Prometheus reads (docs/metrics.md).
// Must not know CAF, Boost or where numbers come from.
#include "gateway/metrics_page.hpp"

#include "gateway/routes.hpp"

#include <algorithm>
#include <prometheus/text_serializer.h>
#include <sstream>
#include <utility>
#include <vector>

namespace holdfast {

namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using labels = std::vector<ClientMetric::Label>;

/// Collects families in the order in which they are told.
class metric_families {
public:
  /// A family, for the values that follow.
  void family(std::string name, std::string help, MetricType type) {
    all_.push_back({std::move(name), std::move(help), type, {}});
  }

  void value(double x, labels of = {}) {
    ClientMetric metric;
    metric.label = std::move(of);
    if (all_.back().type == MetricType::Counter)
      metric.counter.value = x;
    else
      metric.gauge.value = x;
    all_.back().metric.push_back(std::move(metric));
  }

  void value(std::uint64_t x, labels of = {}) {
    value(static_cast<double>(x), std::move(of));
  }

  void gauge(std::string name, std::string help, std::uint64_t x) {
    family("holdfast_" + std::move(name), std::move(help), MetricType::Gauge);
    value(x);
  }

  void count(std::string name, std::string help, std::uint64_t x) {
    family("holdfast_" + std::move(name), std::move(help), MetricType::Counter);
    value(x);
  }

  /// `per_unit` of what was counted are one of what is told: 1000 for
  /// milliseconds, since Prometheus has seconds.
  void histogram(std::string name, std::string help,
                 const histogram_counts& from, double per_unit) {
    family("holdfast_" + std::move(name), std::move(help),
           MetricType::Histogram);
    ClientMetric metric;
    auto& to = metric.histogram;
    for (std::size_t i = 0; i < from.counts.size(); ++i) {
      to.sample_count += from.counts[i];
      if (i < from.bounds.size())
        to.bucket.push_back(
            {to.sample_count, static_cast<double>(from.bounds[i]) / per_unit});
    }
    to.sample_sum = static_cast<double>(from.sum) / per_unit;
    all_.back().metric.push_back(std::move(metric));
  }

  std::string text() const {
    std::ostringstream out;
    prometheus::TextSerializer{}.Serialize(out, all_);
    return out.str();
  }

private:
  std::vector<MetricFamily> all_;
};

void tell_state(metric_families& to, const node_metrics& from) {
  to.family("holdfast_build_info", "What runs here.", MetricType::Gauge);
  to.value(1.0, {{"version", HOLDFAST_VERSION}});
  to.gauge("ready", "1 while commits work.", from.ready ? 1 : 0);
  to.gauge("paused", "1 while no new task starts.", from.now.paused ? 1 : 0);
  to.gauge("locks_active", "Locks that hold.", from.now.active_locks);
  to.gauge("locks_in_doubt", "Locks that wait for an operator.",
           from.now.in_doubt);
  to.family("holdfast_queue_depth", "Waiting entries.", MetricType::Gauge);
  for (std::size_t i = 0; i < from.queue_by_priority.size(); ++i)
    to.value(from.queue_by_priority[i], {{"priority", std::to_string(i + 1)}});
  to.gauge("resources", "Resources held or waited for.", from.now.resources);
  to.gauge("effects_unknown", "Effects whose outcome nobody knows.",
           from.now.effects_unknown);
  to.gauge("dead_letters", "Transactions that were given up.",
           from.now.dead_letters);
  to.gauge("store_used_bytes", "Bytes of the store in use.",
           from.store_used_bytes);
  to.gauge("store_limit_bytes", "Bytes that the store may grow to.",
           from.store_limit_bytes);
  to.family("holdfast_feed_up", "1 while a feed of positions answers.",
            MetricType::Gauge);
  for (const auto& feed : from.feeds)
    to.value(feed.up ? 1.0 : 0.0, {{"feed", feed.name}});
  to.family("holdfast_alert_firing", "1 while an alert fires.",
            MetricType::Gauge);
  for (auto which : all_alerts) {
    auto fires =
        std::ranges::count(from.now.alerts, which, &alert_state::which);
    to.value(fires > 0 ? 1.0 : 0.0, {{"alert", std::string{to_string(which)}}});
  }
}

std::uint64_t count_of(const node_metrics& from, event_kind kind) {
  for (const auto& event : from.events)
    if (event.label == to_string(kind))
      return event.count;
  return 0;
}

std::uint64_t replays(const node_metrics& from) {
  for (const auto& acquire : from.acquires)
    if (acquire.label == "replayed")
      return acquire.count;
  return 0;
}

void tell_locks(metric_families& to, const node_metrics& from) {
  to.family("holdfast_acquires_total", "Requests for a lock, by their end.",
            MetricType::Counter);
  for (const auto& [outcome, count] : from.acquires)
    to.value(count, {{"outcome", outcome}});
  to.count("lock_grants_total", "Locks granted.",
           count_of(from, event_kind::granted));
  to.count("lock_releases_total", "Locks whose work succeeded.",
           count_of(from, event_kind::released));
  to.count("lock_failures_total", "Locks whose work failed.",
           count_of(from, event_kind::failed));
  to.count("lock_expiries_total", "Locks whose lease ran out.",
           count_of(from, event_kind::expired));
  to.count("lock_force_releases_total", "Locks ended by an operator.",
           count_of(from, event_kind::force_released));
  to.count("replays_total", "Requests answered with an earlier outcome.",
           replays(from));
  to.count("stale_tokens_total", "Requests refused for a stale token.",
           from.stale_tokens);
  to.histogram("lock_wait_seconds", "From the request for a lock to its grant.",
               from.wait_ms, 1000);
  to.histogram("lock_hold_seconds", "From the grant of a lock to its end.",
               from.hold_ms, 1000);
}

void tell_work(metric_families& to, const node_metrics& from) {
  to.histogram("commit_duration_seconds", "How long commits take.",
               from.commit_us, 1'000'000);
  to.histogram("commit_operations", "Decisions that share a commit.",
               from.commit_ops, 1);
  to.family("holdfast_journal_events_total", "Rows of the journal, by kind.",
            MetricType::Counter);
  for (const auto& [kind, count] : from.events)
    to.value(count, {{"kind", kind}});
  to.family("holdfast_effects_total", "Acts on the outside world, by outcome.",
            MetricType::Counter);
  for (const auto& [kind, outcome, count] : from.effects)
    to.value(count, {{"kind", kind}, {"outcome", outcome}});
  to.count("duplicate_reports_total",
           "Reports of positions that brought nothing new.",
           from.skipped_duplicates);
  to.family("holdfast_control_messages_total",
            "Messages to the control bot, by what came of them.",
            MetricType::Counter);
  for (const auto& [outcome, count] : from.control_messages)
    to.value(count, {{"outcome", outcome}});
}

void tell_requests(metric_families& to, const request_counts& requests) {
  to.family("holdfast_http_requests_total",
            "Requests answered, by call and class of status.",
            MetricType::Counter);
  const auto& rows = route_table();
  for (std::size_t route = 0; route <= rows.size(); ++route)
    for (std::size_t kind = 1; kind <= request_counts::classes; ++kind) {
      auto count = requests.value(route, kind);
      if (count == 0)
        continue;
      std::string method{route > 0 ? rows[route - 1].method : "other"};
      std::string path{route > 0 ? rows[route - 1].path : "other"};
      to.value(count, {{"method", std::move(method)},
                       {"route", std::move(path)},
                       {"code", std::to_string(kind) + "xx"}});
    }
}

} // namespace

request_counts::request_counts() : counts_(route_table().size() + 1) {}

std::string metrics_text(const node_metrics& node,
                         const gateway_metrics& gateway) {
  metric_families to;
  tell_state(to, node);
  tell_locks(to, node);
  tell_work(to, node);
  tell_requests(to, gateway.requests);
  to.gauge("event_streams", "Readers of live events.", gateway.streams_open);
  to.count("event_streams_too_slow_total",
           "Readers of live events dropped for not reading.",
           gateway.streams_too_slow);
  return to.text();
}

} // namespace holdfast
