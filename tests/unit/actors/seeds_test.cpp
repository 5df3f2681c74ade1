// Seeded worlds: contended locks and tasks with duplicates, expiries, cancels,
// sleeping owners, failing stores and crashes, checked after every commit.
#include "contention.hpp"

#include <doctest/doctest.h>

#include <cstdlib>

using namespace holdfast::test;

TEST_CASE("a thousand seeds of contended locks keep every promise") {
  // HOLDFAST_SEED repeats one run; HOLDFAST_SEEDS sets how many.
  const auto* one = std::getenv("HOLDFAST_SEED");
  const auto* many = std::getenv("HOLDFAST_SEEDS");
  std::uint64_t first = one ? std::strtoull(one, nullptr, 10) : 1;
  std::uint64_t count = one    ? 1
                        : many ? std::strtoull(many, nullptr, 10)
                               : 1000;
  for (auto seed = first; seed < first + count; ++seed) {
    CAPTURE(seed);
    REQUIRE(contention{seed}.run(150) == "");
  }
}
