// Orders of which nobody knows: the node says so, keeps the lock, and the
// exchange or an operator tells.
// Must not know how the node is built: only the contract's words.
#include "tests/integration/mexc_scene.hpp"
#include "tests/support/cli_process.hpp"

#include <doctest/doctest.h>

#include <deque>

using namespace holdfast::test;
using namespace std::chrono_literals;

namespace {

/// The watcher asks every 30 s.
constexpr auto watcher_patience = 60s;

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

/// A trade of whose order nobody knows.
struct doubt {
  std::string asset;
  std::string trade;
  std::string effect;
};

struct doubtful : mexc_scene {
  doubtful()
      : mexc_scene{{.recv_window = 400, .margin = 200, .reconcile = 1700}} {}

  /// Begins a trade whose order meets this fault, and whose queries are never
  /// answered; `all_are_told` completes what is returned.
  doubt& in_doubt(const std::string& fault) {
    auto& x = doubts.emplace_back(doubt{symbol(), {}, {}});
    trouble(x.asset,
            {{{"on", "order"}, {"fault", fault}},
             {{"on", "query"}, {"fault", "500_before"}, {"times", 1000}}});
    callers.push_back(client());
    callers.back().http.begin("POST", "/v1/trades", market_buy(x.asset).dump());
    return x;
  }

  void all_are_told() {
    auto caller = callers.begin();
    for (auto& x : doubts) {
      auto answer = (caller++)->http.finish();
      check_problem(answer, 504, "outcome-unknown");
      REQUIRE(answer.body.contains("effectId"));
      x.trade = answer.body["tradeId"];
      x.effect = answer.body["effectId"];
    }
  }

  void stays_locked(const doubt& x) {
    auto node = client();
    auto lock = node.resource(held_by(x.asset))["lock"];
    CHECK(lock["status"] == "in_doubt");
    json now{{"onLocked", "reject"}};
    check_problem(node.http.post("/v1/trades", market_buy(x.asset, now)), 409,
                  "in-doubt");
    now["quantity"] = "9";
    check_problem(node.http.post("/v1/trades", market_buy(x.asset, now)), 409,
                  "in-doubt");
    check_problem(node.force_release(lock, "impatient"), 409, "in-doubt");
  }

  http_response resolve(const doubt& x, const json& how) {
    auto node = client();
    return node.http.post("/v1/effects/" + x.effect + "/resolve", how);
  }

  cli_result cli(std::vector<std::string> arguments) {
    auto url = "http://127.0.0.1:" + std::to_string(process.port());
    return run_cli(arguments, {{"HOLDFAST_URL", url}});
  }

  void is_done_by_hand(const doubt& x) {
    auto node = client();
    auto order = orders(x.asset).at(0)["orderId"].get<std::string>();
    check_problem(resolve(x, {{"outcome", "done"}}), 400, "invalid");
    check_problem(resolve(x, {{"outcome", "perhaps"}, {"reason", "x"}}), 400,
                  "invalid");
    auto done = resolve(x, {{"outcome", "done"},
                            {"reason", "seen in the app"},
                            {"reference", order}});
    INFO(done.text);
    CHECK(done.status == 200);
    CHECK(done.body["state"] == "done");
    CHECK(node.resource(held_by(x.asset))["locked"] == false);
    auto row = resolution_of(node, x.asset);
    INFO(row.dump());
    CHECK_FALSE(row["actor"].get<std::string>().empty());
    CHECK(row["detail"]["outcome"] == "done");
    CHECK(row["detail"]["reason"] == "seen in the app");
    check_problem(resolve(x, {{"outcome", "failed"}, {"reason", "again"}}), 409,
                  "stale-lock");
    auto told = node.http.post("/v1/trades", market_buy(x.asset));
    CHECK(told.status == 200);
    CHECK(told.body["order"]["orderId"] == order);
  }

  void is_done_by_command(const doubt& x) {
    auto seen = cli({"effects", "--state", "unknown", "--json"});
    CHECK(seen.exit_code == 0);
    CHECK(seen.out.find(x.effect) != std::string::npos);
    const std::string why = "the exchange's support told";
    std::vector<std::string> command{"resolve", x.effect,   "--outcome",
                                     "done",    "--reason", why};
    CHECK(cli(command).exit_code == 0);
    auto node = client();
    CHECK(resolution_of(node, x.asset)["detail"]["reason"] == why);
    CHECK(cli(command).exit_code != 0);
  }

  void is_given_up(const doubt& x) {
    auto result = cli({"resolve", x.effect, "--outcome", "failed", "--reason",
                       "not in the order history"});
    INFO(result.err);
    CHECK(result.exit_code == 0);
    CHECK(reaches(x.trade, "failed")["status"] == "failed");
  }

  std::deque<doubt> doubts; ///< references to them stay good
  std::deque<api> callers;
};

} // namespace

TEST_CASE_FIXTURE(doubtful, "in doubt a trade keeps its lock, until the "
                            "exchange or an operator tells") {
  auto& found = in_doubt("drop_response");
  auto& missed = in_doubt("drop_request");
  auto& by_hand = in_doubt("drop_response");
  auto& by_command = in_doubt("drop_response");
  auto& given_up = in_doubt("drop_request");
  auto& wrongly_tried = in_doubt("drop_response");
  auto& rightly_tried = in_doubt("drop_request");
  all_are_told();
  auto node = client();
  auto stats = node.http.get("/v1/stats").body;
  CHECK(stats["inDoubt"] == 7);
  CHECK(stats["effectsUnknown"] == 7);
  CHECK(node.all("/v1/effects?state=unknown").size() == 7);
  for (auto* x : {&found, &missed})
    stays_locked(*x);
  auto next = node.http.post(
      "/v1/trades",
      market_buy(found.asset, {{"quantity", "1"}, {"onLocked", "queue"}}));
  CHECK(next.status == 202);

  is_done_by_hand(by_hand);
  is_done_by_command(by_command);
  is_given_up(given_up);
  CHECK(orders(found.asset).size() == 1);
  CHECK(orders(missed.asset).empty());

  exchange.clear_faults();
  for (auto* x : {&wrongly_tried, &rightly_tried}) {
    auto answer =
        resolve(*x, {{"outcome", "retry"}, {"reason", "surely not there"}});
    INFO(answer.text);
    CHECK(answer.status == 200);
    reaches(x->trade, "filled");
    check_book(x->trade);
  }
  auto again = node.http.post("/v1/trades", market_buy(given_up.asset));
  CHECK(again.status == 201);
  check_book(again.body["tradeId"]);
  // What nobody told, or an operator could not, the exchange tells.
  for (auto* x : {&missed, &by_hand, &by_command}) {
    reaches(x->trade, "filled", watcher_patience);
    check_book(x->trade);
  }
  reaches(found.trade, "filled", watcher_patience);
  reaches(next.body["tradeId"], "filled");
  check_book(found.trade, 2);
  for (auto* x : {&found, &missed})
    CHECK(resolution_of(node, x->asset)["actor"] == "node");
  CHECK(node.http.get("/v1/stats").body["inDoubt"] == 0);
}

TEST_CASE_FIXTURE(doubtful, "doubt outlives a crash, and ends after it") {
  auto& x = in_doubt("drop_response");
  all_are_told();
  process.kill();
  process.start();
  stays_locked(x);
  exchange.clear_faults();
  auto answer = resolve(x, {{"outcome", "retry"}, {"reason", "ask it again"}});
  CHECK(answer.status == 200);
  reaches(x.trade, "filled");
  check_book(x.trade);
}
