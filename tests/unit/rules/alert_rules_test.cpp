// When an alert fires, when it is over, and what is said of it.
#include "rules/alert_rules.hpp"

#include <doctest/doctest.h>

#include <array>
#include <string>

using namespace holdfast;

namespace {

constexpr std::int64_t second_us = 1'000'000;

enum class verdict : std::uint8_t { over, between, under };

verdict verdict_of(alert which, const alert_facts& facts,
                   const alert_settings& how = {}) {
  auto level = level_of(which, facts, how);
  CHECK_FALSE((level.over && level.under));
  if (level.over)
    CHECK_FALSE(level.text.empty());
  return level.over    ? verdict::over
         : level.under ? verdict::under
                       : verdict::between;
}

template <class Change>
verdict after(alert which, Change change, const alert_settings& how = {}) {
  alert_facts facts;
  change(facts);
  return verdict_of(which, facts, how);
}

const alert_level bad{true, false, "bad"};
const alert_level middling{false, false, "middling"};
const alert_level well{false, true, "well"};

/// What was asked for at each second, one look a second: 'F' fires, 'r' is
/// over, '.' nothing.
std::string watch_through(alert_watch& watch, const std::string& levels,
                          const alert_settings& how) {
  std::string asked;
  std::int64_t now_us = 1000 * second_us;
  for (char c : levels) {
    now_us += second_us;
    auto change = watch.look(c == 'b'   ? bad
                             : c == 'm' ? middling
                                        : well,
                             now_us, how);
    asked += !change ? '.' : *change ? 'F' : 'r';
    if (change)
      watch.told(*change);
  }
  return asked;
}

} // namespace

TEST_CASE("nothing is wrong with a node that does nothing") {
  for (auto which : all_alerts) {
    INFO(to_string(which));
    CHECK(verdict_of(which, {}) == verdict::under);
  }
}

TEST_CASE("queue_depth fires above its limit, and is over at half of it") {
  auto deep = [](std::uint64_t n) {
    return after(alert::queue_depth,
                 [&](alert_facts& x) { x.deepest_queue = n; });
  };
  CHECK(deep(5) == verdict::under);
  CHECK(deep(6) == verdict::between);
  CHECK(deep(10) == verdict::between);
  CHECK(deep(11) == verdict::over);
  alert_facts facts;
  facts.deepest_queue = 11;
  facts.deepest_resource = "trade:A";
  CHECK(level_of(alert::queue_depth, facts, {}).text == "11 wait for trade:A");
}

TEST_CASE("effect_unknown fires when one is unknown for too long") {
  auto old = [](std::uint64_t n, std::int64_t ms) {
    return after(alert::effect_unknown, [&](alert_facts& x) {
      x.unknown = n;
      x.oldest_unknown_ms = ms;
    });
  };
  CHECK(old(0, 0) == verdict::under);
  CHECK(old(1, 60'000) == verdict::under);
  CHECK(old(1, 60'001) == verdict::over);
  alert_facts facts;
  facts.unknown = 3;
  facts.oldest_unknown = "eff-1-2 of trade:A";
  facts.oldest_unknown_ms = 70'000;
  CHECK(level_of(alert::effect_unknown, facts, {}).text ==
        "nobody knows what came of eff-1-2 of trade:A and 2 more: look, and "
        "resolve");
}

TEST_CASE("lease_expiries fires above its limit within a minute") {
  auto ran_out = [](std::uint64_t n) {
    return after(alert::lease_expiries, [&](alert_facts& x) { x.expired = n; });
  };
  CHECK(ran_out(2) == verdict::under);
  CHECK(ran_out(3) == verdict::between);
  CHECK(ran_out(5) == verdict::between);
  CHECK(ran_out(6) == verdict::over);
}

TEST_CASE("failure_ratio fires above its part of at least ten that ended") {
  auto ended = [](std::uint64_t failed, std::uint64_t released,
                  std::uint64_t expired = 0) {
    return after(alert::failure_ratio, [&](alert_facts& x) {
      x.failed = failed;
      x.released = released;
      x.expired = expired;
    });
  };
  CHECK(ended(9, 0) != verdict::over); // too few to judge by
  CHECK(ended(2, 8) == verdict::over);
  CHECK(ended(1, 9) == verdict::between); // one of ten is the limit
  CHECK(ended(1, 18) == verdict::between);
  CHECK(ended(1, 19) == verdict::under);
  CHECK(ended(2, 0, 8) == verdict::over);
  CHECK(ended(0, 0) == verdict::under);
  // Few that ended do not keep it firing for ever.
  CHECK(ended(0, 3) == verdict::under);
}

TEST_CASE("what cannot be counted fires while it is so") {
  CHECK(after(alert::commits_failing, [](alert_facts& x) {
          x.commit_trouble = "the disk is full";
        }) == verdict::over);
  CHECK(after(alert::feed_stale, [](alert_facts& x) {
          x.feed_trouble = "acc-1: no answer";
        }) == verdict::over);
  CHECK(after(alert::dead_letters,
              [](alert_facts& x) { x.dead_letters = 1; }) == verdict::over);
}

TEST_CASE("store_nearly_full fires at 80 %, and is over below 75 %") {
  auto used = [](std::uint64_t percent) {
    return after(alert::store_nearly_full, [&](alert_facts& x) {
      x.store_limit_bytes = 100'000'000'000;
      x.store_used_bytes = percent * 1'000'000'001;
    });
  };
  CHECK(used(74) == verdict::under);
  CHECK(used(75) == verdict::between);
  CHECK(used(79) == verdict::between);
  CHECK(used(80) == verdict::over);
  // A store without a limit is never full.
  CHECK(after(alert::store_nearly_full, [](alert_facts& x) {
          x.store_used_bytes = 1U << 30;
        }) == verdict::under);
}

TEST_CASE("an alert is told once when it begins and once when it is over") {
  alert_settings how;
  how.resolved_after_ms = 3000;
  alert_watch watch{alert::queue_depth};
  CHECK(watch_through(watch, "wbbbmmbwwwwwww", how) == ".F........r...");
}

TEST_CASE("what flaps does not call again and again") {
  alert_settings how;
  how.resolved_after_ms = 3000;
  alert_watch watch{alert::queue_depth};
  CHECK(watch_through(watch, "bwbwbwwbwwwmwwww", how) == "F..............r");
  CHECK_FALSE(watch.firing());
}

TEST_CASE("a feed may be silent for a minute") {
  alert_settings how;
  alert_watch watch{alert::feed_stale};
  CHECK(watch_through(watch, std::string(60, 'b'), how) ==
        std::string(60, '.'));
  CHECK(watch_through(watch, "w", how) == ".");
  CHECK(watch_through(watch, std::string(61, 'b'), how) ==
        std::string(60, '.') + "F");
}

TEST_CASE("what fired is asked for until it is told, though it has passed") {
  alert_settings how;
  alert_watch watch{alert::dead_letters};
  CHECK(watch.look(bad, second_us, how) == true);
  CHECK(watch.owed());
  CHECK(watch.look(well, 2 * second_us, how) == true);
  CHECK(watch.text() == "bad");
  watch.told(true);
  CHECK_FALSE(watch.owed());
  CHECK(watch.firing());
  CHECK_FALSE(watch.look(well, 3 * second_us, how));
  CHECK(watch.look(well, 33 * second_us, how) == false);
}

TEST_CASE("an alert that fired before a start does not fire again") {
  alert_settings how;
  how.resolved_after_ms = 2000;
  alert_watch watch{alert::dead_letters, "2 dead letters", true};
  CHECK(watch_through(watch, "bbbwww", how) == ".....r");
}

TEST_CASE("alerts are told where somebody wants to hear them") {
  alert_state fires{alert::queue_depth, true, "11 wait for <A>",
                    1'700'000'000'000};
  CHECK(messages_for(fires, {}).empty());
  alert_settings how;
  how.telegram_chat_id = "-100123";
  how.webhook = true;
  auto drafts = messages_for(fires, how);
  REQUIRE(drafts.size() == 2);
  CHECK(drafts[0].kind == telegram_send);
  CHECK(drafts[0].intent ==
        R"({"change":"alert_firing","chatId":"-100123",)"
        R"("text":"🔴 <b>queue_depth</b>: 11 wait for &lt;A&gt;"})");
  CHECK(drafts[1].kind == alert_post);
  CHECK(drafts[1].intent ==
        R"({"body":{"event":"alert_firing","alert":"queue_depth",)"
        R"("text":"11 wait for <A>","since":"2023-11-14T22:13:20.000Z"}})");
  fires.firing = false;
  drafts = messages_for(fires, how);
  CHECK(drafts[0].intent == R"({"change":"alert_resolved","chatId":"-100123",)"
                            R"("text":"🟢 <b>queue_depth</b> is over"})");
}
