// Trades on paper: answers, order, replays, emergencies, what survives a
// crash.
// Must not know how the node is built: only the contract's words.
#include "tests/integration/fixture.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace holdfast::test;

namespace {

json market(const std::string& target, const std::string& side = "BUY") {
  return {{"symbol", "BTCUSDT"}, {"side", side},
          {"type", "MARKET"},    {"quantity", "0.001"},
          {"ownerId", "bot-1"},  {"snipeTargetId", target}};
}

http_response trade(api& node, json body, const json& more = json::object()) {
  body.update(more);
  return node.http.post("/v1/trades", body);
}

std::string resource_of(const std::string& target,
                        const std::string& side = "BUY") {
  return "trade:BTCUSDT:" + side + ":" + target;
}

} // namespace

TEST_CASE_FIXTURE(on_shared_node, "amounts of 38 digits are traded, wherever "
                                  "their point stands") {
  for (auto amount :
       {"0." + std::string(37, '0') + "1", "0." + std::string(38, '9'),
        std::string(38, '9'), "9." + std::string(37, '9')}) {
    INFO(amount);
    auto bought = trade(node, market(unique("t")), {{"quantity", amount}});
    CHECK(bought.status == 201);
    CHECK(bought.body["order"]["executedQuantity"] == amount);
    auto limit = trade(node, market(unique("t")),
                       {{"type", "LIMIT"}, {"price", amount}});
    CHECK(limit.status == 201);
    check_problem_naming(
        trade(node, market(unique("t")), {{"quantity", amount + "9"}}), 400,
        "invalid", {"quantity", "38 digits"});
  }
}

TEST_CASE("an owner's locks are forced but for the one whose order is out, "
          "which is told") {
  on_own_node own{{.paper = "fill_delay_ms = 2000"}};
  auto trader = own.client();
  auto node = own.client();
  trader.http.begin("POST", "/v1/trades", market("t").dump());
  auto by_hand = node.granted(own.resource, "bot-1");
  auto sending = [&] {
    auto effects = node.http.get("/v1/effects?state=sending").body["items"];
    return !effects.empty();
  };
  REQUIRE(eventually(sending));
  auto answer = node.http.del("/v1/owners/bot-1/locks?reason=gone");
  check_problem_naming(answer, 409, "in-doubt", {"'bot-1' released: 1"});
  auto lock = answer.body["lockId"].get<std::string>();
  CHECK(node.lock(lock)["resourceId"] == resource_of("t"));
  CHECK(node.lock(by_hand["lockId"])["status"] == "force_released");
  auto today = node.http.del("/api/transaction-locks?force=true&ownerId=bot-1");
  CHECK(today.status == 409);
  CHECK(today.body["success"] == false);
  CHECK(trader.http.finish().status == 201);
  auto after = node.http.del("/v1/owners/bot-1/locks?reason=gone");
  CHECK(after.status == 200);
  CHECK(after.body["released"] == 0);
}

TEST_CASE_FIXTURE(on_shared_node, "a trade is executed with 201 and has every "
                                  "member") {
  auto target = unique("t");
  auto answer = trade(node, market(target), {{"quantity", 0.0010}});
  CHECK(answer.status == 201);
  auto x = answer.body;
  CHECK(x["status"] == "filled");
  CHECK(x["resourceId"] == resource_of(target));
  CHECK(x["symbol"] == "BTCUSDT");
  CHECK(x["side"] == "BUY");
  CHECK(x["type"] == "MARKET");
  CHECK(x["quantity"] == "0.001");
  CHECK(x["ownerId"] == "bot-1");
  CHECK(x["snipeTargetId"] == target);
  CHECK(x["priority"] == 5);
  CHECK(x["order"]["status"] == "FILLED");
  CHECK(x["order"]["executedQuantity"] == "0.001");
  CHECK(x["order"]["averagePrice"] == "100");
  CHECK(x["order"]["clientOrderId"].get<std::string>().size() == 32);
  CHECK_FALSE(x.contains("quoteQuantity"));
  CHECK_FALSE(x.contains("error"));
  CHECK(answer.header("location") ==
        "/v1/trades/" + x["tradeId"].get<std::string>());
  auto read = node.http.get("/v1/trades/" + x["tradeId"].get<std::string>());
  CHECK(read.status == 200);
  CHECK(read.body == x);
  CHECK(node.lock(x["lockId"])["status"] == "released");
}

TEST_CASE_FIXTURE(on_shared_node,
                  "M18: an equal trade is replayed, written as it "
                  "may be") {
  auto target = unique("t");
  auto first = trade(node, market(target)).body;
  auto again = trade(node, market(target),
                     {{"symbol", "btcusdt"}, {"quantity", "0.00100"}});
  CHECK(again.status == 200);
  CHECK(again.header("idempotent-replayed") == "true");
  CHECK(again.body == first);
  CHECK(node.journal_kinds(resource_of(target)) ==
        std::vector<std::string>{"granted", "effect_sending", "effect_done",
                                 "released", "trade_executed"});
}

TEST_CASE_FIXTURE(on_shared_node, "M17: another quantity is another trade, "
                                  "under one's own key a mismatch") {
  auto target = unique("t");
  auto a = trade(node, market(target)).body;
  auto b = trade(node, market(target), {{"quantity", "0.002"}});
  CHECK(b.status == 201);
  CHECK(b.body["tradeId"] != a["tradeId"]);
  json key{{"idempotencyKey", "mine"}};
  CHECK(trade(node, market(target), key).status == 201);
  key["quantity"] = "7";
  check_problem(trade(node, market(target), key), 422, "key-mismatch");
}

TEST_CASE_FIXTURE(on_shared_node, "concurrent equal trades are one order") {
  auto target = unique("t");
  std::vector<api> clients;
  for (int i = 0; i < 8; ++i)
    clients.push_back(other());
  for (auto& client : clients)
    client.http.begin("POST", "/v1/trades", market(target).dump());
  std::set<std::string> orders;
  for (auto& client : clients) {
    auto answer = client.http.finish();
    if (answer.status == 409) {
      check_problem(answer, 409, "in-progress");
      continue;
    }
    CHECK((answer.status == 200 || answer.status == 201));
    orders.insert(answer.body["order"]["orderId"]);
  }
  CHECK(orders.size() == 1);
  auto kinds = node.journal_kinds(resource_of(target));
  CHECK(std::count(kinds.begin(), kinds.end(), "trade_executed") == 1);
}

TEST_CASE_FIXTURE(on_shared_node, "order types end as their prices say") {
  struct row {
    const char* type;
    const char* price;
    const char* status;
    const char* order;
  };
  const row rows[] = {{"LIMIT", "100", "filled", "FILLED"},
                      {"LIMIT", "99", "placed", "NEW"},
                      {"LIMIT_MAKER", "99", "placed", "NEW"},
                      {"IMMEDIATE_OR_CANCEL", "99", "cancelled", "CANCELED"},
                      {"FILL_OR_KILL", "101", "filled", "FILLED"}};
  for (auto& x : rows) {
    INFO(x.type << " " << x.price);
    auto answer = trade(node, market(unique("t")),
                        {{"type", x.type}, {"price", x.price}});
    CHECK(answer.status == 201);
    CHECK(answer.body["status"] == x.status);
    CHECK(answer.body["order"]["status"] == x.order);
  }
}

TEST_CASE_FIXTURE(on_shared_node, "M16: a refused order is 422 with the "
                                  "exchange's code, and may be tried again") {
  auto target = unique("t");
  auto body = market(target);
  body["type"] = "LIMIT_MAKER";
  body["price"] = "101";
  auto answer = trade(node, body);
  check_problem(answer, 422, "order-rejected");
  CHECK(answer.body["exchangeCode"] == "30029");
  auto id = answer.body["tradeId"].get<std::string>();
  CHECK(node.http.get("/v1/trades/" + id).body["status"] == "rejected");
  auto again = trade(node, body);
  check_problem(again, 422, "order-rejected");
  CHECK(again.body["tradeId"] != id);
  CHECK(node.dead_letters(resource_of(target)).size() == 2);
}

TEST_CASE_FIXTURE(on_shared_node, "what is wrong with a trade is named") {
  auto wrong = [&](const json& more, const char* word) {
    INFO(more.dump());
    check_problem_naming(trade(node, market(unique("t")), more), 400, "invalid",
                         {word});
  };
  wrong({{"side", "HOLD"}}, "side");
  wrong({{"type", "STOP"}}, "type");
  wrong({{"quantity", 0}}, "quantity");
  wrong({{"quantity", ""}}, "quantity");
  wrong({{"quantity", "1,5"}}, "quantity");
  wrong({{"quantity", nullptr}}, "quantity");
  wrong({{"price", "5"}}, "price");
  wrong({{"type", "LIMIT"}}, "price");
  wrong({{"emergency", true}}, "emergency");
  wrong({{"emergency", "yes"}}, "emergency");
  wrong({{"priority", 11}}, "priority");
  wrong({{"timeInForce", "GTC"}}, "timeInForce"); // M23
  check_problem(node.http.get("/v1/trades/trade-00000000-1"), 404, "not-found");
  check_problem(node.http.get("/v1/trades?status=open"), 400, "invalid");
}

TEST_CASE_FIXTURE(on_shared_node, "a trade waits for its resource, and runs "
                                  "when its turn comes") {
  auto target = unique("t");
  auto lock = node.granted(resource_of(target), "by hand");
  auto answer = trade(node, market(target));
  CHECK(answer.status == 202);
  CHECK(answer.body["status"] == "queued");
  CHECK(answer.body["entry"]["position"] == 1);
  auto id = answer.body["tradeId"].get<std::string>();
  auto waiting = other();
  auto twin = market(target);
  twin["onLocked"] = "wait";
  waiting.http.begin("POST", "/v1/trades", twin.dump());
  // Held by another: truly not queued.
  auto refused =
      trade(node, market(target), {{"quantity", "3"}, {"onLocked", "reject"}});
  check_problem(refused, 409, "held");
  CHECK(node.resource(resource_of(target))["queue"].size() == 1);
  node.release(lock);
  auto done = waiting.http.finish();
  CHECK((done.status == 201 || done.status == 200));
  CHECK(done.body["tradeId"] == id);
  CHECK(done.body["status"] == "filled");
  CHECK(node.http.get("/v1/trades/" + id).body["status"] == "filled");
}

TEST_CASE_FIXTURE(on_shared_node, "a queued trade that is cancelled is never "
                                  "executed") {
  auto target = unique("t");
  auto lock = node.granted(resource_of(target), "by hand");
  auto queued = trade(node, market(target)).body;
  CHECK(node.cancel(queued["entry"]["entryId"]).status == 200);
  node.release(lock);
  auto read =
      node.http.get("/v1/trades/" + queued["tradeId"].get<std::string>());
  CHECK(read.body["status"] == "cancelled");
  CHECK_FALSE(read.body.contains("order"));
}

TEST_CASE_FIXTURE(on_shared_node, "an emergency runs beside lock and queue, "
                                  "promotes its waiting twin, and runs once") {
  auto target = unique("t");
  auto held = resource_of(target, "SELL");
  auto lock = node.granted(held, "by hand");
  auto queued = trade(node, market(target, "SELL")).body;
  auto urgent = trade(node, market(target, "SELL"), {{"emergency", true}});
  CHECK(urgent.status == 201);
  CHECK(urgent.body["status"] == "filled");
  CHECK(urgent.body["emergency"] == true);
  CHECK(urgent.body["tradeId"] == queued["tradeId"]);
  CHECK_FALSE(urgent.body.contains("lockId"));
  CHECK(node.resource(held)["lock"]["lockId"] == lock["lockId"]);
  CHECK(node.resource(held)["queue"].empty());
  auto again = trade(node, market(target, "SELL"), {{"emergency", true}});
  CHECK(again.status == 200);
  CHECK(again.body["order"] == urgent.body["order"]);
  auto kinds = node.journal_kinds(held);
  CHECK(std::count(kinds.begin(), kinds.end(), "trade_executed") == 1);
  CHECK(std::count(kinds.begin(), kinds.end(), "granted") == 1);
}

TEST_CASE_FIXTURE(on_shared_node, "the ledger has one effect per trade") {
  auto target = unique("t");
  auto x = trade(node, market(target)).body;
  std::vector<json> mine;
  for (auto& effect : node.all("/v1/effects?state=done"))
    if (effect["resourceId"] == resource_of(target))
      mine.push_back(effect);
  REQUIRE(mine.size() == 1);
  CHECK(mine[0]["effectId"] == x["effectId"]);
  CHECK(mine[0]["kind"] == "order");
  CHECK(mine[0]["lockId"] == x["lockId"]);
  CHECK(mine[0]["fencingToken"].is_number());
  CHECK(mine[0]["intent"]["clientOrderId"] == x["order"]["clientOrderId"]);
  CHECK(mine[0]["outcome"] == x["order"]);
  CHECK(mine[0]["attempts"] == 1);
}

TEST_CASE_FIXTURE(on_shared_node, "trades are listed newest first, by "
                                  "resource, owner and status") {
  auto target = unique("t");
  auto owner = unique("owner");
  std::vector<std::string> ids;
  for (auto quantity : {"1", "2", "3"})
    ids.push_back(trade(node, market(target),
                        {{"quantity", quantity}, {"ownerId", owner}})
                      .body["tradeId"]);
  auto all = node.all("/v1/trades?ownerId=" + owner);
  REQUIRE(all.size() == 3);
  CHECK(all[0]["tradeId"] == ids[2]);
  CHECK(all[2]["tradeId"] == ids[0]);
  CHECK(node.all("/v1/trades?status=queued&ownerId=" + owner).empty());
  CHECK(node.all("/v1/trades?resourceId=" + resource_of(target)).size() == 3);
}

TEST_CASE("a trade that a SIGKILL interrupts is executed once, and answers "
          "its key afterwards") {
  node_config config;
  config.paper = "fill_delay_ms = 300";
  on_own_node own{config};
  auto target = unique("t");
  {
    auto client = own.client();
    client.http.begin("POST", "/v1/trades", market(target).dump());
    auto looker = own.client();
    REQUIRE(eventually([&] {
      auto kinds = looker.journal_kinds(resource_of(target));
      return std::count(kinds.begin(), kinds.end(), "effect_sending") == 1;
    }));
    own.process.kill();
  }
  own.process.start();
  auto node = own.client();
  REQUIRE(eventually([&] {
    auto trades = node.all("/v1/trades");
    return trades.size() == 1 && trades[0]["status"] == "filled";
  }));
  auto again = trade(node, market(target));
  CHECK(again.status == 200);
  CHECK(again.header("idempotent-replayed") == "true");
  auto kinds = node.journal_kinds(resource_of(target));
  CHECK(std::count(kinds.begin(), kinds.end(), "trade_executed") == 1);
  CHECK(own.process.stop() == 0);
}

TEST_CASE("a node without an exchange does not trade, and says so") {
  node_config config;
  config.trades = "exchange = \"none\"";
  on_own_node own{config};
  auto node = own.client();
  check_problem_naming(trade(node, market("t")), 503, "exchange-unavailable",
                       {"exchange"});
}

TEST_CASE("M22: with a template for both sides a SELL goes before BUYs that "
          "came first") {
  node_config config;
  config.trades = "resource = \"trade:{symbol}\"";
  on_own_node own{config};
  auto node = own.client();
  auto lock = node.granted("trade:BTCUSDT", "by hand");
  auto buy = trade(node, market("a")).body;
  auto sell = trade(node, market("b", "SELL")).body;
  CHECK(sell["entry"]["position"] == 1);
  CHECK(sell["priority"] == 1);
  node.release(lock);
  REQUIRE(eventually(
      [&] { return node.all("/v1/trades?status=filled").size() == 2; }));
  std::vector<std::string> order;
  for (auto& event : node.journal("trade:BTCUSDT"))
    if (event["kind"] == "trade_executed")
      order.push_back(event["detail"]["tradeId"]);
  CHECK(order == std::vector<std::string>{sell["tradeId"], buy["tradeId"]});
}

TEST_CASE("prices and balances come from the configuration") {
  node_config config;
  config.paper = "default_price = \"7\"\n[paper.prices]\nBTCUSDT = \"50000\"\n"
                 "[paper.balances]\nUSDT = \"100\"";
  on_own_node own{config};
  auto node = own.client();
  auto x = trade(node, market("a")).body;
  CHECK(x["order"]["averagePrice"] == "50000");
  auto poor = trade(node, market("a"), {{"quantity", "1"}});
  check_problem(poor, 422, "order-rejected");
  CHECK(poor.body["exchangeCode"] == "10101");
}
