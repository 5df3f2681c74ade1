// The check of histories on histories whose verdict is known: grants, replays,
// reads, calls without an answer, tokens, and the search itself.
#include "tests/history/tokens.hpp"
#include "tests/history/writer.hpp"

#include <string>

using namespace linear;

TEST_CASE("one after the other: granted, released, granted, replayed") {
  writer w;
  w.granted(0, 10, "a", "L1", 1);
  w.release(20, 30, "a", "L1", 1);
  w.granted(40, 50, "b", "L2", 2);
  auto& replay = w.acquire(60, 70, "a", verdict::replayed);
  replay.lock = "L1";
  replay.content = "result 1";
  w.show_lock(80, 90, "a", "L1", 1, "released", "result 1");
  good(w);
  SUBCASE("the replay of another result is none") {
    w.all[3].content = "result 2";
    bad(w);
  }
  SUBCASE("the replay of another lock is none") {
    w.all[3].lock = "L2";
    w.all[3].token = 0;
    bad(w);
  }
  SUBCASE("a success that is done again") {
    auto again = writer{w.all};
    again.release(100, 110, "b", "L2", 2);
    again.granted(120, 130, "a", "L3", 3);
    bad(again);
  }
}

TEST_CASE("two holders at once") {
  writer w;
  w.granted(0, 10, "a", "L1", 1);
  w.granted(20, 30, "b", "L2", 2);
  bad(w);
  SUBCASE("unless the first may have ended in between") {
    pending(w.release(5, 15, "a", "L1", 1));
    good(w);
  }
  SUBCASE("or its lease is over by then") {
    w.all[1].invoked_us = 1000 * ms;
    w.all[1].answered_us = 1010 * ms;
    good(w);
  }
}

TEST_CASE("concurrent calls may have any order") {
  writer w;
  w.queued(0, 100, "b", "E2", 1);
  w.granted(5, 95, "a", "L1", 1);
  w.release(96, 200, "a", "L1", 1);
  w.show_entry_lock(97, 150, "b", "E2", "granted", "L2", 2);
  good(w);
}

TEST_CASE("what ends and what begins at one moment may have either order") {
  writer w;
  w.granted(0, 10, "a", "L1", 1);
  w.show_resource(10, 20, "", "", 0);
  good(w);
  w.all[1].invoked_us += 1;
  bad(w);
}

TEST_CASE("a lock is granted once, also when nobody saw its token") {
  writer w;
  pending(w.acquire(0, 0, "a", verdict::none));
  w.acquire(10, 20, "a", verdict::in_progress).lock = "L1";
  w.force(30, 40, "a", "L1", verdict::done);
  pending(w.acquire(50, 50, "a", verdict::none));
  good(w);
  w.acquire(60, 70, "a", verdict::in_progress).lock = "L1";
  bad(w);
  w.all.back().lock = "L2";
  good(w);
}

TEST_CASE("a refusal names who holds") {
  writer w;
  pending(w.acquire(0, 0, "a", verdict::none));
  auto& refused = w.acquire(10, 20, "b", verdict::held);
  refused.queue = false;
  refused.lock = "L1";
  w.show_lock(30, 40, "a", "L1", 1, "active");
  good(w);
  w.all[1].lock = "L2";
  bad(w);
  w.all.pop_back();
  good(w); // whose lock that was nobody knows
}

TEST_CASE("a token that falls") {
  writer w;
  w.granted(0, 10, "a", "L1", 7);
  w.release(20, 30, "a", "L1", 7);
  w.granted(40, 50, "b", "L2", 6);
  bad(w);
  w.all[2].token = 7;
  bad(w);
  w.all[2].token = 8;
  good(w);
}

TEST_CASE("a release that is lost") {
  writer w;
  w.granted(0, 10, "a", "L1", 1);
  w.release(20, 30, "a", "L1", 1);
  SUBCASE("the lock still holds") {
    w.show_resource(40, 50, "a", "L1", 1);
    bad(w);
  }
  SUBCASE("somebody is still refused") {
    w.acquire(40, 50, "b", verdict::held).queue = false;
    bad(w);
  }
  SUBCASE("the lock ran out, it is said") {
    w.show_lock(2000, 2010, "a", "L1", 1, "expired");
    bad(w);
  }
  SUBCASE("it was done with another result") {
    w.show_lock(40, 50, "a", "L1", 1, "released", "result 2");
    bad(w);
  }
  SUBCASE("none of that") {
    w.show_resource(40, 50, "", "", 0);
    w.show_lock(60, 70, "a", "L1", 1, "released", "result 1");
    good(w);
  }
}

TEST_CASE("a grant that is lost") {
  writer w;
  w.granted(0, 10, "a", "L1", 1);
  w.show_resource(20, 30, "", "", 0);
  bad(w);
  w.all.pop_back();
  w.renew(20, 30, "a", "L1", 1, verdict::stale);
  bad(w);
}

TEST_CASE("a stale read shows what was, after what is has been heard of") {
  writer w;
  w.granted(0, 10, "a", "L1", 1);
  w.show_resource(20, 30, "a", "L1", 1);
  w.release(20, 40, "a", "L1", 1);
  w.show_resource(50, 60, "", "", 0);
  good(w);
  SUBCASE("of the resource") {
    w.show_resource(70, 80, "a", "L1", 1);
    bad(w);
  }
  SUBCASE("of the lock") {
    w.show_lock(70, 80, "a", "L1", 1, "active");
    bad(w);
  }
  SUBCASE("but two reads at one time may see one before and one after") {
    w.all[1].answered_us = 60 * ms;
    w.all[2].answered_us = 60 * ms;
    w.all[3].invoked_us = 25 * ms;
    good(w);
  }
}

TEST_CASE("a call without an answer took effect once, or not at all") {
  writer w;
  pending(w.acquire(0, 0, "a", verdict::none));
  SUBCASE("it did not") {
    w.granted(20, 30, "b", "L2", 2);
    good(w);
  }
  SUBCASE("it did, and others see whose lock that is") {
    auto& seen = w.acquire(20, 30, "a", verdict::in_progress);
    seen.lock = "L1";
    w.show_lock(40, 50, "a", "L1", 1, "active");
    w.release(60, 70, "a", "L1", 1);
    w.granted(80, 90, "b", "L2", 2);
    good(w);
    SUBCASE("with a token that does not rise") {
      w.all[2].token = 3;
      w.all[3].token = 3;
      bad(w);
    }
  }
  SUBCASE("it did, and nobody ever saw its lock: it runs out") {
    w.acquire(20, 30, "b", verdict::held).queue = false;
    w.granted(1100, 1200, "c", "L2", 2);
    good(w);
    w.all[2].invoked_us = 100 * ms;
    w.all[2].answered_us = 200 * ms;
    bad(w);
  }
  SUBCASE("twice") {
    w.show_lock(20, 30, "a", "L1", 1, "active");
    w.release(40, 50, "a", "L1", 1, verdict::done, "error x");
    w.show_lock(60, 70, "a", "L2", 2, "active");
    bad(w);
  }
  SUBCASE("after the process had died that it was sent to") {
    w.all[0].over_us = 10 * ms;
    w.show_resource(20, 30, "", "", 0);
    w.show_lock(40, 50, "a", "L1", 1, "active");
    bad(w);
    w.all[0].over_us = forever;
    good(w);
  }
  SUBCASE("before it was sent") {
    w.all[0].invoked_us = 40 * ms;
    w.acquire(20, 30, "b", verdict::held).queue = false;
    bad(w);
  }
}

TEST_CASE("a release without an answer, used twice") {
  writer w;
  w.granted(0, 10, "a", "L1", 1);
  pending(w.release(20, 20, "a", "L1", 1));
  w.granted(30, 40, "b", "L2", 2);
  good(w);
  w.granted(50, 60, "c", "L3", 3);
  bad(w);
}

TEST_CASE("an answer that the contract does not have is never right") {
  writer w;
  w.acquire(0, 10, "a", verdict::other);
  bad(w);
}

TEST_CASE("the search ends, whatever it is given") {
  writer w;
  // Twenty waiters whose order nobody saw, and an answer that cannot be.
  w.granted(0, 1, "a", "L1", 1);
  for (int i = 0; i < 20; ++i)
    pending(w.acquire(2, 2, ("w" + std::to_string(i)).c_str(), verdict::none));
  w.granted(10, 20, "b", "L2", 2);
  auto result = check_resource(w.all, {1000});
  CHECK((result.found == finding::gave_up));
  CHECK(result.configurations <= 1100);
}

TEST_CASE("tokens rise in the whole node") {
  writer w;
  w.granted(0, 10, "a", "L1", 5);
  w.granted(20, 30, "b", "L2", 6).resource = "s";
  CHECK(token_faults(w.all).empty());
  SUBCASE("never one for two") {
    w.all[1].token = 5;
    CHECK(token_faults(w.all).size() == 1);
  }
  SUBCASE("nor a smaller one later") {
    w.all[1].token = 4;
    CHECK(token_faults(w.all).size() == 1);
  }
  SUBCASE("at one time any of them may be the smaller") {
    w.all[1].token = 4;
    w.all[1].invoked_us = 5 * ms;
    CHECK(token_faults(w.all).empty());
  }
  SUBCASE("an entry was asked for when it was queued") {
    w.queued(1, 2, "c", "E3", 1).resource = "t";
    w.show_entry_lock(40, 50, "c", "E3", "granted", "L3", 4).resource = "t";
    CHECK(token_faults(w.all).empty());
    w.all[2].invoked_us = 11 * ms;
    CHECK(token_faults(w.all).size() == 1);
  }
}

TEST_CASE("a history is the same after it was written and read") {
  writer w;
  w.granted(0, 10, "a", "L1", 1);
  pending(w.release(20, 20, "a", "L1", 1), 70);
  w.show_resource(30, 40, "a", "L1", 1, {{"E1", "b"}});
  auto text = to_lines(w.all);
  CHECK(to_lines(from_lines(text)) == text);
  CHECK_THROWS_WITH(from_lines(text + "{}\n"), doctest::Contains("line 4"));
}
