// Reports of positions as JSON, and the names of their resources.
#include "messages/position.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>
#include <rapidcheck.h>

#include <array>
#include <set>
#include <string>
#include <tuple>
#include <vector>

using namespace holdfast;
using nlohmann::json;

namespace {

std::string random_id() {
  // Few letters, so that ids differ by where the separators stand.
  auto letter = rc::gen::element('a', ':', '%', '2', '5', '3', 'A', '/');
  return *rc::gen::nonEmpty(rc::gen::container<std::string>(letter));
}

/// Any text that is UTF-8.
std::string random_text() {
  std::string text;
  for (const auto& piece : *rc::gen::container<std::vector<std::string>>(
           rc::gen::element<std::string>("a", "\"", "\\", "\n", "ö", "😂", "{",
                                         "\x01", "1.5", "\u0080")))
    text += piece;
  return text;
}

position_event random_event() {
  position_event x;
  x.change =
      *rc::gen::element(position_change::unsaid, position_change::opened,
                        position_change::updated, position_change::closed);
  x.side = *rc::gen::element(position_side::buy, position_side::sell);
  x.account_id = 'a' + random_text();
  x.position_id = 'p' + random_text();
  for (auto* field : {&x.symbol, &x.volume, &x.open_price, &x.current_price,
                      &x.stop_loss, &x.take_profit, &x.profit, &x.commission,
                      &x.swap, &x.close_price, &x.time, &x.comment})
    *field = random_text();
  x.silent = *rc::gen::arbitrary<bool>();
  x.inferred = *rc::gen::arbitrary<bool>();
  x.taken_at_ms = *rc::gen::arbitrary<std::int64_t>();
  return x;
}

/// Every field of a report, to compare them.
auto fields_of(const position_event& x) {
  return std::tie(x.change, x.account_id, x.position_id, x.symbol, x.side,
                  x.volume, x.open_price, x.current_price, x.stop_loss,
                  x.take_profit, x.profit, x.commission, x.swap, x.close_price,
                  x.time, x.comment, x.silent, x.inferred, x.taken_at_ms);
}

} // namespace

TEST_CASE("a report reads back from its JSON as it was") {
  CHECK(rc::check([] {
    auto x = random_event();
    position_event again;
    RC_ASSERT(from_json(to_json(x), again));
    RC_ASSERT(fields_of(again) == fields_of(x));
  }));
}

TEST_CASE("a report's JSON has the contract's names and leaves out what was "
          "not given") {
  position_event x;
  x.account_id = "acc-1";
  x.position_id = "7";
  CHECK(to_json(x) == R"({"type":"BUY","accountId":"acc-1","positionId":"7"})");
  x.change = position_change::closed;
  x.symbol = "EURUSD";
  x.side = position_side::sell;
  x.volume = "1";
  x.open_price = "2";
  x.current_price = "3";
  x.stop_loss = "4";
  x.take_profit = "5";
  x.profit = "6";
  x.commission = "7";
  x.swap = "8";
  x.close_price = "9";
  x.time = "t";
  x.comment = "c";
  CHECK(json::parse(to_json(x)) == json::parse(R"({
    "event": "closed", "accountId": "acc-1", "positionId": "7",
    "symbol": "EURUSD", "type": "SELL", "volume": "1", "openPrice": "2",
    "currentPrice": "3", "stopLoss": "4", "takeProfit": "5", "profit": "6",
    "commission": "7", "swap": "8", "closePrice": "9", "time": "t",
    "comment": "c"})"));
}

TEST_CASE("what is no report does not read as one") {
  position_event x;
  for (auto text :
       {"", "null", "[]", "{}", R"({"accountId":"a"})", R"({"positionId":"p"})",
        R"({"accountId":"","positionId":"p"})",
        R"({"accountId":"a","positionId":7})",
        R"({"accountId":"a","positionId":"p","more":1})",
        R"({"accountId":"a","positionId":"p","event":""})",
        R"({"accountId":"a","positionId":"p","event":"moved"})",
        R"({"accountId":"a","positionId":"p","type":"HOLD"})",
        R"({"accountId":"a","positionId":"p","type":0})",
        R"({"accountId":"a","positionId":"p","silent":1})",
        R"({"accountId":"a","positionId":"p","inferred":"true"})",
        R"({"accountId":"a","positionId":"p","takenAtMs":1.5})",
        R"({"accountId":"a","positionId":"p"} x)"}) {
    CAPTURE(text);
    CHECK_FALSE(from_json(text, x));
  }
}

TEST_CASE("sides read as MetaTrader writes them, too") {
  position_side side{};
  CHECK(from_string("POSITION_TYPE_SELL", side));
  CHECK(side == position_side::sell);
  CHECK(from_string("POSITION_TYPE_BUY", side));
  CHECK(side == position_side::buy);
  for (auto text : {"POSITION_TYPE_", "POSITION_TYPE_POSITION_TYPE_BUY",
                    "DEAL_TYPE_BUY", "buy", "POSITION_TYPE_BUY "})
    CHECK_FALSE(from_string(text, side));
}

TEST_CASE("what was not said is no change that can be read") {
  position_change change = position_change::closed;
  CHECK_FALSE(from_string("", change));
  CHECK(change == position_change::closed);
  CHECK(from_string("updated", change));
  CHECK(change == position_change::updated);
}

TEST_CASE("what became of a message reads as it is written") {
  for (auto x :
       {message_status::off, message_status::pending, message_status::sent,
        message_status::unknown, message_status::failed}) {
    message_status again{};
    CHECK(from_string(to_string(x), again));
    CHECK(again == x);
  }
}

TEST_CASE("an effect that is a message has one channel, and an order none") {
  channel x{};
  CHECK(channel_of("telegram_send", x));
  CHECK(x == channel::telegram);
  CHECK(channel_of("signal_webhook", x));
  CHECK(x == channel::webhook);
  CHECK(channel_of("telegram_edit", x));
  CHECK(x == channel::telegram);
  for (auto kind : {"order", "", "telegram"})
    CHECK_FALSE(channel_of(kind, x));
}

TEST_CASE("R22: a position's resource names its account, and no two "
          "positions share one") {
  CHECK(position_resource("acc-1", "250999390") == "position:acc-1:250999390");
  CHECK(position_resource("a", "b:c") == "position:a:b%3Ac");
  CHECK(position_resource("a:b", "c%d") == "position:a:b:c%25d");
  CHECK(rc::check([] {
    auto account = random_id();
    auto position = random_id();
    auto other_account = random_id();
    auto other_position = random_id();
    auto resource = position_resource(account, position);
    RC_ASSERT(resource.starts_with(account_prefix(account)));
    auto same = account == other_account && position == other_position;
    RC_ASSERT((resource == position_resource(other_account, other_position)) ==
              same);
  }));
}

TEST_CASE("R22: ids that meet at a separator stay apart") {
  // All pairs that short texts of separators can make.
  std::vector<std::string> ids;
  constexpr std::array<char, 4> letters{':', '%', '3', 'A'};
  for (auto a : letters) {
    ids.push_back({a});
    for (auto b : letters) {
      ids.push_back({a, b});
      for (auto c : letters)
        ids.push_back({a, b, c});
    }
  }
  std::set<std::string> seen;
  for (const auto& account : ids)
    for (const auto& position : ids)
      seen.insert(position_resource(account, position));
  CHECK(seen.size() == ids.size() * ids.size());
}
