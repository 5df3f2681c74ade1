// The check of histories on histories whose verdict is known: queues, leases,
// hand-over, what comes late.
#include "tests/history/writer.hpp"

#include <utility>

using namespace linear;

TEST_CASE("an entry without an answer is found again, in its place") {
  writer w;
  w.granted(0, 10, "a", "L1", 1);
  pending(w.acquire(20, 20, "b", verdict::none));
  w.queued(30, 40, "c", "E3", 2);
  w.queued(50, 60, "b", "E2", 1);
  w.release(70, 80, "a", "L1", 1);
  w.show_entry_lock(90, 100, "b", "E2", "granted", "L2", 2);
  good(w);
  SUBCASE("one transaction, one entry") {
    w.all[3].entry = "E4";
    w.all[5].entry = "E4";
    w.show_entry(52, 55, "b", "E2", "waiting", 1);
    bad(w);
  }
  SUBCASE("who came first is served first") {
    w.all[5].work = "c";
    w.all[5].entry = "E3";
    bad(w);
  }
}

TEST_CASE("strict priority, first come first served inside it") {
  writer w;
  w.granted(0, 10, "a", "L1", 1);
  w.queued(20, 30, "b", "E2", 1, 5);
  w.queued(40, 50, "c", "E3", 2, 5);
  w.queued(60, 70, "d", "E4", 1, 1);
  w.show_resource(80, 90, "a", "L1", 1,
                  {{"E4", "d"}, {"E2", "b"}, {"E3", "c"}});
  w.show_entry(92, 94, "b", "E2", "waiting", 2);
  w.release(100, 110, "a", "L1", 1);
  w.show_entry_lock(120, 130, "d", "E4", "granted", "L4", 2);
  good(w);
  SUBCASE("a position that ignores priority") {
    w.all[3].position = 3;
    bad(w);
  }
  SUBCASE("a position that counts everybody") {
    w.all[5].position = 3;
    bad(w);
  }
  SUBCASE("a better priority that is passed over") {
    w.all[7].work = "b";
    w.all[7].entry = "E2";
    bad(w);
  }
  SUBCASE("a queue in another order") {
    std::swap(w.all[4].queue_shown[1], w.all[4].queue_shown[2]);
    bad(w);
  }
  SUBCASE("a waiter that is forgotten") {
    w.all[4].queue_shown.pop_back();
    bad(w);
  }
}

TEST_CASE("an entry is of one transaction") {
  writer w;
  w.granted(0, 10, "a", "L1", 1);
  w.queued(20, 30, "b", "E2", 1);
  w.queued(40, 50, "c", "E2", 2);
  bad(w);
  w.all[2].entry = "E3";
  good(w);
}

TEST_CASE("nobody hears of an expiry before it can be") {
  writer w;
  w.granted(0, 10, "a", "L1", 1);
  w.granted(900, 1100, "c", "L3", 3);
  w.show_resource(905, 910, "c", "L3", 3);
  bad(w);
  w.all[2].answered_us = 1000 * ms;
  good(w);
}

TEST_CASE("every end of a lock hands it over at once") {
  writer w;
  w.granted(0, 10, "a", "L1", 1);
  w.queued(20, 30, "b", "E2", 1);
  SUBCASE("a forced one") {
    w.force(40, 50, "a", "L1", verdict::done);
    w.show_entry_lock(60, 70, "b", "E2", "granted", "L2", 2);
    w.force(80, 90, "a", "L1", verdict::stale);
    good(w);
    w.all[4].answer = verdict::done;
    bad(w);
  }
  SUBCASE("a failure, which may be tried again") {
    w.release(40, 50, "a", "L1", 1, verdict::done, "error x");
    w.queued(60, 70, "a", "E3", 1);
    good(w);
    w.show_resource(80, 90, "", "", 0, {{"E3", "a"}});
    bad(w);
  }
  SUBCASE("its time") {
    w.show_entry(40, 50, "b", "E2", "waiting", 1);
    w.show_entry_lock(1000, 1010, "b", "E2", "granted", "L2", 2);
    good(w);
    SUBCASE("not before") {
      w.all[3].invoked_us = 500 * ms;
      w.all[3].answered_us = 510 * ms;
      bad(w);
    }
    SUBCASE("which a renewal puts off") {
      w.renew(900, 910, "a", "L1", 1);
      bad(w);
      pending(w.all.back());
      good(w);
    }
  }
  SUBCASE("the time of two") {
    w.all[1].lease_us = 100 * ms;
    w.granted(1100, 1110, "c", "L3", 3);
    good(w);
    w.all[2].invoked_us = 1050 * ms;
    w.all[2].answered_us = 1060 * ms;
    bad(w);
  }
}

TEST_CASE(
    "a lease counts from the decision, reads show it when it is durable") {
  writer w;
  w.granted(0, 10, "a", "L1", 1);
  w.queued(20, 30, "b", "E2", 1);
  w.release(100, 200, "a", "L1", 1);
  w.show_resource(150, 160, "a", "L1", 1, {{"E2", "b"}});
  w.granted(1100, 1110, "c", "L3", 3);
  good(w);
  w.all[4].invoked_us = 1080 * ms;
  w.all[4].answered_us = 1090 * ms;
  bad(w);
}

TEST_CASE("what comes late is refused") {
  writer w;
  w.granted(0, 10, "a", "L1", 1);
  SUBCASE("a renewal after the lease") {
    w.renew(1100, 1110, "a", "L1", 1);
    bad(w);
    w.all[1].answer = verdict::stale;
    good(w);
  }
  SUBCASE("a release after the lease") {
    w.release(1100, 1110, "a", "L1", 1);
    bad(w);
    w.all[1].answer = verdict::stale;
    good(w);
  }
  SUBCASE("a refusal while the lease runs") {
    w.release(500, 510, "a", "L1", 1, verdict::stale);
    bad(w);
  }
  SUBCASE("another token") {
    w.release(20, 30, "a", "L1", 2, verdict::stale);
    good(w);
    w.all[1].answer = verdict::done;
    bad(w);
  }
  SUBCASE("the same release again is not late, another one is") {
    w.release(20, 30, "a", "L1", 1);
    w.release(40, 50, "a", "L1", 1);
    w.release(60, 70, "a", "L1", 1, verdict::stale, "result 2");
    good(w);
    w.all[3].answer = verdict::done;
    bad(w);
    w.all[3].answer = verdict::stale;
    w.all[2].answer = verdict::stale;
    bad(w);
  }
}

TEST_CASE("an entry is cancelled once, and never served") {
  writer w;
  w.granted(0, 10, "a", "L1", 1);
  w.queued(20, 30, "b", "E2", 1);
  w.cancel(40, 50, "b", "E2", verdict::done);
  w.cancel(60, 70, "b", "E2", verdict::not_waiting);
  w.show_entry(80, 90, "b", "E2", "cancelled");
  good(w);
  SUBCASE("yet it is served") {
    w.release(100, 110, "a", "L1", 1);
    w.show_resource(120, 130, "b", "L2", 2);
    bad(w);
  }
  SUBCASE("cancelled twice") {
    w.all[3].answer = verdict::done;
    bad(w);
  }
  SUBCASE("a refusal without a reason") {
    w.all[2].answer = verdict::not_waiting;
    bad(w);
  }
}
