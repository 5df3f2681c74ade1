// Back-off: its bounds, its spread, its respect for what the other side asks.
#include "rules/retry_policy.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <array>
#include <limits>

using namespace holdfast;

namespace {

constexpr auto highest = std::numeric_limits<std::uint64_t>::max();
constexpr auto longest = std::numeric_limits<std::int64_t>::max();

} // namespace

TEST_CASE("the longest delay doubles with every attempt up to the maximum") {
  CHECK(retry_delay(1, 200, 30'000, 0, highest) == 200);
  CHECK(retry_delay(2, 200, 30'000, 0, highest) == 400);
  CHECK(retry_delay(3, 200, 30'000, 0, highest) == 800);
  CHECK(retry_delay(8, 200, 30'000, 0, highest) == 25'600);
  CHECK(retry_delay(9, 200, 30'000, 0, highest) == 30'000);
  CHECK(retry_delay(4'000'000'000, 200, 30'000, 0, highest) == 30'000);
}

TEST_CASE("full jitter starts at no delay and chooses evenly") {
  CHECK(retry_delay(5, 200, 30'000, 0, 0) == 0);
  CHECK(retry_delay(1, 200, 30'000, 0, highest / 2) == 100);
  std::array<int, 4> hits{};
  for (std::uint64_t i = 0; i < 4000; ++i) {
    auto delay = retry_delay(1, 3, 3, 0, i * (highest / 4000));
    ++hits[static_cast<std::size_t>(delay)];
  }
  for (auto count : hits)
    CHECK(std::abs(count - 1000) <= 2);
}

TEST_CASE("a retry is never sooner than the other side asked for") {
  CHECK(retry_delay(1, 200, 30'000, 5000, 0) == 5000);
  CHECK(retry_delay(1, 200, 30'000, 60'000, highest) == 60'000);
  CHECK(retry_delay(1, 200, 30'000, 150, highest) == 200);
}

TEST_CASE("extreme settings overflow nothing") {
  CHECK(retry_delay(1, longest, longest, 0, highest) == longest);
  CHECK(retry_delay(2, longest, longest, 0, highest) == longest);
  CHECK(retry_delay(63, 1, longest, 0, highest) == std::int64_t{1} << 62);
  CHECK(retry_delay(64, 1, longest, 0, highest) == longest);
  CHECK(retry_delay(0, 200, 30'000, 0, highest) == 200);
  CHECK(retry_delay(3, 0, 30'000, 0, highest) == 0);
  CHECK(retry_delay(3, 200, 0, 0, highest) == 0);
}

TEST_CASE("every delay lies between what was asked for and the bound") {
  CHECK(rc::check([](std::uint32_t attempt, std::uint32_t base,
                     std::uint32_t max, std::uint32_t after,
                     std::uint64_t random) {
    attempt = attempt % 40 + 1;
    auto delay = retry_delay(attempt, base, max, after, random);
    // 2^32 * 2^39 does not fit 64 bits; a long double holds it exactly.
    auto bound = std::min(
        static_cast<long double>(max),
        static_cast<long double>(base) *
            static_cast<long double>(std::uint64_t{1} << (attempt - 1)));
    RC_ASSERT(delay >= after);
    RC_ASSERT(delay <=
              std::max(static_cast<std::int64_t>(bound), std::int64_t{after}));
  }));
}
