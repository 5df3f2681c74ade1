// The calls of the services that Holdfast replaces: a bot that was written for
// them works by changing its base URL.
// Must not know how the node is built: only the contract's words.
#include "tests/integration/fixture.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace holdfast::test;

namespace {

json order(const std::string& target, const json& more = json::object()) {
  json body{{"symbol", "BTCUSDT"},     {"side", "BUY"},
            {"type", "MARKET"},        {"quantity", "0.01"},
            {"price", "99.5"},         {"userId", "user-1"},
            {"snipeTargetId", target}, {"timeInForce", "GTC"}};
  body.update(more);
  return body;
}

std::string held_by(const std::string& target) {
  return "trade:BTCUSDT:BUY:" + target;
}

} // namespace

TEST_CASE_FIXTURE(on_shared_node, "today's list has locks, queue and stats in "
                                  "today's rows") {
  auto lock = node.granted(resource, "bot-1",
                           {{"transactionData", {{"a", 1}}}, {"priority", 3}});
  node.queued(resource, "bot-2", {{"transactionData", {{"a", 2}}}});
  auto answer = node.http.get("/api/transaction-locks?resourceId=" + resource);
  CHECK(answer.status == 200);
  CHECK(answer.body["success"] == true);
  auto data = answer.body["data"];
  REQUIRE(data["locks"].size() == 1);
  auto row = data["locks"][0];
  CHECK(row["id"] == lock["lockId"]);
  CHECK(row["lockId"] == lock["lockId"]);
  CHECK(row["transactionData"] == R"({"a":1})"); // JSON in a string
  CHECK(row["result"].is_null());
  CHECK(row["errorMessage"].is_null());
  CHECK(row["status"] == "active");
  CHECK(row["lockType"] == "exclusive");
  CHECK(row["currentRetries"] == 0);
  CHECK(row["releasedAt"].is_null());
  for (auto name : {"resourceId", "idempotencyKey", "ownerId", "ownerType",
                    "transactionType", "priority", "maxRetries", "timeoutMs",
                    "acquiredAt", "createdAt", "expiresAt", "updatedAt"})
    CHECK_MESSAGE(row.contains(name), name);
  REQUIRE(data["queue"].size() == 1);
  auto waiting = data["queue"][0];
  CHECK(waiting["status"] == "pending");
  CHECK(waiting["position"] == 1);
  CHECK(waiting["ownerId"] == "bot-2");
  CHECK(waiting["transactionData"] == R"({"a":2})");
  for (auto name :
       {"queueId", "lockId", "resourceId", "priority", "transactionType",
        "idempotencyKey", "ownerType", "queuedAt"})
    CHECK_MESSAGE(waiting.contains(name), name);
  for (auto name : {"activeLocks", "expiredLocks", "queueLength",
                    "recentlyCompleted", "recentlyFailed"})
    CHECK_MESSAGE(data["stats"][name].is_number(), name);
  CHECK(data["stats"]["activeLocks"] >= 1);
}

TEST_CASE_FIXTURE(on_shared_node, "M20: today's list tells only the truth, by "
                                  "owner, status and limit") {
  auto owner = unique("owner");
  auto a = node.granted(unique("r"), owner);
  auto b = node.granted(unique("r"), owner);
  node.release(a, {{"result", {{"done", true}}}});
  node.force_release(b, "stuck");
  auto list = [&](const std::string& more) {
    return node.http.get("/api/transaction-locks?ownerId=" + owner + more)
        .body["data"]["locks"];
  };
  auto released = list("&status=released");
  REQUIRE(released.size() == 2);
  // M21: a forced one says so.
  CHECK(released[0]["lockId"] == b["lockId"]);
  CHECK(released[0]["status"] == "released");
  CHECK(released[0]["errorMessage"] == "stuck");
  CHECK(released[1]["result"] == R"({"done":true})");
  CHECK(list("&status=active").empty());
  CHECK(list("&limit=1").size() == 1);
  auto wrong = node.http.get("/api/transaction-locks?status=gone");
  CHECK(wrong.status == 400);
  CHECK(wrong.body["success"] == false);
}

TEST_CASE_FIXTURE(on_shared_node, "today's check says whether a resource is "
                                  "locked") {
  json body{{"action", "check"}, {"resourceId", resource}};
  auto free = node.http.post("/api/transaction-locks", body);
  CHECK(free.status == 200);
  CHECK(free.body["data"]["isLocked"] == false);
  CHECK(free.body["data"]["lockCount"] == 0);
  auto lock = node.granted(resource, "bot-1");
  node.queued(resource, "bot-2");
  auto data = node.http.post("/api/transaction-locks", body).body["data"];
  CHECK(data["isLocked"] == true);
  CHECK(data["lockCount"] == 1);
  CHECK(data["queueLength"] == 1);
  CHECK(data["activeLocks"][0]["lockId"] == lock["lockId"]);
  for (auto& wrong : {json{{"action", "steal"}, {"resourceId", resource}},
                      json{{"action", "check"}}, json::object()}) {
    auto answer = node.http.post("/api/transaction-locks", wrong);
    CHECK(answer.status == 400);
    CHECK(answer.body["success"] == false);
  }
}

TEST_CASE_FIXTURE(on_shared_node, "M21: today's delete really releases, and "
                                  "counts right") {
  auto owner = unique("owner");
  auto lock = node.granted(unique("r"), owner);
  node.granted(unique("r"), owner);
  node.granted(unique("r"), owner);
  auto one = node.http.del("/api/transaction-locks?force=true&lockId=" +
                           lock["lockId"].get<std::string>());
  CHECK(one.status == 200);
  CHECK(one.body["success"] == true);
  CHECK(one.body["releasedCount"] == 1);
  CHECK(node.lock(lock["lockId"])["status"] == "force_released");
  auto rest = node.http.del("/api/transaction-locks?ownerId=" + owner);
  CHECK(rest.body["releasedCount"] == 2);
  CHECK(node.http.del("/api/transaction-locks?ownerId=" + owner)
            .body["releasedCount"] == 0);
  CHECK(node.http.del("/api/transaction-locks?lockId=lock-00000000-1").status ==
        404);
  CHECK(node.http.del("/api/transaction-locks?lockId=x").status == 404);
  CHECK(node.http.del("/api/transaction-locks").status == 400);
  // Who says that he does not want force gets none.
  auto kept = node.granted(unique("r"), owner);
  for (auto force : {"false", "1", "maybe"}) {
    auto refused = node.http.del("/api/transaction-locks?ownerId=" + owner +
                                 "&force=" + force);
    CHECK(refused.status == 400);
    CHECK(refused.body["success"] == false);
  }
  CHECK(node.lock(kept["lockId"])["status"] == "active");
}

TEST_CASE_FIXTURE(on_shared_node, "today's trade answers the order, also to a "
                                  "repeated call") {
  auto target = unique("t");
  auto first = node.http.post("/api/mexc/trade", order(target));
  CHECK(first.status == 200);
  CHECK(first.body["success"] == true);
  CHECK(first.body["data"] == first.body["order"]);
  auto done = first.body["order"];
  CHECK(done["symbol"] == "BTCUSDT");
  CHECK(done["status"] == "FILLED");
  CHECK(done["executedQty"] == "0.01");
  CHECK(done["orderId"].is_string());
  auto again = node.http.post("/api/mexc/trade", order(target));
  CHECK(again.status == 200);
  CHECK(again.body["order"]["orderId"] == done["orderId"]);
  auto kinds = node.journal_kinds(held_by(target));
  CHECK(std::count(kinds.begin(), kinds.end(), "trade_executed") == 1);
}

TEST_CASE("a duplicate of today's trade in flight waits and has its order") {
  node_config config;
  config.paper = "fill_delay_ms = 200";
  on_own_node own{config};
  std::vector<api> clients;
  for (int i = 0; i < 5; ++i)
    clients.push_back(own.client());
  for (auto& client : clients)
    client.http.begin("POST", "/api/mexc/trade", order("t").dump());
  std::set<std::string> orders;
  for (auto& client : clients) {
    auto answer = client.http.finish();
    CHECK(answer.status == 200);
    CHECK(answer.body["success"] == true);
    orders.insert(answer.body["order"]["orderId"]);
  }
  CHECK(orders.size() == 1);
}

TEST_CASE_FIXTURE(on_shared_node, "M12: a held resource is 409 and truly not "
                                  "queued; with queue it is queued, and runs") {
  auto target = unique("t");
  auto lock = node.granted(held_by(target), "by hand");
  auto refused = node.http.post("/api/mexc/trade", order(target));
  CHECK(refused.status == 409);
  CHECK(refused.body["success"] == false);
  CHECK(refused.body["error"] == "Trade already in progress");
  CHECK(refused.body["lockStatus"]["isLocked"] == true);
  CHECK(refused.body["lockStatus"]["lockId"] == lock["lockId"]);
  CHECK(node.resource(held_by(target))["queue"].empty());
  auto queued =
      node.http.post("/api/mexc/trade", order(target, {{"queue", true}}));
  CHECK(queued.status == 202);
  CHECK(queued.body["success"] == true);
  CHECK(queued.body["queued"] == true);
  CHECK(queued.body["data"]["position"] == 1);
  node.release(lock);
  REQUIRE(eventually([&] {
    auto kinds = node.journal_kinds(held_by(target));
    return std::count(kinds.begin(), kinds.end(), "trade_executed") == 1;
  }));
  // The bot asks again, and has its order.
  auto done = node.http.post("/api/mexc/trade", order(target));
  CHECK(done.status == 200);
}

TEST_CASE_FIXTURE(on_shared_node, "M19: skipLock is an emergency with ledger, "
                                  "journal and idempotency") {
  auto target = unique("t");
  auto resource = "trade:BTCUSDT:SELL:" + target;
  node.granted(resource, "by hand");
  auto body = order(target, {{"side", "SELL"}, {"skipLock", true}});
  auto done = node.http.post("/api/mexc/trade", body);
  CHECK(done.status == 200);
  auto again = node.http.post("/api/mexc/trade", body);
  CHECK(again.body["order"]["orderId"] == done.body["order"]["orderId"]);
  auto kinds = node.journal_kinds(resource);
  CHECK(std::count(kinds.begin(), kinds.end(), "effect_sending") == 1);
  auto buys =
      node.http.post("/api/mexc/trade", order(target, {{"skipLock", true}}));
  CHECK(buys.status == 400);
}

TEST_CASE_FIXTURE(on_shared_node, "what is wrong with today's trade, or "
                                  "refused by the exchange, is 400") {
  auto wrong = [&](const json& more) {
    INFO(more.dump());
    auto answer = node.http.post("/api/mexc/trade", order(unique("t"), more));
    CHECK(answer.status == 400);
    CHECK(answer.body["success"] == false);
    CHECK(answer.body["error"].is_string());
  };
  wrong({{"quantity", "0"}});
  wrong({{"side", "HOLD"}});
  wrong({{"userId", nullptr}});
  wrong({{"type", "LIMIT_MAKER"}, {"price", "101"}});
}
