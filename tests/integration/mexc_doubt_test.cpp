// Orders of which nobody knows: the node says so, keeps the lock, and the
// exchange or an operator tells.
// Must not know how the node is built: only the contract's words.
#include "tests/integration/mexc_scene.hpp"
#include "tests/support/cli_process.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace holdfast::test;
using namespace std::chrono_literals;

namespace {

/// The watcher asks every 30 s.
constexpr auto watcher_patience = 60s;

struct doubtful : mexc_scene {
  doubtful()
      : mexc_scene{{.recv_window = 400, .margin = 200, .reconcile = 1700}} {}

  /// A trade whose order meets this fault, and then nobody answers queries.
  json in_doubt(const std::string& asset, const std::string& fault) {
    trouble(asset,
            {{{"on", "order"}, {"fault", fault}},
             {{"on", "query"}, {"fault", "500_before"}, {"times", 1000}}});
    auto node = client();
    auto answer = node.http.post("/v1/trades", market_buy(asset));
    check_problem(answer, 504, "outcome-unknown");
    REQUIRE(answer.body.contains("effectId"));
    return answer.body;
  }

  http_response resolve(const json& trade, const json& how) {
    auto node = client();
    return node.http.post(
        "/v1/effects/" + trade.at("effectId").get<std::string>() + "/resolve",
        how);
  }

  cli_result cli(std::vector<std::string> arguments) {
    auto url = "http://127.0.0.1:" + std::to_string(process.port());
    return run_cli(arguments, {{"HOLDFAST_URL", url}});
  }
};

std::string held_by(const std::string& asset) {
  return "trade:" + asset + ":BUY:one";
}

/// Who resolved it, and why, as the journal says.
json resolution_of(api& node, const std::string& asset) {
  for (auto& row : node.journal(held_by(asset)))
    if (row["kind"] == "resolved")
      return row;
  return {};
}

} // namespace

TEST_CASE_FIXTURE(doubtful, "in doubt a trade keeps its lock, and the exchange "
                            "tells in the end, without anybody's help") {
  auto there = symbol();
  auto absent = symbol();
  auto node = client();
  auto found = in_doubt(there, "drop_response");
  auto missed = in_doubt(absent, "drop_request");
  auto stats = node.http.get("/v1/stats").body;
  CHECK(stats["inDoubt"] == 2);
  CHECK(stats["effectsUnknown"] == 2);
  CHECK(node.all("/v1/effects?state=unknown").size() == 2);
  for (auto& asset : {there, absent}) {
    auto lock = node.resource(held_by(asset))["lock"];
    CHECK(lock["status"] == "in_doubt");
    json now{{"onLocked", "reject"}};
    check_problem(node.http.post("/v1/trades", market_buy(asset, now)), 409,
                  "in-doubt");
    check_problem(node.http.post("/v1/trades",
                                 market_buy(asset, {{"quantity", "9"},
                                                    {"onLocked", "reject"}})),
                  409, "in-doubt");
    check_problem(node.force_release(lock, "impatient"), 409, "in-doubt");
  }
  auto next = node.http.post(
      "/v1/trades",
      market_buy(there, {{"quantity", "1"}, {"onLocked", "queue"}}));
  CHECK(next.status == 202);
  CHECK(orders(there).size() == 1);
  CHECK(orders(absent).empty());
  exchange.clear_faults();
  reaches(found["tradeId"], "filled", watcher_patience);
  reaches(missed["tradeId"], "filled", watcher_patience);
  reaches(next.body["tradeId"], "filled");
  check_book(found["tradeId"], 2);
  check_book(missed["tradeId"]);
  for (auto& asset : {there, absent})
    CHECK(resolution_of(node, asset)["actor"] == "node");
  CHECK(node.http.get("/v1/stats").body["inDoubt"] == 0);
}

TEST_CASE_FIXTURE(doubtful, "an operator who looked says done, over HTTP and "
                            "with the command") {
  auto node = client();
  auto asset = symbol();
  auto trade = in_doubt(asset, "drop_response");
  auto order = orders(asset).at(0)["orderId"].get<std::string>();
  check_problem(resolve(trade, {{"outcome", "done"}}), 400, "invalid");
  check_problem(resolve(trade, {{"outcome", "perhaps"}, {"reason", "x"}}), 400,
                "invalid");
  auto done = resolve(trade, {{"outcome", "done"},
                              {"reason", "seen in the app"},
                              {"reference", order}});
  INFO(done.text);
  CHECK(done.status == 200);
  CHECK(done.body["state"] == "done");
  CHECK(node.resource(held_by(asset))["locked"] == false);
  auto row = resolution_of(node, asset);
  INFO(row.dump());
  CHECK_FALSE(row["actor"].get<std::string>().empty());
  CHECK(row["detail"]["outcome"] == "done");
  CHECK(row["detail"]["reason"] == "seen in the app");
  check_problem(resolve(trade, {{"outcome", "failed"}, {"reason", "again"}}),
                409, "stale-lock");
  auto told = node.http.post("/v1/trades", market_buy(asset));
  CHECK(told.status == 200);
  CHECK(told.body["order"]["orderId"] == order);

  auto other = symbol();
  auto second = in_doubt(other, "drop_response");
  auto seen = cli({"effects", "--state", "unknown", "--json"});
  CHECK(seen.exit_code == 0);
  CHECK(seen.out.find(second["effectId"]) != std::string::npos);
  auto result = cli({"resolve", second["effectId"], "--outcome", "done",
                     "--reason", "the exchange's support told"});
  INFO(result.err);
  CHECK(result.exit_code == 0);
  CHECK(resolution_of(node, other)["detail"]["reason"] ==
        "the exchange's support told");
  CHECK(cli({"resolve", second["effectId"], "--outcome", "done", "--reason",
             "twice"})
            .exit_code != 0);
  // What the operator could not tell, the exchange does.
  exchange.clear_faults();
  for (auto& id : {trade["tradeId"], second["tradeId"]}) {
    reaches(id, "filled", watcher_patience);
    check_book(id);
  }
}

TEST_CASE_FIXTURE(doubtful, "an operator says failed, and the trade may be "
                            "tried again") {
  auto node = client();
  auto asset = symbol();
  auto trade = in_doubt(asset, "drop_request");
  auto result = cli({"resolve", trade["effectId"], "--outcome", "failed",
                     "--reason", "not in the order history"});
  INFO(result.err);
  CHECK(result.exit_code == 0);
  CHECK(reaches(trade["tradeId"], "failed")["status"] == "failed");
  exchange.clear_faults();
  auto again = node.http.post("/v1/trades", market_buy(asset));
  CHECK(again.status == 201);
  check_book(again.body["tradeId"]);
}

TEST_CASE_FIXTURE(doubtful, "an operator says retry: it is sent if it is not "
                            "there, however sure he is") {
  auto there = symbol();
  auto absent = symbol();
  auto found = in_doubt(there, "drop_response");
  auto missed = in_doubt(absent, "drop_request");
  exchange.clear_faults();
  for (auto& trade : {found, missed}) {
    auto answer =
        resolve(trade, {{"outcome", "retry"}, {"reason", "surely not there"}});
    INFO(answer.text);
    CHECK(answer.status == 200);
    reaches(trade["tradeId"], "filled");
    check_book(trade["tradeId"]);
  }
}

TEST_CASE_FIXTURE(doubtful, "doubt outlives a crash, and ends after it") {
  auto asset = symbol();
  auto trade = in_doubt(asset, "drop_response");
  process.kill();
  process.start();
  auto node = client();
  CHECK(node.resource(held_by(asset))["lock"]["status"] == "in_doubt");
  check_problem(
      node.http.post("/v1/trades", market_buy(asset, {{"onLocked", "reject"}})),
      409, "in-doubt");
  exchange.clear_faults();
  auto answer =
      resolve(trade, {{"outcome", "retry"}, {"reason", "ask it again"}});
  CHECK(answer.status == 200);
  reaches(trade["tradeId"], "filled");
  check_book(trade["tradeId"]);
}
