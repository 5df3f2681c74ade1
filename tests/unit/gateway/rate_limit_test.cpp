// Token buckets, on a clock of the test's.
#include "gateway/rate_limit.hpp"

#include <doctest/doctest.h>

using namespace holdfast;
using namespace std::chrono_literals;

namespace {

const rate_limit::time_point start{1h};

/// How many requests pass until one is refused.
int passing(rate_limit& limit, const std::string& caller, bool vital,
            rate_limit::time_point now) {
  int count = 0;
  while (count < 10'000 && !limit.take(caller, vital, now))
    ++count;
  return count;
}

} // namespace

TEST_CASE("a rate of zero is no limit") {
  rate_limit limit{{0, 1}};
  CHECK(passing(limit, "a", false, start) == 10'000);
}

TEST_CASE("after the burst requests pass at the rate") {
  rate_limit limit{{10, 5}};
  CHECK(passing(limit, "a", false, start) == 5);
  CHECK(limit.take("a", false, start).value() == 100ms);
  CHECK(limit.take("a", false, start + 40ms).value() == 60ms);
  CHECK(passing(limit, "a", false, start + 300ms) == 3);
  CHECK(passing(limit, "a", false, start + 1h) == 5);
}

TEST_CASE("each caller has a limit of his own") {
  rate_limit limit{{1, 2}};
  CHECK(passing(limit, "a", false, start) == 2);
  CHECK(passing(limit, "b", false, start) == 2);
}

TEST_CASE("what ends a lock passes up to twice the limit") {
  rate_limit limit{{10, 5}};
  CHECK(passing(limit, "a", false, start) == 5);
  CHECK(passing(limit, "a", true, start) == 5);
  // Refused acquires use nothing up.
  CHECK(passing(limit, "a", false, start + 100ms) == 1);
  CHECK(passing(limit, "a", true, start + 100ms) == 1);
}

TEST_CASE("releases alone have twice the limit, and no more") {
  rate_limit limit{{10, 5}};
  CHECK(passing(limit, "a", true, start) == 10);
  CHECK(passing(limit, "a", false, start) == 0);
  CHECK(passing(limit, "a", true, start + 1s) == 10);
}

TEST_CASE("a clock that goes back gains nothing") {
  rate_limit limit{{10, 5}};
  CHECK(passing(limit, "a", false, start) == 5);
  CHECK(passing(limit, "a", false, start - 1h) == 0);
  CHECK(passing(limit, "a", false, start + 100ms) == 1);
}
