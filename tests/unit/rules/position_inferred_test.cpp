// Closes that were concluded from a list, and what later reports make of them.
#include "tests/unit/rules/positions.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace holdfast;
using namespace holdfast::test;

using texts = std::vector<std::string>;

TEST_CASE("a close that was inferred is undone by any report of the "
          "position") {
  for (auto change : {position_change::unsaid, position_change::opened,
                      position_change::updated}) {
    one_position one;
    one.take(report());
    auto close = inferred_close();
    close.current_price = "1.12";
    CHECK(one.take(close).outcome == position_outcome::closed);
    CHECK(one.known.inferred_close);
    CHECK(one.known.result_pips == "200");
    auto after = one.take(said(change));
    CHECK(after.outcome == position_outcome::updated);
    CHECK(after.changes == texts{"open again"});
    CHECK(one.known.open);
    CHECK_FALSE(one.known.inferred_close);
    CHECK(one.known.closed_at_ms == 0);
    CHECK(one.known.close_price.empty());
    CHECK(one.known.result_pips.empty());
    CHECK(one.known.updated_at_ms == one.now_ms);
  }
}

TEST_CASE("what else has changed is told with the reopening") {
  one_position one;
  one.take(report());
  one.take(inferred_close());
  auto after = one.take(report([](auto& x) { x.volume = "0.5"; }));
  CHECK(after.changes == texts{"open again", "volume 1 → 0.5"});
  CHECK(one.known.volume == "0.5");
}

TEST_CASE("an inferred close takes price and profit of a close that has "
          "them, once") {
  one_position one;
  one.take(report([](auto& x) { x.profit = "3"; }));
  one.take(inferred_close());
  auto closed_at = one.known.closed_at_ms;
  auto deal = close_report("1.12");
  deal.profit = "190";
  auto after = one.take(deal);
  CHECK(after.outcome == position_outcome::closed);
  CHECK(after.changes == texts{"close price none → 1.12", "profit none → 190"});
  CHECK(one.known.close_price == "1.12");
  CHECK(one.known.result_pips == "200");
  CHECK(one.known.profit == "190");
  CHECK(one.known.closed_at_ms == closed_at);
  CHECK(one.known.updated_at_ms == one.now_ms);
  CHECK_FALSE(one.known.inferred_close);
  CHECK(one.take(deal).outcome == position_outcome::unchanged);
  CHECK(one.take(report()).outcome == position_outcome::unchanged);
}

TEST_CASE("an inferred close that is confirmed without news is final") {
  one_position one;
  one.take(report());
  one.take(inferred_close());
  CHECK(one.take(inferred_close()).outcome == position_outcome::unchanged);
  CHECK(one.known.inferred_close);
  CHECK(one.take(close_report("")).outcome == position_outcome::unchanged);
  CHECK_FALSE(one.known.inferred_close);
  CHECK(one.take(report()).outcome == position_outcome::unchanged);
}

TEST_CASE("a position whose inferred close nobody was told of is announced "
          "when it shows up") {
  one_position one;
  one.take(inferred_close());
  CHECK_FALSE(one.known.announced);
  auto after = one.take(report());
  CHECK(after.outcome == position_outcome::created);
  CHECK(one.known.announced);
  CHECK(one.known.open);
  CHECK_FALSE(one.known.inferred_close);
  CHECK(one.known.closed_at_ms == 0);
}

TEST_CASE("a position that was touched after a list was taken is left alone") {
  one_position one;
  one.take(report());
  auto touched = one.known.touched_at_ms;
  auto before = one.take(inferred_close(touched - 1));
  CHECK(before.outcome == position_outcome::unchanged);
  CHECK(one.known.open);
  CHECK(one.known.touched_at_ms == touched);
  auto stale = report([&](auto& x) {
    x.stop_loss = "1.01";
    x.profit = "5";
    x.taken_at_ms = touched - 1;
  });
  CHECK(one.take(stale).outcome == position_outcome::unchanged);
  CHECK(one.known.stop_loss == "1.08");
  CHECK(one.known.profit.empty());
  CHECK(one.take(inferred_close(touched)).outcome == position_outcome::closed);
}

TEST_CASE("a stale list does not undo an inferred close") {
  one_position one;
  one.take(report());
  auto taken_at = one.known.touched_at_ms + 100;
  one.take(inferred_close(taken_at));
  CHECK_FALSE(one.known.open);
  auto stale = report([&](auto& x) { x.taken_at_ms = taken_at - 50; });
  CHECK(one.take(stale).outcome == position_outcome::unchanged);
  CHECK_FALSE(one.known.open);
  auto newer = report([&](auto& x) { x.taken_at_ms = taken_at + 50; });
  CHECK(one.take(newer).outcome == position_outcome::updated);
  CHECK(one.known.open);
}

TEST_CASE("a wall clock that was set back does not make lists stale") {
  one_position one;
  one.take(report());
  one.now_ms -= 3'600'000;
  auto moved = report([&](auto& x) {
    x.taken_at_ms = one.now_ms;
    x.stop_loss = "1.05";
  });
  CHECK(touched_after(one.known, one.now_ms, one.known.touched_at_ms));
  CHECK_FALSE(touched_after(one.known, one.now_ms, one.now_ms + 1000));
  CHECK(one.take(moved).outcome == position_outcome::updated);
  // And from then on touches are of the new time.
  CHECK(one.known.touched_at_ms == moved.taken_at_ms);
}

TEST_CASE("a list touches a position at the time it was taken, never in the "
          "future") {
  one_position one;
  one.take(report([&](auto& x) { x.taken_at_ms = one.now_ms + 400; }));
  CHECK(one.known.touched_at_ms == one.now_ms - 600);
  one.take(report([&](auto& x) { x.taken_at_ms = one.now_ms + 999'999; }));
  CHECK(one.known.touched_at_ms == one.now_ms);
}
