// Orders whose outcome is unknown, and orders that are not over when the
// exchange has accepted them.
#include "trade_world.hpp"

#include <algorithm>

using namespace holdfast;
using namespace holdfast::test;

namespace {

order_report order_in(const std::string& status, const std::string& executed) {
  return {order_report::accepted,
          R"({"orderId":"1","status":")" + status +
              R"(","executedQuantity":")" + executed + R"("})",
          {},
          {},
          0};
}

const order_report none{order_report::not_found, {}, {}, "no such order", 0};

} // namespace

TEST_CASE_FIXTURE(trade_world, "M15: after a time-out the exchange is asked, "
                               "and what it has is the outcome") {
  orders->answers.push_back(time_out());
  orders->found = order_in("FILLED", "1");
  auto lock = now(acquire(want_trade("k"))).lock;
  advance(1000);
  CHECK(outcome(lock).status == trade_status::filled);
  CHECK(orders->placed.size() == 1);
  CHECK(orders->looked_for[0].client_order_id ==
        orders->placed[0].client_order_id);
  check();
}

TEST_CASE_FIXTURE(trade_world, "an order that surely did not arrive is sent "
                               "again under the same name") {
  orders->answers.push_back(time_out());
  auto lock = now(acquire(want_trade("k"))).lock;
  SUBCASE("at once") { advance(10'000); }
  SUBCASE("when that is sure") {
    orders->found = time_out();
    advance(8'000);
    CHECK(orders->placed.size() == 1);
    orders->found = none;
    advance(10'000);
  }
  REQUIRE(orders->placed.size() == 2);
  CHECK(orders->placed[0].client_order_id == orders->placed[1].client_order_id);
  CHECK(outcome(lock).status == trade_status::filled);
  check();
}

TEST_CASE_FIXTURE(trade_world, "an order that never arrives is not sent more "
                               "often than attempts are allowed") {
  for (int i = 0; i < 10; ++i)
    orders->answers.push_back(time_out());
  auto lock = now(acquire(want_trade("k"))).lock;
  advance(10 * 60'000);
  CHECK(orders->placed.size() == 4);
  auto trade = outcome(lock);
  CHECK(trade.status == trade_status::failed);
  CHECK(trade.failure.find("exchange-unavailable") != std::string::npos);
  check();
}

TEST_CASE_FIXTURE(trade_world, "a lock does not end, and nobody follows, while "
                               "its order may still come") {
  orders->answers.push_back(time_out());
  orders->found = time_out();
  auto lock = now(acquire(want_trade("k"))).lock;
  auto next = now(acquire(want_trade("other"))).entry;
  for (int i = 0; i < 200; ++i) {
    advance(1000);
    REQUIRE(state(btc_trades).holder->id == lock.id);
  }
  CHECK(orders->placed.size() == 1);
  CHECK(outcome(lock).status == trade_status::in_doubt);
  // The exchange is asked on, every half minute.
  orders->looked_for.clear();
  advance(300'000);
  CHECK(orders->looked_for.size() == 10);
  orders->found = order_in("FILLED", "1");
  advance(31'000);
  auto trade = outcome(lock);
  CHECK(trade.status == trade_status::filled);
  CHECK(trade.order.find("\"executedQuantity\":\"1\"") != std::string::npos);
  CHECK(outcome(trade_id{next.record.id.store, next.record.id.number}).status ==
        trade_status::filled);
  check();
}

TEST_CASE_FIXTURE(trade_world, "a trade in doubt is found again after a "
                               "restart, and sent when the exchange surely "
                               "has no order") {
  orders->answers.push_back(time_out());
  orders->found = time_out();
  auto lock = now(acquire(want_trade("k"))).lock;
  advance(20'000);
  CHECK(outcome(lock).status == trade_status::in_doubt);
  die_and_come_back();
  orders->found = none;
  advance(31'000);
  CHECK(orders->placed.size() == 2);
  CHECK(outcome(lock).status == trade_status::filled);
  CHECK(effects()[0].state == effect_state::done);
  check();
}

TEST_CASE_FIXTURE(trade_world, "an operator's word on a trade in doubt is "
                               "completed by what the exchange says later") {
  orders->answers.push_back(time_out());
  orders->found = time_out();
  auto lock = now(acquire(want_trade("k"))).lock;
  advance(20'000);
  now(ask<lock_record>(locks(), resolve_lock{{},
                                             lock.id,
                                             resolution::done,
                                             R"({"orderId":"1"})",
                                             "op",
                                             "seen there"}));
  auto trade = outcome(lock);
  CHECK(trade.status == trade_status::placed);
  CHECK(trade.order == R"({"orderId":"1"})");
  orders->found = order_in("PARTIALLY_CANCELED", "0.4");
  advance(70'000);
  CHECK(outcome(lock).status == trade_status::partially_filled);
  check();
}

TEST_CASE_FIXTURE(trade_world, "an order that an operator did not see is asked "
                               "for before it is sent again") {
  orders->answers.push_back(time_out());
  orders->found = time_out();
  auto lock = now(acquire(want_trade("k"))).lock;
  advance(20'000);
  orders->found = order_in("FILLED", "1");
  now(ask<lock_record>(
      locks(),
      resolve_lock{{}, lock.id, resolution::retry, {}, "op", "not there"}));
  advance(1);
  CHECK(outcome(lock).status == trade_status::filled);
  CHECK(orders->placed.size() == 1);
  check();
}

TEST_CASE_FIXTURE(trade_world, "a lock whose task is under way is not "
                               "resolved, nor one of another owner") {
  orders->answers.push_back(time_out());
  orders->found = time_out();
  auto lock = now(acquire(want_trade("k"))).lock;
  resolve_lock cmd{{}, lock.id, resolution::failed, {}, "op", "why"};
  auto early = ask<lock_record>(locks(), cmd);
  settle();
  CHECK(early->code() == errc::in_progress);
  advance(20'000);
  cmd.bound_to = "somebody else";
  auto foreign = ask<lock_record>(locks(), cmd);
  settle();
  CHECK(foreign->code() == errc::forbidden);
  CHECK(outcome(lock).status == trade_status::in_doubt);
}

TEST_CASE_FIXTURE(trade_world, "a market order that is open holds its lock "
                               "until it has ended") {
  orders->answers.push_back(order_in("PARTIALLY_FILLED", "0.5"));
  orders->found = order_in("PARTIALLY_FILLED", "0.7");
  auto lock = now(acquire(want_trade("k"))).lock;
  advance(5'000);
  CHECK(outcome(lock).status == trade_status::executing);
  orders->found = order_in("FILLED", "1");
  advance(5'000);
  CHECK(outcome(lock).status == trade_status::filled);
  CHECK(orders->cancelled.empty());
  check();
}

TEST_CASE_FIXTURE(trade_world, "what is left of a market order after the time "
                               "for it is cancelled, again while it is open") {
  orders->answers.push_back(order_in("NEW", "0"));
  orders->found = order_in("PARTIALLY_FILLED", "0.7");
  auto lock = now(acquire(want_trade("k"))).lock;
  advance(patience.settle_ms + 1000);
  REQUIRE_FALSE(orders->cancelled.empty());
  for (auto& cancelled : orders->cancelled)
    CHECK(cancelled.client_order_id == orders->placed[0].client_order_id);
  CHECK(outcome(lock).status == trade_status::executing);
  SUBCASE("it ends with what was filled") {
    orders->found = order_in("PARTIALLY_CANCELED", "0.7");
    advance(5'000);
    CHECK(outcome(lock).status == trade_status::partially_filled);
    check();
  }
  SUBCASE("it does not end: nobody knows what will come") {
    advance(60'000);
    CHECK(outcome(lock).status == trade_status::in_doubt);
    // A cancellation may have been lost; but not without end.
    auto asked = orders->cancelled.size();
    CHECK(asked > 1);
    advance(60'000);
    CHECK(orders->cancelled.size() == asked);
  }
}

TEST_CASE_FIXTURE(trade_world, "a limit order is placed, and followed without "
                               "the lock until it has ended") {
  orders->answers.push_back(order_in("NEW", "0"));
  orders->found = order_in("NEW", "0");
  auto lock = now(acquire(want_limit("k"))).lock;
  settle();
  CHECK(outcome(lock).status == trade_status::placed);
  CHECK_FALSE(state(btc_trades).holder);
  advance(5'000);
  orders->found = order_in("PARTIALLY_FILLED", "0.3");
  SUBCASE("by the same node") {}
  SUBCASE("by the next one") { die_and_come_back(); }
  advance(70'000);
  CHECK(outcome(lock).status == trade_status::partially_filled);
  orders->found = order_in("FILLED", "1");
  advance(70'000);
  CHECK(outcome(lock).status == trade_status::filled);
  auto rows = kinds(btc_trades);
  CHECK(std::ranges::count(rows, event_kind::trade_executed) == 3);
  auto asked = orders->looked_for.size();
  advance(120'000);
  CHECK(orders->looked_for.size() == asked);
  CHECK(orders->placed.size() == 1);
  check();
}

TEST_CASE_FIXTURE(trade_world, "a limit order is not followed for ever") {
  patience.follow_ms = 60'000;
  go();
  come();
  orders->answers.push_back(order_in("NEW", "0"));
  orders->found = order_in("NEW", "0");
  auto lock = now(acquire(want_limit("k"))).lock;
  advance(120'000);
  auto asked = orders->looked_for.size();
  CHECK(asked > 3);
  advance(600'000);
  CHECK(orders->looked_for.size() == asked);
  CHECK(outcome(lock).status == trade_status::placed);
}

TEST_CASE_FIXTURE(trade_world, "a paused node asks for what may have been "
                               "sent, and sends nothing") {
  orders->hold = true;
  auto lock = now(acquire(want_trade("k"))).lock;
  settle();
  orders->hold = false;
  now(ask<bool>(locks(), set_paused{true, "op"}));
  SUBCASE("it is there") {
    orders->found = order_in("FILLED", "1");
    die_and_come_back();
    advance(1000);
    CHECK(outcome(lock).status == trade_status::filled);
    CHECK(orders->placed.size() == 1);
  }
  SUBCASE("it is not there") {
    die_and_come_back();
    advance(60'000);
    CHECK(orders->placed.size() == 1);
    CHECK(outcome(lock).status == trade_status::executing);
    now(ask<bool>(locks(), set_paused{false, "op"}));
    advance(1000);
    CHECK(orders->placed.size() == 2);
    CHECK(outcome(lock).status == trade_status::filled);
  }
  check();
}

TEST_CASE_FIXTURE(trade_world, "a trade out of a backup is asked for before it "
                               "is sent the first time") {
  auto hand = now(acquire(want(btc_trades, "by hand"))).lock;
  auto entry = now(acquire(want_trade("k"))).entry.record.id;
  around()->restored_below = entry.number + 1;
  orders->found = order_in("FILLED", "1");
  now(release(hand));
  settle();
  CHECK(orders->placed.empty());
  CHECK(outcome(trade_id{entry.store, entry.number}).status ==
        trade_status::filled);
  check();
}

TEST_CASE_FIXTURE(trade_world, "a refusal of a name that the exchange has an "
                               "order for is no refusal of the trade") {
  orders->answers.push_back(time_out());
  auto lock = now(acquire(want_trade("k"))).lock;
  orders->answers.push_back(
      {order_report::rejected, {}, "-2010", "duplicate order", 0});
  // It has come after all, though the exchange was sure that it had not.
  orders->on_placed = [&] { orders->found = order_in("FILLED", "1"); };
  advance(60'000);
  CHECK(orders->placed.size() == 2);
  CHECK(outcome(lock).status == trade_status::filled);
  check();
}

TEST_CASE_FIXTURE(trade_world, "who stops waits for what is being sent, and "
                               "sends nothing more") {
  orders->hold = true;
  auto lock = now(acquire(want_trade("k"))).lock;
  settle();
  REQUIRE(orders->placed.size() == 1);
  auto finished = ask<bool>(trader, finish_sending{});
  settle();
  CHECK(finished->pending());
  caf::anon_send(exchange, filled("x"));
  settle();
  CHECK(finished->ok());
  CHECK(outcome(lock).status == trade_status::filled);
  now(acquire(want_trade("later")));
  advance(60'000);
  CHECK(orders->placed.size() == 1);
}
