// The faults that the memory store makes on demand.
#include "sample.hpp"
#include "storage/verify.hpp"

#include <doctest/doctest.h>

using namespace holdfast;

TEST_CASE("a commit told to fail leaves all as before, until it is healed") {
  memory_store s{sample::tag};
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
  memory_store s{sample::tag};
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

TEST_CASE("a snapshot may outlive the memory store") {
  std::unique_ptr<snapshot> view;
  {
    memory_store s{sample::tag};
    s.commit({sample::plain({sample::put(table::meta, "a", "1")})});
    view = s.read();
  }
  CHECK(view->get(table::meta, "a") == "1");
}

TEST_CASE("the memory store cannot be copied to a directory") {
  memory_store s{sample::tag};
  CHECK(sample::failure_of([&] { s.copy_to("somewhere"); }).code ==
        storage_errc::io);
}
