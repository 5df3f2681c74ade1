// The faults that the simulated store makes on demand.
#include "sample.hpp"
#include "storage/verify.hpp"

#include <doctest/doctest.h>

using namespace holdfast;
using simulation::faulty_store;

TEST_CASE("a commit told to fail leaves all as before, until it is healed") {
  faulty_store s{sample::tag};
  sample::world w;
  s.commit({w.grant("a", "k")});
  auto later = w.release("a");
  s.fail_with(storage_errc::disk_full);
  for (int i = 0; i < 2; ++i)
    CHECK(sample::failure_of([&] { s.commit({later}); }).code ==
          storage_errc::disk_full);
  CHECK(sample::failure_of([&] { s.probe(); }).code == storage_errc::disk_full);
  CHECK(sample::failure_of([&] { s.purge({}); }).code ==
        storage_errc::disk_full);
  CHECK(s.last_seq() == 1);
  CHECK(s.commits() == 1);
  CHECK(s.read()->count(table::locks) == 1);
  s.heal();
  s.probe();
  s.commit({later});
  CHECK(s.last_seq() == 2);
  CHECK(s.commits() == 2);
  CHECK(verify(s).ok());
}

TEST_CASE("a commit that fails late has taken effect") {
  faulty_store s{sample::tag};
  sample::world w;
  s.commit_then_fail(1);
  CHECK(sample::failure_of([&] { s.commit({w.grant("a")}); }).code ==
        storage_errc::io);
  CHECK(s.last_seq() == 1);
  CHECK(s.read()->count(table::locks) == 1);
  s.commit({w.grant("b")});
  CHECK(s.commits() == 2);
  s.commit_then_fail(5);
  s.heal();
  s.commit({w.grant("c")});
}

TEST_CASE("a node that dies in a commit leaves what was committed, and no "
          "more of it is written") {
  for (auto after : {false, true}) {
    CAPTURE(after);
    faulty_store s{sample::tag};
    sample::world w;
    s.die_in_commit(after);
    CHECK(sample::failure_of([&] { s.commit({w.grant("a")}); }).code ==
          storage_errc::io);
    CHECK(s.is_cut());
    CHECK(s.last_seq() == (after ? 1 : 0));
    CHECK(sample::failure_of([&] { s.probe(); }).code == storage_errc::io);
    s.open();
    s.probe();
    CHECK(s.disk().last_seq() == (after ? 1 : 0));
  }
}

TEST_CASE("a slow commit lets time pass, and is counted") {
  faulty_store s{sample::tag};
  sample::world w;
  std::int64_t passed = 0;
  s.on_wait = [&](std::int64_t ms) { passed += ms; };
  s.slow_down(1, 250);
  s.commit({w.grant("a")});
  s.commit({w.grant("b")});
  CHECK(passed == 250);
  CHECK(s.met.by_kind().at("store: slow commit") == 1);
  CHECK(s.met.by_kind().at("store: answer lost") == 0);
}
