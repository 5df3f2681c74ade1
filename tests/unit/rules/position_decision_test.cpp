// What a report changes of what is known of a position.
#include "tests/unit/rules/positions.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace holdfast;
using namespace holdfast::test;

using texts = std::vector<std::string>;

namespace {

constexpr auto opened = position_change::opened;
constexpr auto updated = position_change::updated;

} // namespace

TEST_CASE("what nobody has heard of is created by any report but a close") {
  for (auto change : {position_change::unsaid, opened, updated}) {
    one_position one;
    auto after = one.take(report([&](auto& x) {
      x.change = change;
      x.current_price = "1.101";
      x.profit = "-2.5";
      x.comment = "by hand";
    }));
    CHECK(after.outcome == position_outcome::created);
    CHECK(after.changes.empty());
    const auto& x = after.position;
    CHECK(x.resource == "position:acc-1:250999390");
    CHECK(x.account_id == "acc-1");
    CHECK(x.position_id == "250999390");
    CHECK(x.symbol == "EURUSD");
    CHECK(x.side == position_side::buy);
    CHECK(x.status == position_status::completed);
    CHECK(x.announced);
    CHECK(x.open);
    CHECK_FALSE(x.silent);
    CHECK(x.category == "vip");
    CHECK(x.volume == "1");
    CHECK(x.open_price == "1.1");
    CHECK(x.stop_loss == "1.08");
    CHECK(x.take_profit == "1.15");
    CHECK(x.current_price == "1.101");
    CHECK(x.profit == "-2.5");
    CHECK(x.comment == "by hand");
    CHECK(x.close_price.empty());
    CHECK(x.result_pips.empty());
    CHECK(x.created_at_ms == one.now_ms);
    CHECK(x.updated_at_ms == one.now_ms);
    CHECK(x.touched_at_ms == one.now_ms);
    CHECK(x.closed_at_ms == 0);
  }
}

TEST_CASE("R6: an update that comes before the open announces the position") {
  one_position one;
  CHECK(one.take(said(updated)).outcome == position_outcome::created);
  CHECK(one.known.announced);
  CHECK(one.take(said(opened)).outcome == position_outcome::duplicate);
}

TEST_CASE("a repeat is a duplicate, an update without news unchanged") {
  one_position one;
  one.take(said(opened));
  CHECK(one.take(said(opened)).outcome == position_outcome::duplicate);
  CHECK(one.take(report()).outcome == position_outcome::duplicate);
  CHECK(one.take(said(updated)).outcome == position_outcome::unchanged);
}

TEST_CASE("price and profit are remembered, and are no news") {
  one_position one;
  auto created_at = one.take(report()).position.updated_at_ms;
  auto after = one.take(report([](auto& x) {
    x.current_price = "1.2";
    x.profit = "7";
  }));
  CHECK(after.outcome == position_outcome::duplicate);
  CHECK(after.changes.empty());
  CHECK(one.known.current_price == "1.2");
  CHECK(one.known.profit == "7");
  CHECK(one.known.touched_at_ms == one.now_ms);
  CHECK(one.known.updated_at_ms == created_at);
  one.take(said(updated));
  CHECK(one.known.current_price == "1.2");
  CHECK(one.known.profit == "7");
}

TEST_CASE("changes of stop loss, take profit, volume and open price are "
          "updates, in words") {
  one_position one;
  one.take(report());
  auto after = one.take(report([](auto& x) {
    x.change = updated;
    x.stop_loss = "1.085";
    x.take_profit = "1.16";
    x.volume = "2";
    x.open_price = "1.101";
  }));
  CHECK(after.outcome == position_outcome::updated);
  CHECK(after.changes == texts{"stop loss 1.08 → 1.085",
                               "take profit 1.15 → 1.16", "volume 1 → 2",
                               "open price 1.1 → 1.101"});
  CHECK(one.known.stop_loss == "1.085");
  CHECK(one.known.take_profit == "1.16");
  CHECK(one.known.volume == "2");
  CHECK(one.known.open_price == "1.101");
  CHECK(one.known.updated_at_ms == one.now_ms);
  CHECK(one.known.created_at_ms == one.now_ms - 1000);
}

TEST_CASE("an opened for a known position with other terms is an update") {
  one_position one;
  one.take(said(opened));
  auto after = one.take(report([](auto& x) {
    x.change = opened;
    x.stop_loss = "1.09";
  }));
  CHECK(after.outcome == position_outcome::updated);
  CHECK(after.changes == texts{"stop loss 1.08 → 1.09"});
}

TEST_CASE("R21: a stop loss that is absent is none, and no value is made up") {
  one_position one;
  auto bare = report([](auto& x) {
    x.stop_loss.clear();
    x.take_profit.clear();
  });
  one.take(bare);
  CHECK(one.known.stop_loss.empty());
  CHECK(one.known.take_profit.empty());
  CHECK(one.take(report()).changes ==
        texts{"stop loss none → 1.08", "take profit none → 1.15"});
  CHECK(one.take(bare).changes ==
        texts{"stop loss 1.08 → none", "take profit 1.15 → none"});
  CHECK(one.known.stop_loss.empty());
  CHECK(one.known.take_profit.empty());
}

TEST_CASE("amounts are compared by value") {
  one_position one;
  one.take(report());
  auto after = one.take(report([](auto& x) {
    x.stop_loss = "1.080";
    x.volume = "1.00";
    x.open_price = "1.10";
  }));
  CHECK(after.outcome == position_outcome::duplicate);
}

TEST_CASE("R17: a smaller volume is a partial close: an update, no close") {
  one_position one;
  one.take(report());
  auto after = one.take(report([](auto& x) { x.volume = "0.4"; }));
  CHECK(after.outcome == position_outcome::updated);
  CHECK(after.changes == texts{"volume 1 → 0.4"});
  CHECK(one.known.open);
  CHECK(one.known.volume == "0.4");
  CHECK(one.known.close_price.empty());
}

TEST_CASE("a close needs nothing but the ids and keeps what is known") {
  one_position one;
  one.take(report([](auto& x) { x.profit = "3"; }));
  auto after = one.take(close_report(""));
  CHECK(after.outcome == position_outcome::closed);
  CHECK(after.changes.empty());
  CHECK_FALSE(one.known.open);
  CHECK(one.known.announced);
  CHECK(one.known.closed_at_ms == one.now_ms);
  CHECK(one.known.updated_at_ms == one.now_ms);
  CHECK(one.known.symbol == "EURUSD");
  CHECK(one.known.volume == "1");
  CHECK(one.known.stop_loss == "1.08");
  CHECK(one.known.profit == "3");
  CHECK(one.known.close_price.empty());
  CHECK(one.known.result_pips.empty());
}

TEST_CASE("R16: a winning BUY is won, whatever side and open price the "
          "closing deal has") {
  one_position one;
  one.take(report());
  auto deal = close_report("1.1085");
  deal.side = position_side::sell;
  deal.symbol = "USDJPY";
  deal.open_price = "1.3";
  deal.volume = "0.1";
  one.take(deal);
  CHECK(one.known.side == position_side::buy);
  CHECK(one.known.symbol == "EURUSD");
  CHECK(one.known.open_price == "1.1");
  CHECK(one.known.volume == "1");
  CHECK(one.known.result_pips == "85");
}

TEST_CASE("R16: a winning SELL is won, too") {
  one_position one;
  one.take(report([](auto& x) { x.side = position_side::sell; }));
  one.take(close_report("1.08"));
  CHECK(one.known.side == position_side::sell);
  CHECK(one.known.result_pips == "200");
}

TEST_CASE("R20: the result is that of the close, not of what was stored at "
          "the opening") {
  one_position one;
  one.take(report([](auto& x) {
    x.profit = "-4";
    x.current_price = "1.0999";
  }));
  auto close = close_report("1.12");
  close.current_price = "1.3";
  close.profit = "199.5";
  one.take(close);
  CHECK(one.known.close_price == "1.12");
  CHECK(one.known.result_pips == "200");
  CHECK(one.known.profit == "199.5");
}

TEST_CASE("R20: without a close price the close's own current price counts, "
          "and never an older one") {
  one_position one;
  one.take(report([](auto& x) { x.current_price = "1.2"; }));
  auto other = one;
  auto close = close_report("");
  close.current_price = "1.11";
  one.take(close);
  CHECK(one.known.close_price == "1.11");
  CHECK(one.known.result_pips == "100");
  other.take(close_report(""));
  CHECK(other.known.close_price.empty());
  CHECK(other.known.result_pips.empty());
}

TEST_CASE("the size of a pip is that of the known symbol") {
  one_position one;
  REQUIRE_FALSE(one.how.pips.add("EUR*", "0.01"));
  one.take(report());
  one.take(close_report("1.2"));
  CHECK(one.known.result_pips == "10");
}

TEST_CASE("the close of an unknown position is recorded without a signal") {
  one_position one;
  auto after = one.take(close_report("1.12"));
  CHECK(after.outcome == position_outcome::closed);
  CHECK(one.known.status == position_status::completed);
  CHECK_FALSE(one.known.announced);
  CHECK_FALSE(one.known.open);
  CHECK(one.known.close_price == "1.12");
  CHECK(one.known.result_pips.empty());
  CHECK(one.known.closed_at_ms == one.now_ms);
  CHECK(one.take(report()).outcome == position_outcome::unchanged);
}

TEST_CASE("R9: what is closed stays closed: everything late is unchanged") {
  one_position one;
  one.take(report());
  one.take(close_report());
  auto before = one.known;
  auto changed = report([](auto& x) {
    x.stop_loss = "1.01";
    x.profit = "9";
  });
  for (const auto& late : {said(opened), said(updated), report(), changed,
                           close_report("1.3"), inferred_close()}) {
    auto after = one.take(late);
    CHECK(after.outcome == position_outcome::unchanged);
    CHECK(after.changes.empty());
    CHECK_FALSE(one.known.open);
    CHECK(one.known.close_price == before.close_price);
    CHECK(one.known.result_pips == before.result_pips);
    CHECK(one.known.profit == before.profit);
    CHECK(one.known.stop_loss == before.stop_loss);
    CHECK(one.known.closed_at_ms == before.closed_at_ms);
    CHECK(one.known.updated_at_ms == before.updated_at_ms);
  }
}

TEST_CASE("R1, R3: a position whose signal failed or is being made is as "
          "good as unknown, and keeps its signal and its birth") {
  for (auto status : {position_status::failed, position_status::processing}) {
    one_position one;
    one.heard = true;
    one.known.status = status;
    one.known.signal = {7, 42};
    one.known.created_at_ms = 5;
    one.known.touched_at_ms = one.now_ms + 5000; // by this very report
    auto event = said(updated);
    event.taken_at_ms = one.now_ms;
    auto closing = one;
    auto after = one.take(event);
    CHECK(after.outcome == position_outcome::created);
    CHECK(one.known.status == position_status::completed);
    CHECK(one.known.announced);
    CHECK(one.known.signal == signal_id{7, 42});
    CHECK(one.known.created_at_ms == 5);
    CHECK(one.known.symbol == "EURUSD");
    after = closing.take(close_report());
    CHECK(after.outcome == position_outcome::closed);
    CHECK_FALSE(closing.known.announced);
    CHECK(closing.known.signal == signal_id{7, 42});
    CHECK(closing.known.status == position_status::completed);
  }
}

TEST_CASE("a position that began in silence stays silent") {
  one_position one;
  one.take(report([](auto& x) { x.silent = true; }));
  CHECK(one.known.silent);
  one.take(report([](auto& x) { x.volume = "2"; }));
  CHECK(one.known.silent);
  one.take(close_report());
  CHECK(one.known.silent);
}

TEST_CASE("a silent report does not silence a position that was announced") {
  one_position one;
  one.take(report());
  one.take(report([](auto& x) {
    x.silent = true;
    x.volume = "2";
  }));
  CHECK_FALSE(one.known.silent);
}

TEST_CASE("symbol and side of a position never change") {
  one_position one;
  one.take(report());
  auto other = report([](auto& x) {
    x.symbol = "GBPUSD";
    x.side = position_side::sell;
  });
  CHECK(one.take(other).outcome == position_outcome::duplicate);
  CHECK(one.known.symbol == "EURUSD");
  CHECK(one.known.side == position_side::buy);
}

TEST_CASE("R22: two accounts have two positions of one id") {
  auto other = report([](auto& x) { x.account_id = "acc-2"; });
  one_position one;
  one_position two;
  one.take(report());
  two.take(other);
  CHECK(one.known.resource != two.known.resource);
}

TEST_CASE("R15: a position from a list has all that its message says") {
  one_position one;
  one.take(report([&](auto& x) { x.taken_at_ms = one.now_ms; }));
  CHECK(one.known.symbol == "EURUSD");
  CHECK(one.known.open_price == "1.1");
  CHECK(one.known.volume == "1");
  CHECK(one.known.side == position_side::buy);
}
