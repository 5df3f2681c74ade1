// Metrics over HTTP: names, values, and nothing that grows with its callers.
#include "rules/sha256.hpp"
#include "tests/unit/gateway/fake_service.hpp"

#include <doctest/doctest.h>

#include <sstream>

using namespace holdfast;
using namespace holdfast::test;

namespace {

node_metrics example() {
  node_metrics x;
  x.now.active_locks = 3;
  x.now.paused = true;
  x.ready = true;
  x.queue_by_priority = {0, 0, 0, 0, 7, 0, 0, 0, 0, 1};
  x.acquires = {{"granted", 5}, {"replayed", 2}, {"held", 1}};
  x.events = {{"granted", 6}, {"expired", 4}};
  x.effects = {{"order", "done", 9}};
  x.stale_tokens = 8;
  x.skipped_duplicates = 11;
  x.wait_ms = {{1, 1500}, {2, 1, 1}, 4500};
  x.hold_ms = x.wait_ms;
  x.commit_us = {{50, 2500}, {1, 0, 0}, 40};
  x.commit_ops = {{1, 2}, {0, 3, 0}, 6};
  x.feeds = {{"feed of account a", false}};
  x.now.alerts = {{alert::dead_letters, true, "1 dead letter", 5}};
  x.store_used_bytes = 12'345'678;
  x.store_limit_bytes = std::uint64_t{64} << 30;
  return x;
}

struct metrics_world : gateway_world {
  metrics_world() {
    service.set([](canned_answers& to) { to.metrics = example(); });
  }

  bool has(const std::string& line) {
    auto text = call("GET", "/metrics").body;
    INFO("no line '", line, "' in\n", text);
    auto found = ("\n" + text).find("\n" + line + "\n") != std::string::npos;
    CHECK(found);
    return found;
  }
};

} // namespace

TEST_CASE_FIXTURE(metrics_world, "what is and what was counted is told in "
                                 "Prometheus' text") {
  auto answer = call("GET", "/metrics");
  CHECK(answer.status == 200);
  CHECK(answer.has_header("Content-Type: text/plain; version=0.0.4; "
                          "charset=utf-8"));
  for (auto line : {
           "# TYPE holdfast_locks_active gauge",
           "holdfast_locks_active 3",
           "holdfast_paused 1",
           "holdfast_ready 1",
           "holdfast_queue_depth{priority=\"5\"} 7",
           "holdfast_queue_depth{priority=\"10\"} 1",
           "# TYPE holdfast_acquires_total counter",
           "holdfast_acquires_total{outcome=\"granted\"} 5",
           "holdfast_acquires_total{outcome=\"held\"} 1",
           "holdfast_lock_grants_total 6",
           "holdfast_lock_expiries_total 4",
           "holdfast_lock_failures_total 0",
           "holdfast_replays_total 2",
           "holdfast_stale_tokens_total 8",
           "holdfast_duplicate_reports_total 11",
           "holdfast_journal_events_total{kind=\"expired\"} 4",
           "holdfast_effects_total{kind=\"order\",outcome=\"done\"} 9",
           "holdfast_feed_up{feed=\"feed of account a\"} 0",
           "holdfast_alert_firing{alert=\"dead_letters\"} 1",
           "holdfast_alert_firing{alert=\"queue_depth\"} 0",
           "holdfast_event_streams 0",
           "holdfast_event_streams_too_slow_total 0",
           "holdfast_store_used_bytes 12345678",
           "holdfast_store_limit_bytes 68719476736",
       })
    has(line);
  CHECK(answer.body.find("holdfast_build_info{version=\"") !=
        std::string::npos);
}

TEST_CASE_FIXTURE(metrics_world, "histograms are cumulative, in base units") {
  for (auto line : {
           "# TYPE holdfast_lock_wait_seconds histogram",
           "holdfast_lock_wait_seconds_bucket{le=\"0.001\"} 2",
           "holdfast_lock_wait_seconds_bucket{le=\"1.5\"} 3",
           "holdfast_lock_wait_seconds_bucket{le=\"+Inf\"} 4",
           "holdfast_lock_wait_seconds_count 4",
           "holdfast_lock_wait_seconds_sum 4.5",
           "holdfast_commit_operations_bucket{le=\"2\"} 3",
           "holdfast_commit_operations_sum 6",
       })
    has(line);
}

TEST_CASE_FIXTURE(metrics_world, "requests are counted by call and class, "
                                 "whatever their paths say") {
  for (int i = 0; i < 5; ++i)
    call("GET", "/v1/resources/secret-" + std::to_string(i));
  call("GET", "/v1/locks?limit=0");
  call("HEAD", "/v1/locks");
  call("GET", "/no-such-path-1");
  call("PUT", "/no-such-path-2", "{}");
  has("holdfast_http_requests_total{method=\"GET\",route=\"/v1/resources/{}\","
      "code=\"2xx\"} 5");
  has("holdfast_http_requests_total{method=\"GET\",route=\"/v1/locks\","
      "code=\"4xx\"} 1");
  has("holdfast_http_requests_total{method=\"GET\",route=\"/v1/locks\","
      "code=\"2xx\"} 1");
  has("holdfast_http_requests_total{method=\"other\",route=\"other\","
      "code=\"4xx\"} 2");
  auto text = call("GET", "/metrics").body;
  CHECK(text.find("secret") == std::string::npos);
  CHECK(text.find("no-such-path") == std::string::npos);
}

TEST_CASE_FIXTURE(metrics_world, "a connection's requests are counted for "
                                 "what each of them is") {
  auto one = client();
  CHECK(one.call("GET", "/v1/stats").status == 200);
  CHECK(one.call("GET", "/nothing").status == 404);
  one.send("nonsense\r\n\r\n");
  one.receive();
  has("holdfast_http_requests_total{method=\"GET\",route=\"/v1/stats\","
      "code=\"2xx\"} 1");
  has("holdfast_http_requests_total{method=\"other\",route=\"other\","
      "code=\"4xx\"} 2");
}

TEST_CASE("metrics need the scope to look, where there are tokens") {
  gateway_options options;
  options.tokens =
      std::make_shared<const token_table>(std::vector{token_table::entry{
          sha256("secret"), std::make_shared<const identity>(
                                identity{"looker", scope::read, ""})}});
  gateway_world world{options};
  CHECK(world.call("GET", "/metrics").status == 401);
  CHECK(world.call("GET", "/metrics", "", "Authorization: Bearer secret\r\n")
            .status == 200);
}

TEST_CASE("metrics that cannot be read are refused, not made up") {
  gateway_world world;
  world.service.set([](canned_answers& to) {
    to.refusal = problem{errc::storage_unavailable, "no disk", "", "", 0, 0};
  });
  auto answer = world.call("GET", "/metrics");
  CHECK(answer.status == 503);
  CHECK(answer.body.find("storage-unavailable") != std::string::npos);
}
