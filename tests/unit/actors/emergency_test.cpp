// Emergencies: trades that run beside lock and queue.
#include "trade_world.hpp"

using namespace holdfast;
using namespace holdfast::test;

namespace {

acquire_lock urgent(const std::string& key) {
  auto cmd = trade_world::want_trade(key, "SELL");
  cmd.emergency = true;
  return cmd;
}

} // namespace

TEST_CASE_FIXTURE(trade_world, "an emergency runs at once beside lock and "
                               "queue") {
  auto lock = now(acquire(want(btc_trades, "by hand"))).lock;
  now(acquire(want_trade("waiting")));
  auto way_out = now(acquire(urgent("k"))).lock;
  settle();
  CHECK(outcome(way_out).status == trade_status::filled);
  CHECK(outcome(way_out).emergency);
  CHECK(state(btc_trades).holder->id == lock.id);
  CHECK(orders->placed.size() == 1);
  auto again = now(acquire(urgent("k")));
  CHECK(again.outcome == acquire_outcome::replayed);
  // Nobody was granted anything: there is one holder.
  CHECK(kinds(btc_trades) ==
        std::vector<event_kind>{
            event_kind::granted, event_kind::queued, event_kind::effect_sending,
            event_kind::effect_done, event_kind::trade_executed});
  CHECK(now(ask<lock_page>(queries(), list_locks{})).items.size() == 1);
  check();
}

TEST_CASE_FIXTURE(trade_world, "an equal trade that waits is promoted by an "
                               "emergency, and runs once") {
  auto lock = now(acquire(want(btc_trades, "by hand"))).lock;
  auto entry = now(acquire(want_trade("k", "SELL"))).entry.record.id;
  auto caller = acquire([] {
    auto cmd = want_trade("k", "SELL");
    cmd.otherwise = when_locked::wait;
    return cmd;
  }());
  settle();
  auto way_out = now(acquire(urgent("k"))).lock;
  settle();
  CHECK(trade_of(way_out) == trade_id{entry.store, entry.number});
  CHECK(outcome(way_out).status == trade_status::filled);
  REQUIRE(caller->ok());
  CHECK((*caller)->lock.id == way_out.id);
  now(release(lock));
  settle();
  CHECK(orders->placed.size() == 1);
  CHECK(trades().size() == 1);
  CHECK_FALSE(state(btc_trades).holder);
  check();
}

TEST_CASE_FIXTURE(trade_world, "an emergency survives a crash as any trade "
                               "does, and is placed once") {
  orders->hold = true;
  auto way_out = now(acquire(urgent("k"))).lock;
  settle();
  orders->hold = false;
  orders->found = filled(orders->placed[0].client_order_id);
  auto twin = ask<acquire_answer>(locks(), want_trade("k", "SELL"));
  settle();
  CHECK(twin->code() == errc::in_progress);
  check_tables();
  die_and_come_back();
  advance(1);
  CHECK(orders->placed.size() == 1);
  CHECK(outcome(way_out).status == trade_status::filled);
  check();
}

TEST_CASE_FIXTURE(trade_world, "an emergency's retry comes when it is due, "
                               "though the machine was started anew") {
  advance(3'600'000);
  orders->answers.push_back(
      {order_report::unavailable, {}, {}, "away", 20'000});
  auto way_out = now(acquire(urgent("k"))).lock;
  settle();
  CHECK(outcome(way_out).status == trade_status::executing);
  SUBCASE("without that") { advance(20'001); }
  SUBCASE("with that") {
    go();
    reboot();
    come();
    advance(1'000);
  }
  CHECK(outcome(way_out).status == trade_status::filled);
  check();
}

TEST_CASE_FIXTURE(trade_world, "an emergency that is refused is a dead "
                               "letter") {
  orders->answers.push_back(rejection());
  auto way_out = now(acquire(urgent("k"))).lock;
  settle();
  CHECK(outcome(way_out).status == trade_status::rejected);
  auto letters =
      now(ask<dead_letter_page>(queries(), list_dead_letters{})).items;
  REQUIRE(letters.size() == 1);
  CHECK(letters[0].lock == way_out.id);
  check();
}

TEST_CASE_FIXTURE(trade_world, "an emergency in doubt blocks nobody but its "
                               "own twin") {
  orders->answers.push_back(time_out());
  orders->found = time_out();
  auto way_out = now(acquire(urgent("k"))).lock;
  advance(patience.reconcile_ms);
  CHECK(outcome(way_out).status == trade_status::in_doubt);
  auto twin = ask<acquire_answer>(locks(), urgent("k"));
  settle();
  CHECK(twin->code() == errc::in_doubt);
  auto other = now(acquire(want_trade("other"))).lock;
  settle();
  CHECK(outcome(other).status == trade_status::filled);
  CHECK(now(ask<stats>(queries(), get_stats{})).effects_unknown == 1);
  now(ask<lock_record>(
      locks(),
      resolve_lock{{}, way_out.id, resolution::failed, {}, "op", "not there"}));
  settle();
  CHECK(outcome(way_out).status == trade_status::failed);
  CHECK(now(acquire(urgent("k"))).outcome == acquire_outcome::granted);
  check();
}

TEST_CASE_FIXTURE(trade_world, "who waits for an emergency's outcome begins "
                               "anew when it fails") {
  orders->hold = true;
  now(acquire(urgent("k")));
  auto joiner = acquire([] {
    auto cmd = want_trade("k", "SELL");
    cmd.otherwise = when_locked::wait;
    return cmd;
  }());
  settle();
  CHECK(joiner->pending());
  orders->hold = false;
  orders->answers.push_back(rejection());
  go();
  come(); // the executor's successor is asked for the same attempt
  advance(1);
  REQUIRE(joiner->ok());
  CHECK((*joiner)->outcome == acquire_outcome::granted);
  settle();
  CHECK(outcome((*joiner)->lock).status == trade_status::filled);
  check();
}

TEST_CASE_FIXTURE(trade_world, "emergencies go on while the node is paused") {
  now(ask<bool>(locks(), set_paused{true, "op"}));
  auto lock = now(acquire(want_trade("k"))).lock;
  auto way_out = now(acquire(urgent("out"))).lock;
  settle();
  CHECK(outcome(way_out).status == trade_status::filled);
  CHECK(outcome(lock).status == trade_status::executing);
  CHECK(orders->placed.size() == 1);
  now(ask<bool>(locks(), set_paused{false, "op"}));
  settle();
  CHECK(outcome(lock).status == trade_status::filled);
  check();
}

TEST_CASE_FIXTURE(trade_world, "settled trades and effects go away after 90 "
                               "days, open ones never") {
  orders->answers.push_back({order_report::unknown, {}, {}, "time-out", 0});
  orders->found = {order_report::unavailable, {}, {}, "no route", 0};
  auto doubtful = now(acquire(urgent("doubt"))).lock;
  auto lock = now(acquire(want_trade("k"))).lock;
  settle();
  constexpr std::int64_t day_ms = 24 * 3600 * 1000;
  shift_wall(89 * day_ms);
  advance(300'000);
  CHECK(trades().size() == 2);
  shift_wall(2 * day_ms);
  advance(300'000);
  REQUIRE(trades().size() == 1);
  CHECK(trades()[0].id == trade_of(doubtful));
  CHECK(effects().size() == 1);
  // Doubt came late, when no question had been answered: let it grow old.
  CHECK(outcome(doubtful).status == trade_status::in_doubt);
  shift_wall(91 * day_ms);
  advance(300'000);
  CHECK(trades().size() == 1);
  auto gone =
      ask<trade_record>(locks(), watch_trade{{}, trade_of(lock), {}, 0, 0});
  settle();
  CHECK(gone->code() == errc::not_found);
  check();
}
