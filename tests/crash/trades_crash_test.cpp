// Trades on an exchange that fails at random, by a node that is killed at
// random: one order per intent. HOLDFAST_SEED repeats a seed, HOLDFAST_KILLS
// sets how often the node is killed.
#include "tests/crash/kills.hpp"
#include "tests/crash/trades_load.hpp"
#include "tests/integration/mexc_scene.hpp"
#include "tests/support/cli_process.hpp"
#include "tests/support/environment.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <iostream>
#include <map>
#include <random>

using namespace holdfast::test;
using namespace std::chrono_literals;

namespace {

constexpr int trades = 200;
constexpr int bots = 24;

/// Kills when some more trades have ended, so that the exchange is at its
/// worst, and the node dies, all along.
void kill_often(mexc_scene& scene, trade_load& load, std::uint64_t seed,
                int kills) {
  std::mt19937_64 random{seed};
  for (auto i = 1; i <= kills; ++i) {
    eventually([&] { return load.done() >= i * trades / (kills + 1); }, 4s);
    pause(random, 0ms, 400ms);
    scene.process.kill();
    scene.process.start();
    load.node_at(scene.process.port());
  }
}

/// What is open: locks, waiters, effects and trades without an end.
std::string open_work(api& node) {
  std::string open;
  auto note = [&](const std::string& target) {
    for (auto& item : node.all(target))
      open += target + ": " + item.dump() + "\n";
  };
  for (auto status : {"active", "in_doubt"})
    note("/v1/locks?status=" + std::string{status});
  note("/v1/queue");
  for (auto state : {"pending", "sending", "unknown"})
    note("/v1/effects?state=" + std::string{state});
  for (auto status : {"queued", "executing", "in_doubt", "placed"})
    note("/v1/trades?status=" + std::string{status});
  return open;
}

struct verdict {
  int succeeded = 0;
  int without = 0;
  std::vector<std::string> wrong;
};

/// Every intent, what its bot was told, and its trades against the book.
verdict judge(const std::vector<trade_intent>& intents,
              const std::vector<json>& told, const json& book) {
  verdict found;
  std::map<std::string, std::vector<json>> orders; // by quantity
  for (auto& order : book.at("orders"))
    orders[order.at("quantity")].push_back(order);
  std::map<std::string, std::vector<json>> filled; // by key
  for (auto& trade : told)
    if (trade.contains("order"))
      filled[trade.at("idempotencyKey")].push_back(trade);
  for (auto& x : intents) {
    auto& mine = orders[x.quantity];
    auto& done = filled[x.key];
    auto say = [&](const std::string& what) {
      found.wrong.push_back(x.key + " " + what + ": " + x.body.dump() +
                            " was told " + std::to_string(x.status) + " " +
                            x.code + " " + x.order + "; trades " +
                            json(done).dump() + "; book " + json(mine).dump());
    };
    auto success = x.status == 200 || x.status == 201;
    (success ? found.succeeded : found.without) += 1;
    if (mine.size() != (success ? 1 : 0))
      say("has " + std::to_string(mine.size()) + " orders");
    if (done.size() != (success ? 1 : 0))
      say("has " + std::to_string(done.size()) + " trades with an order");
    if (!success || mine.size() != 1 || done.size() != 1)
      continue;
    auto& order = done[0].at("order");
    if (x.order != mine[0].at("orderId") || order.at("orderId") != x.order)
      say("names another order");
    if (order.at("executedQuantity") != mine[0].at("executedQuantity") ||
        order.at("status") != mine[0].at("status"))
      say("does not tell what was executed");
    orders.erase(x.quantity);
  }
  return found;
}

} // namespace

TEST_CASE("200 trades, an exchange that fails, a node that is killed: one "
          "order per intent") {
  auto seed = number_from("HOLDFAST_SEED", std::random_device{}());
  auto kills = static_cast<int>(number_from("HOLDFAST_KILLS", 25));
  std::cout << "HOLDFAST_SEED=" << seed << std::endl;

  mexc_scene scene{{.recv_window = 400,
                    .margin = 600,
                    .request_timeout = 400,
                    .locks = "max_retries = 8\nretry_max_ms = 1000\n"}};
  auto faults = json::array();
  for (auto& fault : every_fault(true))
    if (std::find(faults.begin(), faults.end(), fault["fault"]) == faults.end())
      faults.push_back(fault["fault"]);
  scene.exchange.chaos(
      {{"seed", seed}, {"perMille", 200}, {"faults", faults}, {"ms", 500}});

  auto intents = trade_intents(seed, trades);
  trade_load load{intents, bots, scene.process.port()};
  kill_often(scene, load, seed, kills);
  auto ended = load.done();
  scene.exchange.chaos({{"perMille", 0}});
  REQUIRE(load.done_within(60s));
  auto node = scene.client();
  std::string open;
  eventually([&] { return (open = open_work(node)).empty(); }, 60s);
  INFO(open);
  CHECK(open.empty());

  auto book = scene.exchange.book();
  auto found = judge(intents, node.all("/v1/trades"), book);
  for (auto& what : found.wrong)
    MESSAGE(what);
  CHECK(found.wrong.empty());
  CHECK(book["orders"].size() == static_cast<std::size_t>(found.succeeded));
  CHECK(scene.process.stop() == 0);
  CHECK(run_cli({"verify", "--data-dir", scene.process.data_dir().string()})
            .exit_code == 0);
  auto lost = 0;
  for (auto& x : intents)
    lost += x.lost;
  std::cout << kills << " kills, " << ended << " trades ended meanwhile, "
            << lost << " answers lost; " << found.succeeded
            << " trades with one order, " << found.without
            << " without; requests " << book["requests"].dump() << std::endl;
  // A run that did too little proves nothing.
  CHECK(found.succeeded > trades / 2);
  CHECK(ended > trades / 4);
  CHECK(lost > kills);
}
