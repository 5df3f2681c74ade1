// When an order can surely not come any more; how much may be sent.
#include "adapters/mexc_sends.hpp"
#include "adapters/weight_limiter.hpp"

#include <doctest/doctest.h>

#include <random>
#include <vector>

using namespace holdfast;

TEST_CASE("an order may come until its window and the margin have passed") {
  mexc_sends sends{5000, 2000, 100};
  sends.server_time_seen(100'000);
  sends.sent("a", 101'000);
  CHECK(sends.sure_after("a") == 108'000);
  sends.sent("a", 104'000);
  CHECK(sends.sure_after("a") == 111'000);
  // A clock that was set back brings no order forward.
  sends.sent("a", 103'000);
  CHECK(sends.sure_after("a") == 111'000);
}

TEST_CASE("what another process sent was sent before this one asked") {
  mexc_sends sends{5000, 2000, 100};
  sends.server_time_seen(100'000);
  sends.server_time_seen(200'000);
  CHECK(sends.sure_after("b") == 100'000 + 1000 + 7000);
}

TEST_CASE("an order that may be there is one sent and not settled") {
  mexc_sends sends{5000, 2000, 100};
  CHECK_FALSE(sends.may_be_there("a"));
  sends.sent("a", 1000);
  CHECK(sends.may_be_there("a"));
  sends.settled("a");
  CHECK_FALSE(sends.may_be_there("a"));
  CHECK(sends.sure_after("a") == 8000);
  sends.sent("a", 2000);
  CHECK(sends.may_be_there("a"));
}

TEST_CASE("memory is bounded, and forgetting makes nothing sure earlier") {
  mexc_sends sends{5000, 2000, 2};
  sends.server_time_seen(1000);
  sends.sent("a", 50'000);
  sends.sent("b", 50'001);
  sends.sent("c", 50'002);
  CHECK_FALSE(sends.may_be_there("a"));
  CHECK(sends.sure_after("a") == 57'000);
  CHECK(sends.sure_after("never seen") == 57'000);
  CHECK(sends.sure_after("c") == 57'002);
}

TEST_CASE("no stretch of ten seconds sees more than the limit") {
  std::mt19937_64 random{7};
  weight_limiter limit{50, 10'000};
  struct taken {
    std::int64_t at_ms;
    std::int64_t weight;
  };
  std::vector<taken> all;
  std::int64_t now = 0;
  std::size_t waited = 0;
  for (int i = 0; i < 5000; ++i) {
    now += static_cast<std::int64_t>(random() % 300);
    auto weight = static_cast<std::int64_t>(1 + random() % 10);
    auto wait = limit.take(weight, now);
    if (wait > 0) {
      ++waited;
      // Not a moment earlier than said, and then it fits.
      if (wait > 1)
        CHECK(weight_limiter{limit}.take(weight, now + wait - 1) > 0);
      now += wait;
      REQUIRE(limit.take(weight, now) == 0);
    }
    all.push_back({now, weight});
    std::int64_t sum = 0;
    for (auto x = all.rbegin(); x != all.rend() && x->at_ms > now - 10'000; ++x)
      sum += x->weight;
    REQUIRE(sum <= 50);
  }
  CHECK(waited > 100);
}
