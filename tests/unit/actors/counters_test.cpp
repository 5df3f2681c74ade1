// What is counted, bucket by bucket.
#include "actors/counters.hpp"
#include "tests/unit/actors/counted.hpp"

#include <doctest/doctest.h>

#include <thread>
#include <vector>

using namespace holdfast;
using namespace holdfast::test;

TEST_CASE("a histogram includes its bounds, and keeps what is beyond them") {
  histogram<3> times{{1, 10, 100}};
  for (auto value : {0U, 1U, 2U, 10U, 11U, 100U, 101U, 100'000U})
    times.add(value);
  auto counts = times.counts();
  CHECK(counts.bounds == std::vector<std::uint64_t>{1, 10, 100});
  CHECK(counts.counts == std::vector<std::uint64_t>{2, 2, 2, 2});
  CHECK(counts.sum == 100'225);
}

TEST_CASE("counters are told under the names of what they count") {
  counters all;
  all.granted();
  all.acquire_refused(errc::held);
  all.acquire_refused(errc::held);
  all.event(event_kind::expired, 3);
  all.stale_token();
  all.duplicate();
  node_metrics told;
  all.tell(told);
  CHECK(count_of(told.acquires, "granted") == 1);
  CHECK(count_of(told.acquires, "queued") == 0);
  CHECK(count_of(told.acquires, "held") == 2);
  CHECK(count_of(told.events, "expired") == 3);
  CHECK(count_of(told.events, "feed_disconnected") == 0);
  CHECK(std::ranges::find(told.events, "unknown", &labelled_count::label) ==
        told.events.end());
  CHECK(told.stale_tokens == 1);
  CHECK(told.skipped_duplicates == 1);
}

TEST_CASE("effects are counted by kind and end; kinds that only a host knows "
          "are one") {
  counters all;
  effect_record effect;
  auto end = [&](const char* kind, effect_state state) {
    effect.kind = kind;
    effect.state = state;
    all.effect(effect);
  };
  end("order", effect_state::sending); // not an end
  end("order", effect_state::done);
  end("telegram_edit", effect_state::unknown);
  end("host's own 1", effect_state::failed);
  end("host's own 2", effect_state::failed);
  node_metrics told;
  all.tell(told);
  CHECK(told.effects.size() == 18);
  for (const auto& [kind, outcome, count] : told.effects) {
    auto what = kind + " " + outcome;
    INFO(what);
    CHECK(count == (what == "other failed"            ? 2
                    : what == "order done"            ? 1
                    : what == "telegram_edit unknown" ? 1
                                                      : 0));
  }
}

TEST_CASE("a wall clock that is set back counts as no time at all") {
  counters all;
  all.waited(-5);
  all.held(1500);
  node_metrics told;
  all.tell(told);
  CHECK(told.wait_ms.counts.front() == 1);
  CHECK(told.wait_ms.sum == 0);
  CHECK(told.hold_ms.sum == 1500);
  CHECK(total(told.hold_ms) == 1);
}

TEST_CASE("counters lose nothing between threads") {
  counters all;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      for (int n = 0; n < 10'000; ++n) {
        all.granted();
        all.committed(70, 2);
      }
    });
  for (auto& thread : threads)
    thread.join();
  node_metrics told;
  all.tell(told);
  CHECK(count_of(told.acquires, "granted") == 40'000);
  CHECK(total(told.commit_us) == 40'000);
  CHECK(told.commit_ops.sum == 80'000);
}
