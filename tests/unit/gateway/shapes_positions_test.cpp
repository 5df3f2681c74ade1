// The JSON of positions and signals, member by member.
#include "gateway/shapes.hpp"
#include "tests/unit/gateway/fake_service.hpp"

#include <doctest/doctest.h>

using namespace holdfast;
using namespace holdfast::test;

namespace {

const std::string ids =
    R"("accountId":"acc-1","positionId":"250999390","pair":"EURUSD",)";
const std::string times = R"("createdAt":"2026-11-22T15:36:35.123Z",)"
                          R"("updatedAt":"2026-11-22T15:36:35.124Z")";

position_record closed_position() {
  auto x = example_position();
  x.open = false;
  x.closed_at_ms = x.updated_at_ms;
  x.close_price = "1.102";
  x.result_pips = "20";
  x.profit = "19.5";
  return x;
}

} // namespace

TEST_CASE("a position names its signal, and says PENDING before it has one") {
  auto x = example_position();
  CHECK(to_json(x) == "{" + ids +
                          R"("signalId":"signal-5f3a9c1e-3",)"
                          R"("status":"completed",)" +
                          times + "}");
  x.announced = false;
  CHECK(to_json(x) ==
        "{" + ids + R"("signalId":null,"status":"completed",)" + times + "}");
  x.status = position_status::processing;
  CHECK(to_json(x) == "{" + ids +
                          R"("signalId":"PENDING","status":"processing",)" +
                          times + "}");
  x.status = position_status::failed;
  CHECK(to_json(x) ==
        "{" + ids + R"("signalId":null,"status":"failed",)" + times + "}");
}

TEST_CASE("a closed position has its end, its profit and its message") {
  auto x = closed_position();
  x.message = {message_status::sent, "-1001234567890", 4711};
  CHECK(to_json(x) ==
        "{" + ids +
            R"("signalId":"signal-5f3a9c1e-3","status":"completed",)"
            R"("lastKnownProfit":"19.5",)" +
            times +
            R"(,"closedAt":"2026-11-22T15:36:35.124Z",)"
            R"("telegramMessageId":4711})");
}

TEST_CASE("R21: a signal has stop loss and take profit only where the position "
          "has them") {
  auto x = example_position();
  CHECK(to_json(signal_view{x}) ==
        R"({"signalId":"signal-5f3a9c1e-3",)" + ids +
            R"("type":"BUY","category":"vip","entryPrice":"1.1",)"
            R"("status":"active",)" +
            times + R"(,"telegram":{"state":"off"}})");
  x.side = position_side::sell;
  x.stop_loss = "1.2";
  x.take_profit = "1.0";
  x.profit = "-3";
  CHECK(to_json(signal_view{x}) ==
        R"({"signalId":"signal-5f3a9c1e-3",)" + ids +
            R"("type":"SELL","category":"vip","entryPrice":"1.1",)"
            R"("stopLoss":"1.2","takeProfit":"1.0",)"
            R"("status":"active","profit":"-3",)" +
            times + R"(,"telegram":{"state":"off"}})");
}

TEST_CASE("a closed signal has its result, as far as it is known") {
  auto x = closed_position();
  x.message = {message_status::sent, "-1001234567890", 4711};
  std::string start = R"({"signalId":"signal-5f3a9c1e-3",)" + ids +
                      R"("type":"BUY","category":"vip","entryPrice":"1.1",)"
                      R"("status":"closed",)";
  auto end = times + R"(,"telegram":{"state":"sent",)"
                     R"("chatId":"-1001234567890","messageId":4711}})";
  CHECK(to_json(signal_view{x}) ==
        start + R"("closePrice":"1.102","resultPips":"20","profit":"19.5",)" +
            end);
  x.close_price.clear();
  x.result_pips.clear();
  x.profit.clear();
  CHECK(to_json(signal_view{x}) == start + end);
}

TEST_CASE("a message in Telegram has one of five states") {
  auto x = example_position();
  for (auto state :
       {message_status::off, message_status::pending, message_status::sent,
        message_status::unknown, message_status::failed}) {
    x.message.status = state;
    CHECK(to_json(signal_view{x})
              .find(R"("telegram":{"state":")" + std::string{to_string(state)} +
                    "\"}") != std::string::npos);
  }
}

TEST_CASE("a page of positions is one of signals, too") {
  position_page page;
  CHECK(to_json(page) == R"({"items":[]})");
  CHECK(to_json(signal_page_view{page}) == R"({"items":[]})");
  page.items = {example_position(), closed_position()};
  page.next_cursor = "c";
  CHECK(to_json(page) == R"({"items":[)" + to_json(page.items[0]) + "," +
                             to_json(page.items[1]) + R"(],"nextCursor":"c"})");
  CHECK(to_json(signal_page_view{page}) ==
        R"({"items":[)" + to_json(signal_view{page.items[0]}) + "," +
            to_json(signal_view{page.items[1]}) + R"(],"nextCursor":"c"})");
}

TEST_CASE("a dead letter of a message names its effect") {
  dead_letter letter;
  letter.id = {1, 3};
  letter.kind = "message_failed";
  letter.effect = {1, 6};
  letter.reason = "Forbidden: bot was kicked";
  CHECK(to_json(letter).find(R"("effectId":"effect-00000001-6",)"
                             R"("reason":"Forbidden)") != std::string::npos);
}
