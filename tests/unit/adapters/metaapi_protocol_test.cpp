// What MetaApi's lists are taken for, and when a list is none.
#include "adapters/metaapi_protocol.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace holdfast;

namespace {

metaapi_options account() {
  metaapi_options at;
  at.base_url = "http://127.0.0.1:1";
  at.account_id = "acc/1";
  at.token = "secret-token";
  return at;
}

constexpr std::int64_t now_ms = 1'700'000'000'000; // 2023-11-14T22:13:20Z

http_reply replied(int status, const std::string& body,
                   const std::string& retry_after = {}) {
  return {http_reply::replied, status, body, retry_after, {}};
}

fetched_positions positions(const std::string& body, int status = 200,
                            const std::string& retry_after = {}) {
  return read_metaapi_positions(account(), replied(status, body, retry_after),
                                now_ms);
}

const std::string eurusd =
    R"({"id":"250999390","type":"POSITION_TYPE_BUY","symbol":"EURUSD",)"
    R"("magic":1000,"time":"2020-04-15T02:45:06.521Z",)"
    R"("openPrice":1.26101,"currentPrice":1.24883,"volume":0.07,)"
    R"("stopLoss":1.17721,"profit":-85.25999999999966,"commission":-0.25,)"
    R"("swap":0,"comment":"a \"b\"\n"})";

/// The position above with one member in another place or form.
std::string changed(const std::string& member, const std::string& to) {
  auto at = eurusd.find('"' + member + "\":");
  REQUIRE(at != std::string::npos);
  auto end = eurusd.find(",\"", at);
  return eurusd.substr(0, at) + to + eurusd.substr(end);
}

std::string deal(const std::string& id, const std::string& entry,
                 const std::string& volume, const std::string& price,
                 const std::string& amounts,
                 const std::string& time = "2020-04-15T03:00:00.000Z") {
  return R"({"id":")" + id +
         R"(","type":"DEAL_TYPE_SELL","entryType":"DEAL_ENTRY_)" + entry +
         R"(","positionId":"77","volume":)" + volume + R"(,"price":)" + price +
         R"(,"time":")" + time + R"(",)" + amounts + '}';
}

metaapi_deals deals(const std::string& body) {
  return read_metaapi_deals(account(), replied(200, body), "77", now_ms);
}

fetched_close closed_by(const std::string& body) {
  auto list = deals(body);
  INFO(list.why);
  REQUIRE(list.ok);
  return close_of(list.deals);
}

const std::string none = R"("profit":0)";

} // namespace

TEST_CASE("requests name the account, and have the token in a header alone") {
  auto call = metaapi_positions_request(account());
  CHECK(call.method == "GET");
  CHECK(call.url ==
        "http://127.0.0.1:1/users/current/accounts/acc%2F1/positions");
  CHECK(call.headers.front() == "auth-token: secret-token");
  CHECK(call.timeout == account().timeout);
  CHECK(metaapi_deals_request(account(), now_ms, now_ms + 1, 0).url ==
        "http://127.0.0.1:1/users/current/accounts/acc%2F1/history-deals/time/"
        "2023-11-14T22:13:20.000Z/2023-11-14T22:13:20.001Z");
  CHECK(metaapi_deals_request(account(), now_ms, now_ms + 1, 2000)
            .url.ends_with(".001Z?offset=2000"));
}

TEST_CASE("R15: a position has side, volume and prices, digit by digit") {
  auto list = positions('[' + eurusd + ']');
  INFO(list.why);
  REQUIRE(list.ok);
  REQUIRE(list.events.size() == 1);
  const auto& x = list.events.front();
  CHECK(x.change == position_change::unsaid);
  CHECK(x.account_id == "acc/1");
  CHECK(x.position_id == "250999390");
  CHECK(x.symbol == "EURUSD");
  CHECK(x.side == position_side::buy);
  CHECK(x.volume == "0.07");
  CHECK(x.open_price == "1.26101");
  CHECK(x.current_price == "1.24883");
  CHECK(x.stop_loss == "1.17721");
  CHECK(x.profit == "-85.25999999999966");
  CHECK(x.commission == "-0.25");
  CHECK(x.swap == "0");
  CHECK(x.time == "2020-04-15T02:45:06.521Z");
  CHECK(x.comment == "a \"b\" ");
}

TEST_CASE("R21: a stop loss or take profit that is not there is none") {
  auto x = positions('[' + eurusd + ']').events.front();
  CHECK(x.take_profit.empty());
  for (auto to : {R"("stopLoss":null)", R"("stopLoss":0)", R"("x":1)"}) {
    auto list = positions('[' + changed("stopLoss", to) + ']');
    INFO(list.why);
    REQUIRE(list.ok);
    CHECK(list.events.front().stop_loss.empty());
  }
}

TEST_CASE("numbers in any spelling are plain afterwards, and none is rounded") {
  auto list = positions(
      '[' + changed("volume", R"("volume":7.0E-2)") + ',' +
      changed("openPrice", R"("openPrice":123456789012345678.10)") + ']');
  INFO(list.why);
  REQUIRE(list.ok);
  CHECK(list.events[0].volume == "0.07");
  CHECK(list.events[1].open_price == "123456789012345678.1");
}

TEST_CASE("no open positions are a list of none") {
  auto list = positions(" [ ] ");
  CHECK(list.ok);
  CHECK(list.events.empty());
  CHECK(list.why.empty());
}

TEST_CASE("R22: what is no complete list of positions is no list") {
  for (const auto& body :
       {std::string{}, std::string{"null"}, std::string{"{}"},
        std::string{"<html>[]</html>"}, std::string{R"({"positions":[]})"},
        std::string{"\"[]\""}, std::string{"[]]"}, std::string{"[,]"},
        '[' + eurusd, '[' + eurusd.substr(0, 60), '[' + eurusd + ",42]",
        '[' + eurusd + ",null]", '[' + eurusd + ",{}]"}) {
    auto list = positions(body);
    INFO(body);
    CHECK(!list.ok);
    CHECK(list.events.empty());
    CHECK(list.why.starts_with("MetaApi's list of positions cannot be read: "));
  }
}

TEST_CASE("R22: a position without one of its members spoils the list") {
  for (auto member : {"id", "type", "symbol", "openPrice", "volume"}) {
    auto without = changed(member, R"("x":1)");
    auto list = positions('[' + eurusd + ',' + without + ']');
    INFO(member);
    CHECK(!list.ok);
    CHECK(list.events.empty());
    CHECK(list.why == "MetaApi's list of positions cannot be read: element 2 "
                      "has no " +
                          std::string{member});
  }
}

TEST_CASE("R22: a member that is something else spoils the list, too") {
  using text = std::string;
  for (const auto& change :
       std::vector<std::pair<text, text>>{{"id", R"("id":250999390)"},
                                          {"id", R"("id":"")"},
                                          {"type", R"("type":"ORDER")"},
                                          {"symbol", R"("symbol":["EURUSD"])"},
                                          {"openPrice", R"("openPrice":"1.2")"},
                                          {"openPrice", R"("openPrice":-1)"},
                                          {"volume", R"("volume":0)"},
                                          {"volume", R"("volume":1e999)"},
                                          {"stopLoss", R"("stopLoss":"none")"},
                                          {"swap", R"("swap":{})"}}) {
    auto list = positions('[' + changed(change.first, change.second) + ']');
    INFO(change.second);
    CHECK(!list.ok);
    CHECK(list.events.empty());
    CHECK(list.why.find("element 1 has") != text::npos);
  }
}

TEST_CASE("R22: a reply that is none, or an error, is no list") {
  for (auto kind : {http_reply::not_sent, http_reply::broken}) {
    auto list = read_metaapi_positions(
        account(), {kind, 200, "[]", {}, "timed out"}, now_ms);
    CHECK(!list.ok);
    CHECK(list.why == "MetaApi does not answer: timed out");
  }
  for (auto status : {201, 202, 204, 301, 401, 403, 404, 500, 502, 504}) {
    auto list = positions("[]", status);
    INFO(status);
    CHECK(!list.ok);
    CHECK(list.why ==
          "MetaApi answers with HTTP status " + std::to_string(status));
    CHECK(list.retry_after_ms == 0);
  }
  auto list = positions(
      R"({"id":1,"error":"NotFoundError","message":"Account not\nfound"})",
      404);
  CHECK(list.why == "MetaApi answers with HTTP status 404: Account not found");
}

TEST_CASE("a pause is as long as the header says, or else the body") {
  auto later = [](const std::string& time) {
    return R"({"error":"TooManyRequestsError","message":"slow down",)"
           R"("metadata":{"recommendedRetryTime":")" +
           time + R"("}})";
  };
  CHECK(positions(later("2023-11-14T22:13:50.000Z"), 429, "7").retry_after_ms ==
        7000);
  CHECK(positions(later("2023-11-14T22:13:50.000Z"), 429).retry_after_ms ==
        30'000);
  CHECK(positions(later("2023-11-14T22:13:50Z"), 429).retry_after_ms == 30'000);
  CHECK(positions(later("2023-11-14T22:00:00.000Z"), 429).retry_after_ms ==
        1000);
  CHECK(positions(later("2033-11-14T22:00:00.000Z"), 429).retry_after_ms ==
        86'400'000);
  for (auto time : {"", "soon", "2023-11-14", "2023-13-14T22:13:50.000Z",
                    "2023-11-14T22:13:50.000+01:00", "2023-11-14 22:13:50.0Z"})
    CHECK(positions(later(time), 429).retry_after_ms == 0);
  CHECK(positions("[]", 429).ok == false);
}

TEST_CASE("no answer tells the token on") {
  auto body = R"({"message":"token secret-token is not valid"})";
  CHECK(positions(body, 401).why ==
        "MetaApi answers with HTTP status 401: token … is not valid");
  auto list = read_metaapi_positions(
      account(), {http_reply::broken, 0, {}, {}, "secret-token"}, now_ms);
  CHECK(list.why == "MetaApi does not answer: …");
  auto far = std::string(240, 'x') + "secret-token";
  CHECK(positions(R"({"message":")" + far + "\"}", 401).why.find("secr") ==
        std::string::npos);
}

TEST_CASE("a whole close has its price and all that the position brought") {
  auto close = closed_by(
      '[' +
      deal("1", "IN", "0.3", "1.1",
           R"("profit":0,"commission":-0.7,"swap":0)") +
      ',' +
      deal("2", "OUT", "0.1", "1.2",
           R"("profit":10.1,"commission":-0.35,"swap":-0.01)",
           "2020-04-15T04:00:00.000Z") +
      ',' +
      deal("3", "OUT_BY", "0.2", "1.30", R"("profit":20.2,"commission":-0.35)",
           "2020-04-15T05:00:00.000Z") +
      ']');
  CHECK(close.ok);
  CHECK(close.found);
  CHECK(close.close_price == "1.3");
  CHECK(close.profit == "28.89");
  CHECK(close.time == "2020-04-15T05:00:00.000Z");
}

TEST_CASE("R17: a part that was closed is not the whole") {
  auto in = deal("1", "IN", "0.3", "1.1", none);
  auto part = deal("2", "OUT", "0.29", "1.2", none);
  auto close = closed_by('[' + in + ',' + part + ']');
  CHECK(close.ok);
  CHECK(!close.found);
  CHECK(close.close_price.empty());
  CHECK(!closed_by('[' + in + ']').found);
  CHECK(!closed_by("[]").found);
}

TEST_CASE("a close is found when the position came in before the deals begin") {
  CHECK(closed_by('[' + deal("2", "OUT", "0.1", "1.2", none) + ']').found);
}

TEST_CASE("a position that is turned over is closed") {
  CHECK(closed_by('[' + deal("1", "IN", "1", "1.1", none) + ',' +
                  deal("2", "INOUT", "3", "1.2", none) + ']')
            .close_price == "1.2");
}

TEST_CASE(
    "the latest closing deal has the price, in whatever order they come") {
  auto late = deal("3", "OUT", "1", "1.3", none, "2020-04-15T05:00:00.000Z");
  auto early = deal("2", "OUT", "1", "1.2", none, "2020-04-15T04:00:00.000Z");
  CHECK(closed_by('[' + late + ',' + early + ']').close_price == "1.3");
  CHECK(closed_by('[' + early + ',' + late + ']').close_price == "1.3");
}

TEST_CASE("a deal that is listed twice counts once") {
  auto in = deal("1", "IN", "2", "1.1", none);
  auto out = deal("2", "OUT", "1", "1.2", R"("profit":0.1)");
  CHECK(!closed_by('[' + in + ',' + out + ',' + out + ']').found);
  auto rest = deal("3", "OUT", "1", "1.2", R"("profit":0.2)");
  CHECK(closed_by('[' + in + ',' + out + ',' + rest + ',' + out + ']').profit ==
        "0.3");
}

TEST_CASE("deals of other positions, and deposits, are only counted") {
  const std::string deposit =
      R"({"id":"9","type":"DEAL_TYPE_BALANCE","profit":1000})";
  auto other = deal("1", "OUT", "1", "9", R"("profit":5)");
  other.replace(other.find("77"), 2, "78");
  auto list = deals('[' + deposit + ',' + other + ',' +
                    deal("2", "OUT", "1", "1.2", none) + ']');
  CHECK(list.ok);
  CHECK(list.listed == 3);
  CHECK(list.deals.size() == 1);
  // A fee that names the position is part of what it brought.
  CHECK(closed_by('[' + deal("2", "OUT", "1", "1.2", R"("profit":5)") +
                  R"(,{"id":"3","type":"DEAL_TYPE_COMMISSION",)"
                  R"("positionId":"77","profit":-0.5}])")
            .profit == "4.5");
}

TEST_CASE("a list of deals that cannot be read tells nothing") {
  auto good = deal("1", "OUT", "1", "1.2", none);
  for (const auto& body :
       {std::string{}, std::string{"{}"}, '[' + good, '[' + good + ",7]",
        '[' + deal("1", "OUT", "null", "1.2", none) + ']',
        '[' + deal("1", "OUT", "1", "\"1.2\"", none) + ']',
        '[' + deal("1", "OUT", "1e999", "1.2", none) + ']',
        '[' + deal("1", "OUT", "1", "1.2", R"("swap":0)") + ']'}) {
    auto list = deals(body);
    INFO(body);
    CHECK(!list.ok);
    CHECK(list.deals.empty());
    CHECK(list.why.starts_with("MetaApi's list of deals cannot be read: "));
  }
  auto list =
      read_metaapi_deals(account(), replied(429, "{}", "3"), "77", now_ms);
  CHECK(!list.ok);
  CHECK(list.retry_after_ms == 3000);
}
