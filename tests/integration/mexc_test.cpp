// A node that trades on MEXC, against the fake exchange: keys, and one trade.
// Must not know how the node is built: only the contract's words.
#include "tests/integration/mexc_scene.hpp"
#include "tests/support/cli_process.hpp"

#include <doctest/doctest.h>

#include <fstream>

using namespace holdfast::test;

namespace {

node_config on(const fake_exchange& exchange, const key_files& keys) {
  auto config = trading_on(exchange, keys);
  config.node = "log_level = \"trace\"";
  return config;
}

json market(const std::string& quantity) {
  return {{"symbol", "BTCUSDT"},  {"side", "BUY"},      {"type", "MARKET"},
          {"quantity", quantity}, {"ownerId", "bot-1"}, {"snipeTargetId", "t"}};
}

} // namespace

TEST_CASE("a trade on MEXC has the order that the exchange has, and the keys "
          "stay out of sight") {
  fake_config who{"mx0-key-of-the-test", "s3cret-of-the-test"};
  fake_exchange exchange{who};
  key_files keys{who};
  node_process process{on(exchange, keys)};
  process.start();
  api node{process.port()};
  auto done = node.http.post("/v1/trades", market("0.003"));
  INFO(done.text);
  REQUIRE(done.status == 201);
  CHECK(done.body["status"] == "filled");
  auto id = done.body["order"]["clientOrderId"].get<std::string>();
  auto orders = exchange.orders_of(id);
  REQUIRE(orders.size() == 1);
  CHECK(orders[0]["orderId"] == done.body["order"]["orderId"]);
  CHECK(orders[0]["executedQuantity"] == "0.003");
  auto again = node.http.post("/v1/trades", market("0.003"));
  CHECK(again.status == 200);
  CHECK(exchange.book()["orders"].size() == 1);
  auto refused = node.http.post("/v1/trades", market("0.000001"));
  CHECK(refused.status == 422);
  CHECK(refused.body["exchangeCode"] == "30002");
  auto seen = node.http.get("/v1/journal?limit=1000").text +
              node.http.get("/v1/effects").text + done.text + refused.text;
  CHECK(process.stop() == 0);
  seen += process.output();
  CHECK(seen.find(who.api_key) == std::string::npos);
  CHECK(seen.find(who.secret) == std::string::npos);
  CHECK(seen.find("trading on " + exchange.url()) != std::string::npos);
}

TEST_CASE("a node without its exchange's keys does not start") {
  temp_dir dir;
  auto file = (dir.path() / "node.toml").string();
  std::ofstream{file} << "[trades]\nexchange = \"mexc\"\n";
  for (bool only_check : {true, false}) {
    std::vector<std::string> arguments{"node", "--config", file};
    if (only_check)
      arguments.push_back("--check-config");
    auto result = run_cli(arguments, {{"HOLDFAST_MEXC_API_KEY", ""}});
    CHECK(result.exit_code == 2);
    CHECK(result.err.find("HOLDFAST_MEXC_API_KEY") != std::string::npos);
    auto half = run_cli(arguments, {{"HOLDFAST_MEXC_API_KEY", "mx0"}});
    CHECK(half.exit_code == 2);
    CHECK(half.err.find("HOLDFAST_MEXC_SECRET_KEY") != std::string::npos);
  }
  auto enough = run_cli({"node", "--config", file, "--check-config"},
                        {{"HOLDFAST_MEXC_API_KEY", "mx0"},
                         {"HOLDFAST_MEXC_SECRET_KEY", "s3cret"}});
  CHECK(enough.exit_code == 0);
  CHECK(enough.out.find("s3cret") == std::string::npos);
}
