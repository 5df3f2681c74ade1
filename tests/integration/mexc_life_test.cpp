// The node stops, dies, is restored, or its exchange is away or lives in
// another time, with orders under way.
// Must not know how the node is built: only the contract's words.
#include "tests/integration/mexc_scene.hpp"
#include "tests/support/cli_process.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <thread>

using namespace holdfast::test;
using namespace std::chrono_literals;

namespace {

std::string trade_of(api& node, const std::string& asset) {
  auto all = node.all("/v1/trades?resourceId=trade:" + asset + ":BUY:one");
  REQUIRE(all.size() == 1);
  return all[0]["tradeId"];
}

struct short_lease : mexc_scene {
  short_lease()
      : mexc_scene{{.trades = "timeout_ms = 1000\n",
                    .locks = "max_retries = 20\nretry_max_ms = 400\n"}} {}
};

struct far_clock : mexc_scene {
  /// The exchange's clock moves by this, and each kind of order still comes
  /// to be once.
  void trade_at(std::chrono::milliseconds offset) {
    exchange.clock(offset);
    std::vector<api> traders;
    for (auto fault : {"", "drop_response", "drop_request", "delay_accept"}) {
      auto asset = symbol();
      if (*fault)
        trouble(asset, {{{"on", "order"}, {"fault", fault}}});
      traders.push_back(client());
      traders.back().http.begin("POST", "/v1/trades", market_buy(asset).dump());
    }
    for (auto& trader : traders) {
      auto answer = trader.http.finish();
      INFO(offset.count(), " ms: ", answer.text);
      REQUIRE(answer.status == 201);
      check_book(answer.body["tradeId"]);
    }
  }
};

} // namespace

TEST_CASE_FIXTURE(mexc_scene,
                  "SIGTERM while an order hangs: the node waits for "
                  "it, and after the start there is one order") {
  struct row {
    const char* fault;
    std::size_t at_exchange;
  };
  for (auto& x : {row{"hang_after", 1}, row{"hang_before", 0}}) {
    INFO(x.fault);
    auto asset = symbol();
    trouble(asset, {{{"on", "order"}, {"fault", x.fault}, {"ms", 3000}}});
    auto before = exchange.book()["requests"]["order"].get<int>();
    auto trader = client();
    trader.http.begin("POST", "/v1/trades", market_buy(asset).dump());
    REQUIRE(eventually(
        [&] { return exchange.book()["requests"]["order"] == before + 1; }));
    process.terminate();
    check_problem(trader.http.finish(), 503, "shutting-down");
    CHECK(process.wait() == 0);
    CHECK(orders(asset).size() == x.at_exchange);
    process.start();
    auto node = client();
    auto id = trade_of(node, asset);
    reaches(id, "filled");
    check_book(id);
    CHECK(node.http.post("/v1/trades", market_buy(asset)).status == 200);
    check_book(id);
  }
}

TEST_CASE_FIXTURE(short_lease, "an exchange that is away for longer than the "
                               "lease gets one order, whether it had it or "
                               "not") {
  auto there = symbol();
  auto absent = symbol();
  auto loses = [&](const std::string& asset, const char* fault) {
    trouble(asset, {{{"on", "order"}, {"fault", fault}},
                    {{"on", "query"}, {"fault", "500_before"}, {"times", 2}}});
  };
  loses(there, "drop_response");
  loses(absent, "drop_request");
  std::vector<api> traders;
  for (auto& asset : {there, absent}) {
    traders.push_back(client());
    traders.back().http.begin("POST", "/v1/trades", market_buy(asset).dump());
    REQUIRE(eventually([&] {
      auto left = exchange.faults_left();
      return std::none_of(left.begin(), left.end(), [&](auto& rule) {
        return rule["symbol"] == asset && rule["on"] == "order";
      });
    }));
  }
  auto begun = std::chrono::steady_clock::now();
  exchange.away(3000ms);
  auto node = client();
  auto next = node.http.post(
      "/v1/trades",
      market_buy(there, {{"quantity", "1"}, {"onLocked", "queue"}}));
  auto unsent = symbol(); // begun while nobody is there
  traders.push_back(client());
  traders.back().http.begin("POST", "/v1/trades", market_buy(unsent).dump());
  // Three leases long nobody is granted what is not known to have ended.
  while (std::chrono::steady_clock::now() < begun + 2500ms) {
    CHECK(node.resource("trade:" + absent + ":BUY:one")["locked"] == true);
    std::this_thread::sleep_for(50ms);
  }
  std::vector<json> done;
  for (auto& trader : traders) {
    auto answer = trader.http.finish();
    INFO(answer.text);
    REQUIRE(answer.status == 201);
    done.push_back(answer.body);
  }
  done.push_back(reaches(next.body["tradeId"], "filled"));
  for (auto& trade : done)
    check_book(trade["tradeId"], trade["symbol"] == there ? 2 : 1);
  for (auto& asset : {there, absent, unsent})
    for (auto& kind : node.journal_kinds("trade:" + asset + ":BUY:one"))
      CHECK(kind != "expired");
}

TEST_CASE_FIXTURE(far_clock, "the exchange's clock is ten seconds ahead, then "
                             "ten behind, then right") {
  trade_at(10s);
  trade_at(-10s);
  trade_at(0s);
}

TEST_CASE_FIXTURE(mexc_scene, "a restored node asks for the orders of its "
                              "backup, and sends none twice") {
  namespace fs = std::filesystem;
  auto node = client();
  auto held = symbol();
  auto resting =
      node.http
          .post("/v1/trades",
                market_buy(symbol(), {{"type", "LIMIT"}, {"price", "90"}}))
          .body;
  REQUIRE(resting["status"] == "placed");
  trouble(held, {{{"on", "order"}, {"fault", "hang_after"}, {"ms", 9000}},
                 {{"on", "query"}, {"fault", "500_before"}, {"times", 4}}});
  auto trader = client();
  trader.http.begin("POST", "/v1/trades", market_buy(held).dump());
  REQUIRE(eventually([&] { return orders(held).size() == 1; }));
  auto queued =
      node.http
          .post("/v1/trades",
                market_buy(held, {{"quantity", "1"}, {"onLocked", "queue"}}))
          .body;
  REQUIRE(queued["status"] == "queued");

  auto data = process.data_dir().string();
  temp_dir dir;
  auto copy = (dir.path() / "copy").string();
  auto restored = (dir.path() / "restored").string();
  REQUIRE(run_cli({"backup", copy, "--data-dir", data}).exit_code == 0);
  // What the backup does not know: both are done, and another one.
  auto hung = trader.http.finish().body;
  reaches(queued["tradeId"], "filled");
  auto later = node.http.post("/v1/trades", market_buy(symbol())).body;
  CHECK(later["status"] == "filled");
  process.kill();

  auto book = exchange.book()["orders"].size();
  CHECK(book == 4);
  auto made = run_cli({"restore", copy, "--data-dir", restored});
  INFO(made.err);
  REQUIRE(made.exit_code == 0);
  fs::remove_all(data);
  fs::rename(restored, data);
  process.start();
  auto again = client();
  CHECK(again.http.get("/v1/stats").body["paused"] == true);
  // What was under way is asked for while paused.
  reaches(hung["tradeId"], "filled");
  auto sent = exchange.book()["requests"]["order"];
  CHECK(again.http.post("/v1/resume", json::object()).status == 200);
  reaches(queued["tradeId"], "filled");
  check_book(hung["tradeId"], 2);
  check_book(queued["tradeId"], 2);
  CHECK(exchange.book()["requests"]["order"] == sent);
  CHECK(exchange.book()["orders"].size() == book);
  exchange.fill(resting["order"]["clientOrderId"]);
  reaches(resting["tradeId"], "filled");
  CHECK(process.stop() == 0);
}
