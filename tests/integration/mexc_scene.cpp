// The scene's configuration, symbols and rules; trade against book.
// Must not know how the node is built: only the contract's words.
#include "tests/integration/mexc_scene.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

namespace holdfast::test {

namespace {

constexpr int symbols_max = 60;

void write_key(const std::string& path, const std::string& text) {
  std::ofstream{path} << text << '\n';
  std::filesystem::permissions(path, std::filesystem::perms{0600});
}

std::string line(const char* name, int value) {
  return std::string{name} + " = " + std::to_string(value) + "\n";
}

json read_trade(api& node, const std::string& id) {
  auto answer = node.http.get("/v1/trades/" + id);
  INFO("the trade: ", answer.text);
  REQUIRE(answer.status == 200);
  return answer.body;
}

} // namespace

key_files::key_files(const fake_config& who) {
  write_key(path("key"), who.api_key);
  write_key(path("secret"), who.secret);
}

std::string key_files::path(const std::string& name) const {
  return (dir.path() / name).string();
}

node_config trading_on(const fake_exchange& exchange, const key_files& keys,
                       const mexc_times& times) {
  node_config config;
  config.trades = "exchange = \"mexc\"\n" +
                  line("reconcile_ms", times.reconcile) +
                  line("settle_ms", times.settle) + times.trades;
  config.locks = "retry_base_ms = 100\n" + times.locks;
  config.more = "[mexc]\nbase_url = \"" + exchange.url() +
                "\"\napi_key_file = \"" + keys.path("key") +
                "\"\nsecret_key_file = \"" + keys.path("secret") + "\"\n" +
                line("recv_window_ms", times.recv_window) +
                line("reconcile_margin_ms", times.margin) +
                line("request_timeout_ms", times.request_timeout);
  return config;
}

json market_buy(const std::string& symbol, const json& more) {
  json body{{"symbol", symbol},   {"side", "BUY"},         {"type", "MARKET"},
            {"quantity", "0.25"}, {"ownerId", "bot-1"},    {"waitMs", 60000},
            {"onLocked", "wait"}, {"snipeTargetId", "one"}};
  body.update(more);
  return body;
}

mexc_scene::mexc_scene(const mexc_times& times)
    : keys(exchange.config()), process(trading_on(exchange, keys, times)) {
  auto list = json::array();
  json prices;
  for (auto i = 0; i < symbols_max; ++i) {
    auto base = "T" + std::to_string(i);
    list.push_back({{"symbol", base + "USDT"}, {"baseAsset", base}});
    prices[base + "USDT"] = "100";
  }
  exchange.symbols(list);
  exchange.market({{"prices", prices}});
  process.start();
}

std::string mexc_scene::symbol() {
  REQUIRE(next_ < symbols_max);
  return "T" + std::to_string(next_++) + "USDT";
}

void mexc_scene::trouble(const std::string& symbol,
                         const std::vector<json>& rules) {
  auto list = json::array();
  for (auto rule : rules) {
    rule["symbol"] = symbol;
    list.push_back(rule);
  }
  exchange.faults(list);
}

std::vector<json> mexc_scene::orders(const std::string& symbol) const {
  std::vector<json> found;
  auto book = exchange.book();
  for (auto& order : book.at("orders"))
    if (order.at("symbol") == symbol)
      found.push_back(order);
  return found;
}

json mexc_scene::reaches(const std::string& trade_id, const std::string& status,
                         std::chrono::milliseconds patience) {
  auto node = client();
  json trade;
  auto done = eventually(
      [&] {
        trade = read_trade(node, trade_id);
        return trade.at("status") == status;
      },
      patience);
  INFO("the trade: ", trade.dump());
  REQUIRE(done);
  return trade;
}

void mexc_scene::check_book(const std::string& trade_id, std::size_t count) {
  auto node = client();
  auto trade = read_trade(node, trade_id);
  auto all = orders(trade.at("symbol"));
  INFO("the trade: ", trade.dump(), " the book: ", json(all).dump());
  CHECK(all.size() == count);
  CHECK(node.resource(trade.at("resourceId")).at("locked") == false);
  std::string status = trade.at("status");
  if (status == "rejected" || status == "failed") {
    CHECK_FALSE(trade.contains("order"));
    return;
  }
  REQUIRE(trade.contains("order"));
  auto& order = trade.at("order");
  auto mine = exchange.orders_of(order.at("clientOrderId"));
  REQUIRE(mine.size() == 1);
  CHECK(order.at("orderId") == mine[0].at("orderId"));
  CHECK(order.at("status") == mine[0].at("status"));
  CHECK(order.at("executedQuantity") == mine[0].at("executedQuantity"));
  CHECK(order.contains("averagePrice") ==
        (order.at("executedQuantity") != "0"));
  CHECK(order.value("averagePrice", "100") == "100");
  CHECK((mine[0].at("status") == "FILLED") == (status == "filled"));
  auto effect =
      node.http.get("/v1/effects/" + trade.at("effectId").get<std::string>());
  INFO("the effect: ", effect.text);
  CHECK(effect.body.at("state") == "done");
  CHECK(effect.body.at("intent").at("clientOrderId") ==
        order.at("clientOrderId"));
}

std::vector<json> every_fault(bool of_orders) {
  std::vector<json> faults{
      {{"fault", "reject"}},
      {{"fault", "status"}, {"status", 404}, {"code", 30005}},
      {{"fault", "429"}},
      {{"fault", "418"}},
      {{"fault", "500_before"}},
      {{"fault", "500_after"}},
      {{"fault", "drop_request"}},
      {{"fault", "drop_response"}},
      {{"fault", "close_keepalive"}},
      {{"fault", "hang_before"}, {"ms", 3000}},
      {{"fault", "hang_after"}, {"ms", 3000}},
      {{"fault", "delay_accept"}, {"ms", 1200}}, // while it is asked for
      {{"fault", "delay_accept"}, {"ms", 2200}}, // its window has passed
      {{"fault", "malformed"}},
      {{"fault", "truncated"}},
      {{"fault", "huge"}},
      {{"fault", "wrong_shape"}},
      {{"fault", "slow_body"}, {"ms", 100}},
  };
  if (of_orders) {
    faults.push_back({{"fault", "late_visible"}, {"ms", 450}});
    faults.push_back({{"fault", "late_visible_drop"}, {"ms", 450}});
  }
  return faults;
}

} // namespace holdfast::test
