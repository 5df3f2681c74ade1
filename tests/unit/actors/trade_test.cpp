// Trades through the real actors, with an exchange of the test's own.
#include "trade_world.hpp"

using namespace holdfast;
using namespace holdfast::test;

TEST_CASE_FIXTURE(trade_world, "a trade is granted, written down, placed, and "
                               "ends with its order, in three commits") {
  auto before = disk().last_seq();
  auto lock = now(acquire(want_trade("k"))).lock;
  settle();
  auto trade = outcome(lock);
  CHECK(trade.status == trade_status::filled);
  CHECK(
      trade.order ==
      lock_record{now(ask<lock_record>(queries(), get_lock{lock.id}))}.result);
  REQUIRE(orders->placed.size() == 1);
  CHECK(orders->placed[0].client_order_id ==
        client_order_id(btc_trades, "k", trade.id.number));
  CHECK(kinds(btc_trades) ==
        std::vector<event_kind>{event_kind::granted, event_kind::effect_sending,
                                event_kind::effect_done, event_kind::released,
                                event_kind::trade_executed});
  auto ledger = effects();
  REQUIRE(ledger.size() == 1);
  CHECK(ledger[0].state == effect_state::done);
  CHECK(ledger[0].outcome == trade.order);
  CHECK(ledger[0].id == trade.effect);
  CHECK(disk().last_seq() == before + 5);
  check();
}

TEST_CASE_FIXTURE(trade_world, "an equal trade is answered with the first "
                               "one's order, and placed once") {
  auto first = now(acquire(want_trade("k"))).lock;
  settle();
  auto again = now(acquire(want_trade("k")));
  CHECK(again.outcome == acquire_outcome::replayed);
  CHECK(trade_of(again.lock) == trade_of(first));
  CHECK(orders->placed.size() == 1);
  CHECK(trades().size() == 1);
  check();
}

TEST_CASE_FIXTURE(trade_world, "the intent is durable before the exchange "
                               "hears of it") {
  orders->hold = true;
  auto lock = now(acquire(want_trade("k"))).lock;
  settle();
  REQUIRE(orders->placed.size() == 1);
  auto ledger = effects();
  REQUIRE(ledger.size() == 1);
  CHECK(ledger[0].state == effect_state::sending);
  CHECK(ledger[0].intent.find(orders->placed[0].client_order_id) !=
        std::string::npos);
  CHECK(outcome(lock).status == trade_status::executing);
}

TEST_CASE_FIXTURE(trade_world, "M14: after a crash while an order is out, the "
                               "exchange is asked before anything is sent") {
  orders->hold = true;
  auto lock = now(acquire(want_trade("k"))).lock;
  settle();
  orders->hold = false;
  auto id = orders->placed[0].client_order_id;
  SUBCASE("it has the order: that is the outcome") {
    orders->found = filled(id);
    die_and_come_back();
    advance(1);
    CHECK(orders->placed.size() == 1);
  }
  SUBCASE("it surely has not: the same order is sent") {
    die_and_come_back();
    advance(1);
    REQUIRE(orders->placed.size() == 2);
    CHECK(orders->placed[1].client_order_id == id);
  }
  CHECK(orders->looked_for.size() == 1);
  CHECK(outcome(lock).status == trade_status::filled);
  CHECK(now(acquire(want_trade("k"))).outcome == acquire_outcome::replayed);
  check();
}

TEST_CASE_FIXTURE(trade_world, "an order that cannot be asked about after a "
                               "crash is in doubt, and blocks") {
  orders->hold = true;
  auto lock = now(acquire(want_trade("k"))).lock;
  settle();
  orders->hold = false;
  orders->found = {order_report::unavailable, {}, {}, "no route", 0};
  die_and_come_back();
  advance(patience.reconcile_ms - 1);
  CHECK(outcome(lock).status == trade_status::executing);
  advance(1);
  CHECK(orders->placed.size() == 1);
  CHECK(outcome(lock).status == trade_status::in_doubt);
  CHECK(effects()[0].state == effect_state::unknown);
  CHECK(now(ask<stats>(queries(), get_stats{})).effects_unknown == 1);
  auto forced =
      ask<force_released>(locks(), force_release{{}, lock.id, "op", "why"});
  settle();
  CHECK(forced->code() == errc::in_doubt);
  auto by_owner =
      ask<force_released>(locks(), force_release_owner{"bot", "op", "all"});
  settle();
  CHECK(by_owner->code() == errc::in_doubt);
  CHECK(by_owner->why().lock_id == to_string(lock.id));
  // An operator finds out.
  now(ask<lock_record>(locks(), resolve_lock{{},
                                             lock.id,
                                             resolution::done,
                                             R"({"status":"FILLED"})",
                                             "op",
                                             "seen at the exchange"}));
  settle();
  CHECK(outcome(lock).status == trade_status::filled);
  CHECK(effects()[0].state == effect_state::done);
  check();
}

TEST_CASE_FIXTURE(trade_world, "M16: a refused order fails its lock, is not "
                               "tried again by itself, and never replayed as "
                               "success") {
  orders->answers.push_back(rejection());
  auto lock = now(acquire(want_trade("k"))).lock;
  advance(60'000);
  auto trade = outcome(lock);
  CHECK(trade.status == trade_status::rejected);
  CHECK(trade.error == "too little");
  CHECK(trade.failure.find("30002") != std::string::npos);
  CHECK(trade.order.empty());
  CHECK(orders->placed.size() == 1);
  CHECK(effects()[0].state == effect_state::failed);
  CHECK(kinds(btc_trades) ==
        std::vector<event_kind>{event_kind::granted, event_kind::effect_sending,
                                event_kind::effect_failed, event_kind::failed,
                                event_kind::trade_rejected,
                                event_kind::dead_lettered});
  // The caller may try again: another trade, another order.
  auto again = now(acquire(want_trade("k")));
  CHECK(again.outcome == acquire_outcome::granted);
  settle();
  CHECK(outcome(again.lock).status == trade_status::filled);
  REQUIRE(orders->placed.size() == 2);
  CHECK(orders->placed[0].client_order_id != orders->placed[1].client_order_id);
  check();
}

TEST_CASE_FIXTURE(trade_world, "an order that was surely not sent is tried "
                               "again under the same name") {
  orders->answers.push_back(
      {order_report::unavailable, {}, {}, "connection refused", 0});
  auto lock = now(acquire(want_trade("k"))).lock;
  settle();
  CHECK(effects()[0].state == effect_state::pending);
  advance(1000);
  REQUIRE(orders->placed.size() == 2);
  CHECK(orders->placed[0].client_order_id == orders->placed[1].client_order_id);
  CHECK(outcome(lock).status == trade_status::filled);
  CHECK(effects()[0].attempts == 2);
  check();
}

TEST_CASE_FIXTURE(trade_world, "an exchange that stays away fails the trade "
                               "after its last attempt") {
  for (int i = 0; i < 4; ++i)
    orders->answers.push_back(
        {order_report::unavailable, {}, {}, "connection refused", 0});
  auto lock = now(acquire(want_trade("k"))).lock;
  advance(60'000);
  auto trade = outcome(lock);
  CHECK(trade.status == trade_status::failed);
  CHECK(trade.failure.find("exchange-unavailable") != std::string::npos);
  CHECK(effects()[0].state == effect_state::failed);
  check();
}

TEST_CASE_FIXTURE(trade_world, "M15: an unknown outcome is no failure: the "
                               "lock is in doubt until somebody finds out") {
  orders->answers.push_back(time_out());
  orders->found = time_out();
  auto lock = now(acquire(want_trade("k"))).lock;
  auto next = now(acquire(want_trade("other"))).entry;
  advance(10 * 60'000);
  CHECK(outcome(lock).status == trade_status::in_doubt);
  CHECK(orders->placed.size() == 1);
  CHECK(state(btc_trades).holder->id == lock.id);
  orders->found = {order_report::not_found, {}, {}, "no such order", 0};
  now(ask<lock_record>(
      locks(),
      resolve_lock{{}, lock.id, resolution::retry, {}, "op", "not there"}));
  advance(1);
  CHECK(outcome(lock).status == trade_status::filled);
  REQUIRE(orders->placed.size() == 3);
  CHECK(orders->placed[0].client_order_id == orders->placed[1].client_order_id);
  CHECK(outcome(trade_id{next.record.id.store, next.record.id.number}).status ==
        trade_status::filled);
  check();
}

TEST_CASE_FIXTURE(trade_world, "a queued trade is listed, runs when its turn "
                               "comes, SELL before BUY") {
  auto lock = now(acquire(want(btc_trades, "by hand"))).lock;
  auto buy = now(acquire(want_trade("buy"))).entry.record.id;
  auto sell = now(acquire(want_trade("sell", "SELL"))).entry.record.id;
  trade_id first{buy.store, buy.number};
  CHECK(outcome(first).status == trade_status::queued);
  auto watching =
      ask<trade_record>(locks(), watch_trade{{}, first, {}, 60'000, 0});
  settle();
  CHECK(watching->pending());
  now(release(lock));
  settle();
  REQUIRE(orders->placed.size() == 2);
  CHECK(orders->placed[0].side == "SELL");
  CHECK(orders->placed[1].side == "BUY");
  REQUIRE(watching->ok());
  CHECK((*watching)->status == trade_status::filled);
  CHECK((*watching)->created_at_ms > 0);
  CHECK(outcome(trade_id{sell.store, sell.number}).status ==
        trade_status::filled);
  check();
}

TEST_CASE_FIXTURE(trade_world, "a trade that is cancelled in the queue is "
                               "never placed") {
  auto lock = now(acquire(want(btc_trades, "by hand"))).lock;
  auto entry = now(acquire(want_trade("k"))).entry.record.id;
  now(ask<entry_view>(locks(), cancel_entry{{}, entry, "op"}));
  now(release(lock));
  settle();
  CHECK(orders->placed.empty());
  CHECK(outcome(trade_id{entry.store, entry.number}).status ==
        trade_status::cancelled);
  check();
}

TEST_CASE_FIXTURE(trade_world, "a lock is not forced while its order is out, "
                               "and may be while it waits for a retry") {
  orders->hold = true;
  auto lock = now(acquire(want_trade("k"))).lock;
  settle();
  auto forced =
      ask<force_released>(locks(), force_release{{}, lock.id, "op", "why"});
  settle();
  CHECK(forced->code() == errc::in_doubt);
  // When all of its owner's locks are to go, the others go, and he who asked
  // hears of this one.
  auto other = now(acquire(want("other", "bot"))).lock;
  auto by_owner =
      ask<force_released>(locks(), force_release_owner{"bot", "op", "all"});
  settle();
  CHECK(by_owner->code() == errc::in_doubt);
  CHECK(by_owner->why().lock_id == to_string(lock.id));
  CHECK(by_owner->why().detail.starts_with("locks of 'bot' released: 1; "));
  CHECK(state(btc_trades).holder->id == lock.id);
  CHECK_FALSE(state("other").holder);
  CHECK(now(ask<lock_record>(queries(), get_lock{other.id})).status ==
        lock_status::force_released);
  check_tables();
  CHECK(fault() == "");
}

TEST_CASE_FIXTURE(trade_world, "a forced lock ends its trade and effect") {
  orders->answers.push_back(
      {order_report::unavailable, {}, {}, "later", 50'000});
  auto lock = now(acquire(want_trade("k"))).lock;
  settle();
  CHECK(now(ask<force_released>(locks(),
                                force_release{{}, lock.id, "op", "enough"}))
            .released == 1);
  advance(60'000);
  CHECK(outcome(lock).status == trade_status::cancelled);
  CHECK(effects()[0].state == effect_state::failed);
  CHECK(orders->placed.size() == 1);
  check();
}

TEST_CASE_FIXTURE(trade_world, "no effect begins under a lock that has "
                               "ended") {
  auto lock = now(acquire(want("r", "ann"))).lock;
  now(release(lock));
  auto late =
      ask<effect_record>(locks(), begin_effect{{}, lock.id, "order", "{}"});
  settle();
  CHECK(late->code() == errc::stale_lock);
  CHECK(effects().empty());
  check();
}

TEST_CASE_FIXTURE(trade_world, "an embedder's own work may use the ledger") {
  auto lock = now(acquire(want("r", "ann"))).lock;
  auto effect = now(ask<effect_record>(
      locks(), begin_effect{{}, lock.id, "payment", R"({"to":"ann"})"}));
  CHECK(effect.state == effect_state::sending);
  // Messages leave by the outbox.
  for (auto kind : {telegram_send, telegram_edit, signal_webhook, alert_post}) {
    auto other = now(acquire(want("other", "ann", std::string{kind}))).lock;
    auto refused = ask<effect_record>(
        locks(), begin_effect{{}, other.id, std::string{kind}, "{}"});
    settle();
    CHECK(refused->code() == errc::invalid);
    now(release(other));
  }
  CHECK(effect.lock == lock.id);
  check_tables();
  CHECK(fault() == "");
}
