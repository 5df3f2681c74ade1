// What MEXC's JSON is read as: digit by digit, or not at all.
#include "adapters/mexc_replies.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace holdfast;
using nlohmann::json;

namespace {

const mexc_expected mine{"ABC", "BTCUSDT", {}};

json order_json() {
  return {{"symbol", "BTCUSDT"},
          {"orderId", "C02__1"},
          {"clientOrderId", "ABC"},
          {"price", "0"},
          {"origQty", "0.003"},
          {"executedQty", "0.0030"},
          {"cummulativeQuoteQty", "150.0015"},
          {"status", "FILLED"}};
}

mexc_symbol rules() { return {true, "0.001", 4, 2}; }

std::string refusal_of(const mexc_symbol& symbol, const place_order& order) {
  auto refusal = check_mexc_order(symbol, order);
  if (!refusal)
    return {};
  CHECK(refusal->kind == order_report::rejected);
  return refusal->exchange_code + ": " + refusal->message;
}

place_order limit(const std::string& quantity, const std::string& price) {
  return {"a", "BTCUSDT", "BUY", "LIMIT", quantity, "", price};
}

json symbol_json() {
  return {{"symbol", "BTCUSDT"},          {"status", "1"},
          {"isSpotTradingAllowed", true}, {"baseSizePrecision", "0.0001"},
          {"baseAssetPrecision", 5},      {"quotePrecision", 2}};
}

} // namespace

TEST_CASE("an order is told as the exchange has it") {
  auto order = read_mexc_order(order_json().dump(), mine);
  REQUIRE(order);
  CHECK(json::parse(*order) == json{{"orderId", "C02__1"},
                                    {"clientOrderId", "ABC"},
                                    {"status", "FILLED"},
                                    {"executedQuantity", "0.003"},
                                    {"executedQuoteQuantity", "150.0015"},
                                    {"averagePrice", "50000.5"}});
}

TEST_CASE("M18: what the exchange does not tell is left out, not assumed") {
  auto text = order_json();
  text.erase("cummulativeQuoteQty");
  auto order = json::parse(read_mexc_order(text.dump(), mine).value());
  CHECK_FALSE(order.contains("averagePrice"));
  CHECK_FALSE(order.contains("executedQuoteQuantity"));
  text = order_json();
  text["executedQty"] = "0";
  text["cummulativeQuoteQty"] = "0.000";
  text["status"] = "NEW";
  order = json::parse(read_mexc_order(text.dump(), mine).value());
  CHECK(order["executedQuantity"] == "0");
  CHECK_FALSE(order.contains("averagePrice"));
  text.erase("executedQty");
  CHECK_FALSE(read_mexc_order(text.dump(), mine));
  order = json::parse(unknown_mexc_order("ABC", "7"));
  CHECK(order == json{{"orderId", "7"},
                      {"clientOrderId", "ABC"},
                      {"status", "UNKNOWN"}});
}

TEST_CASE("amounts are read digit by digit, as text or number") {
  auto text = R"({"orderId":12345678901234567890,"status":"PARTIALLY_FILLED",)"
              R"("executedQty":12345678901234567.123456789,)"
              R"("cummulativeQuoteQty":"1e-7"})";
  auto order = json::parse(read_mexc_order(text, mine).value());
  CHECK(order["orderId"] == "12345678901234567890");
  CHECK(order["executedQuantity"] == "12345678901234567.123456789");
  CHECK(order["executedQuoteQuantity"] == "0.0000001");
}

TEST_CASE("another order, or none, is not taken for ours") {
  auto differs = [](const char* name, const json& value) {
    auto text = order_json();
    text[name] = value;
    return !read_mexc_order(text.dump(), {"ABC", "BTCUSDT", "C02__1"});
  };
  CHECK_FALSE(differs("symbol", "BTCUSDT"));
  CHECK(differs("symbol", "ETHUSDT"));
  CHECK(differs("clientOrderId", "ABD"));
  CHECK(differs("orderId", "C02__2"));
  CHECK(differs("orderId", nullptr));
  CHECK(differs("status", "filled?"));
  CHECK(differs("status", nullptr));
  CHECK(differs("executedQty", "-1"));
  CHECK(differs("executedQty", "a lot"));
  CHECK(differs("executedQty", true));
  for (auto text : {"", "[]", "{", "null", "{\"orderId\":\"1\"}", "<html>",
                    R"({"orderId":"1","orderId":"2","status":"NEW"})"}) {
    INFO(text);
    CHECK_FALSE(read_mexc_order(text, mine));
  }
}

TEST_CASE("the average price is exact, or rounded at the 18th decimal") {
  CHECK(divide_amounts("1", "3") == "0.333333333333333333");
  CHECK(divide_amounts("2", "3") == "0.666666666666666667");
  CHECK(divide_amounts("100", "4") == "25");
  CHECK(divide_amounts("0", "4") == "0");
  CHECK(divide_amounts("0.00000812", "1000") == "0.00000000812");
  CHECK(divide_amounts("1", "2000000000000000000") == "0.000000000000000001");
  CHECK(divide_amounts("1", "2000000000000000001") == "0");
  CHECK(divide_amounts("99999999999999999999999999999999999999", "0.1") ==
        "999999999999999999999999999999999999990");
}

TEST_CASE("the id of a placed order is text or number") {
  CHECK(read_mexc_order_id(R"({"symbol":"B","orderId":"C02__7"})") == "C02__7");
  CHECK(read_mexc_order_id(R"({"orderId":7})") == "7");
  for (auto text : {"", "{}", R"({"orderId":null})", R"({"orderId":""})",
                    R"({"orderId":"a b"})", R"({"orderId":["7"]})", "7"})
    CHECK(read_mexc_order_id(text).empty());
}

TEST_CASE("a server's time is milliseconds, or none") {
  CHECK(read_mexc_time(R"({"serverTime":1645539742000})") == 1645539742000);
  for (auto text : {"", "{}", R"({"serverTime":"soon"})", R"({"serverTime":0})",
                    R"({"serverTime":1645539742})", R"({"serverTime":1.5e12})",
                    R"({"serverTime":1645539742000000})"})
    CHECK_FALSE(read_mexc_time(text));
}

TEST_CASE("a symbol trades under both spellings of its status") {
  auto read = [](const json& entry) {
    return read_mexc_symbol(json{{"symbols", {entry}}}.dump(), "BTCUSDT");
  };
  for (auto status : {"1", "ENABLED"}) {
    auto entry = symbol_json();
    entry["status"] = status;
    auto reply = read(entry);
    REQUIRE(reply.kind == mexc_symbol_reply::found);
    CHECK(reply.symbol.tradable);
    CHECK(reply.symbol.quantity_min == "0.0001");
    CHECK(reply.symbol.quantity_decimals == 5);
    CHECK(reply.symbol.price_decimals == 2);
  }
  for (auto status : {"2", "3", "PAUSED", ""}) {
    auto entry = symbol_json();
    entry["status"] = status;
    CHECK_FALSE(read(entry).symbol.tradable);
  }
  auto entry = symbol_json();
  entry["isSpotTradingAllowed"] = false;
  CHECK_FALSE(read(entry).symbol.tradable);
  entry["symbol"] = "ETHUSDT";
  CHECK(read(entry).kind == mexc_symbol_reply::not_listed);
  CHECK(read_mexc_symbol("{}", "BTCUSDT").kind ==
        mexc_symbol_reply::unreadable);
  CHECK(read_mexc_symbol("<html>", "BTCUSDT").kind ==
        mexc_symbol_reply::unreadable);
}

TEST_CASE("what the exchange would refuse is seen before sending") {
  CHECK(refusal_of(rules(), limit("0.001", "1.25")).empty());
  CHECK(refusal_of(rules(), limit("1000", "1")).empty());
  CHECK(refusal_of(rules(), limit("0.0009", "1")) ==
        "30002: quantity 0.0009 is less than 0.001, the minimum of BTCUSDT "
        "(seen before sending)");
  CHECK(refusal_of(rules(), limit("0.00101", "1")) ==
        ": quantity 0.00101 has more than the 4 decimals that BTCUSDT takes "
        "(seen before sending)");
  CHECK(refusal_of(rules(), limit("1", "1.255")) ==
        ": price 1.255 has more than the 2 decimals that BTCUSDT takes (seen "
        "before sending)");
  auto closed = rules();
  closed.tradable = false;
  CHECK(refusal_of(closed, limit("1", "1")).starts_with("10007: "));
}

TEST_CASE("what the exchange did not say is not checked") {
  mexc_symbol little;
  little.tradable = true;
  CHECK(refusal_of(little, limit("0.000000001", "0.000000001")).empty());
  place_order by_money{"a", "BTCUSDT", "BUY", "MARKET", "", "0.0001", ""};
  CHECK(refusal_of(rules(), by_money).empty());
}
