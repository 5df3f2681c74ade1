// The fake's arithmetic: texts in, texts out, nothing lost in between.
#include "tests/fakes/mexc_amount.hpp"

#include <doctest/doctest.h>

namespace {

std::string again(const char* text) {
  auto parsed = fake::parse_amount(text);
  return parsed ? fake::to_text(*parsed) : "none";
}

fake::amount of(const char* text) { return fake::parse_amount(text).value(); }

} // namespace

TEST_CASE("amounts are read and written without loss") {
  for (auto text : {"0", "1", "10", "0.1", "0.00000001", "12.5", "100.05",
                    "99999999999.99999999"})
    CHECK(again(text) == text);
  CHECK(again("1.50") == "1.5");
  CHECK(again("007.10000000") == "7.1");
}

TEST_CASE("what is no plain decimal is no amount") {
  for (auto text : {"", ".", "1.", ".5", "-1", "+1", "1e3", "1,5", " 1",
                    "0.000000001", "100000000000"})
    CHECK(again(text) == "none");
}

TEST_CASE("products and quotients are rounded down") {
  CHECK(fake::to_text(of("0.1") * of("0.2")) == "0.02");
  CHECK(fake::to_text(of("0.00000001") * of("0.99999999")) == "0");
  CHECK(fake::to_text(of("1") / of("3")) == "0.33333333");
  CHECK(fake::to_text(of("99999999999") * of("99999999999")) ==
        "9999999999800000000001");
  CHECK(fake::to_text(of("0.3") - of("0.1")) == "0.2");
}

TEST_CASE("places are counted without trailing zeros") {
  CHECK(fake::places_of(of("1")) == 0);
  CHECK(fake::places_of(of("1.50")) == 1);
  CHECK(fake::places_of(of("0.00000001")) == 8);
}
