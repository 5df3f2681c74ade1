// Every fault of the exchange at every step of a trade: one order per intent,
// and the trade says what the book says.
// Must not know how the node is built: only the contract's words.
#include "tests/integration/mexc_scene.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <iterator>
#include <memory>

using namespace holdfast::test;

namespace {

struct fault_case {
  std::string name;
  std::string symbol;
  std::unique_ptr<api> client;
};

/// One trade for each set of rules, all of them at the same time.
std::vector<fault_case> begin_all(mexc_scene& scene,
                                  const std::vector<std::vector<json>>& sets) {
  std::vector<fault_case> cases;
  for (auto& rules : sets) {
    auto symbol = scene.symbol();
    scene.trouble(symbol, rules);
    cases.push_back({json(rules).dump(), symbol,
                     std::make_unique<api>(scene.process.port())});
    cases.back().client->http.begin("POST", "/v1/trades",
                                    market_buy(symbol).dump());
  }
  return cases;
}

/// Each trade is answered 201 with this status, and has one order.
void check_all(mexc_scene& scene, std::vector<fault_case> cases,
               const std::string& status) {
  for (auto& each : cases) {
    auto answer = each.client->http.finish();
    INFO(each.name, " was answered ", answer.status, " ", answer.text);
    CHECK(answer.status == 201);
    CHECK(answer.body["status"] == status);
    if (answer.status == 201)
      scene.check_book(answer.body["tradeId"]);
  }
  auto node = scene.client();
  CHECK(node.all("/v1/effects?state=unknown").empty());
  CHECK(node.all("/v1/effects?state=sending").empty());
  // Everything happened, but what needs a connection that was used before.
  for (auto& rule : scene.exchange.faults_left())
    CHECK(rule["fault"] == "close_keepalive");
}

/// A pause that the exchange wants is one for the whole node, and would hide
/// what the others do: such rules come last.
void trade_through(mexc_scene& scene, std::vector<std::vector<json>> sets,
                   const std::string& status) {
  auto pauses = [](const std::vector<json>& rules) {
    return rules.back()["fault"] == "429" || rules.back()["fault"] == "418";
  };
  std::vector<std::vector<json>> last;
  std::copy_if(sets.begin(), sets.end(), std::back_inserter(last), pauses);
  std::erase_if(sets, pauses);
  check_all(scene, begin_all(scene, sets), status);
  check_all(scene, begin_all(scene, last), status);
}

bool refuses(const json& fault) {
  return fault["fault"] == "reject" || fault["fault"] == "status";
}

json on(const std::string& call, json fault) {
  fault["on"] = call;
  return fault;
}

} // namespace

TEST_CASE("every fault of the order: there is one order, or it was refused") {
  mexc_scene scene;
  std::vector<std::vector<json>> sets;
  for (auto& fault : every_fault(true))
    if (!refuses(fault))
      sets.push_back({on("order", fault)});
  trade_through(scene, sets, "filled");
  for (auto& fault : every_fault(true)) {
    if (!refuses(fault))
      continue;
    auto node = scene.client();
    auto symbol = scene.symbol();
    scene.trouble(symbol, {on("order", fault)});
    auto answer = node.http.post("/v1/trades", market_buy(symbol));
    check_problem(answer, 422, "order-rejected");
    CHECK(answer.body["exchangeCode"] ==
          std::to_string(fault.value("code", 30002)));
    scene.check_book(answer.body["tradeId"], 0);
  }
}

TEST_CASE("every fault of the order, twice in a row") {
  mexc_scene scene;
  std::vector<std::vector<json>> sets;
  for (auto name : {"500_before", "drop_request", "hang_before", "429"})
    sets.push_back(
        {{{"on", "order"}, {"fault", name}, {"ms", 3000}, {"times", 2}}});
  trade_through(scene, sets, "filled");
}

TEST_CASE("every fault of the query that follows the order") {
  mexc_scene scene;
  std::vector<std::vector<json>> sets;
  for (auto& fault : every_fault(false))
    sets.push_back({on("query", fault)});
  trade_through(scene, sets, "filled");
}

TEST_CASE("every fault of the query for an order of which nothing was heard") {
  mexc_scene scene;
  std::vector<std::vector<json>> sets;
  for (auto order : {"drop_response", "drop_request"})
    for (auto& fault : every_fault(false))
      sets.push_back({{{"on", "order"}, {"fault", order}},
                      on("query", fault),
                      on("query", fault)});
  trade_through(scene, sets, "filled");
}

TEST_CASE("every fault of the cancellation of an order that lingers") {
  mexc_scene scene;
  scene.exchange.market({{"fill", "never"}});
  std::vector<std::vector<json>> sets;
  for (auto& fault : every_fault(false))
    sets.push_back({on("cancel", fault)});
  trade_through(scene, sets, "cancelled");
}
