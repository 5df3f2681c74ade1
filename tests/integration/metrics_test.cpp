// Metrics of the real program: what was done is what is counted.
// Must not know how the node is built: only the contract's words.
#include "tests/integration/fixture.hpp"

#include <doctest/doctest.h>

#include <map>
#include <regex>
#include <sstream>

using namespace holdfast::test;

namespace {

using samples = std::map<std::string, double>;

/// Name and labels of each sample, and its value. Fails on what is no line of
/// the format.
samples scrape(http_client& http) {
  auto answer = http.get("/metrics");
  REQUIRE(answer.status == 200);
  CHECK(answer.header("content-type").starts_with("text/plain; version=0.0.4"));
  static const std::regex sample{
      R"((holdfast_[a-z_]+(\{[a-z]+="[^"\\]*"(,[a-z]+="[^"\\]*")*\})?) (\S+))"};
  static const std::regex comment{"# (HELP|TYPE) holdfast_[a-z_]+ .+"};
  samples all;
  std::istringstream lines{answer.text};
  for (std::string line; std::getline(lines, line);) {
    INFO(line);
    std::smatch parts;
    if (std::regex_match(line, parts, sample)) {
      bool first = all.emplace(parts[1], std::stod(parts[4])).second;
      CHECK(first); // never the same twice
    } else {
      CHECK(std::regex_match(line, comment));
    }
  }
  return all;
}

} // namespace

TEST_CASE("metrics count what a node has done") {
  on_own_node own;
  auto node = own.client();
  auto lock = node.granted(own.resource, "ann", {{"idempotencyKey", "k"}});
  auto entry = node.queued(own.resource, "bob", {{"priority", 2}});
  auto held = node.acquire(own.resource, "cal", {{"onLocked", "reject"}});
  CHECK(held.status == 409);
  auto while_waiting = scrape(node.http);
  CHECK(while_waiting["holdfast_locks_active"] == 1);
  CHECK(while_waiting["holdfast_queue_depth{priority=\"2\"}"] == 1);
  CHECK(while_waiting["holdfast_ready"] == 1);
  REQUIRE(node.release(lock).status == 200);
  CHECK(node.acquire(own.resource, "ann", {{"idempotencyKey", "k"}}).status ==
        200);
  auto stale = lock;
  stale["fencingToken"] = lock["fencingToken"].get<int>() + 1;
  CHECK(node.release(stale).status == 409);
  auto now = scrape(node.http);
  CHECK(now["holdfast_acquires_total{outcome=\"granted\"}"] == 1);
  CHECK(now["holdfast_acquires_total{outcome=\"queued\"}"] == 1);
  CHECK(now["holdfast_acquires_total{outcome=\"held\"}"] == 1);
  CHECK(now["holdfast_acquires_total{outcome=\"replayed\"}"] == 1);
  CHECK(now["holdfast_lock_grants_total"] == 2);
  CHECK(now["holdfast_lock_releases_total"] == 1);
  CHECK(now["holdfast_stale_tokens_total"] == 1);
  CHECK(now["holdfast_lock_wait_seconds_count"] == 2);
  CHECK(now["holdfast_queue_depth{priority=\"2\"}"] == 0);
  CHECK(now["holdfast_commit_duration_seconds_count"] >= 3);
  CHECK(now["holdfast_store_used_bytes"] > 0);
  CHECK(now["holdfast_store_limit_bytes"] == std::uint64_t{1} << 30);
  CHECK(now["holdfast_http_requests_total{method=\"POST\",route=\"/v1/locks\","
            "code=\"2xx\"}"] == 3);
}

TEST_CASE("metrics count orders by their outcome") {
  on_own_node own;
  auto node = own.client();
  auto trade = node.http.post("/v1/trades", {{"symbol", "BTCUSDT"},
                                             {"side", "BUY"},
                                             {"type", "MARKET"},
                                             {"quantity", "0.001"},
                                             {"ownerId", "bot"}});
  REQUIRE(trade.status == 201);
  auto now = scrape(node.http);
  CHECK(now["holdfast_effects_total{kind=\"order\",outcome=\"done\"}"] == 1);
  CHECK(now["holdfast_journal_events_total{kind=\"trade_executed\"}"] == 1);
  CHECK(now["holdfast_effects_unknown"] == 0);
}
