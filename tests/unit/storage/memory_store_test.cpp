// What the memory store has of its own.
#include "sample.hpp"

#include <doctest/doctest.h>

using namespace holdfast;

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
