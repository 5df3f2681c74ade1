// The decimal value of a number, whatever its spelling.
#include "rules/decimal.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace holdfast;

namespace {

bool same(std::string_view a, std::string_view b) {
  return parse_decimal(a) == parse_decimal(b);
}

} // namespace

TEST_CASE("spellings of one value are equal") {
  CHECK(same("1", "1.0"));
  CHECK(same("100", "1e2"));
  CHECK(same("100", "0.001E+5"));
  CHECK(same("-0.5", "-5e-1"));
  CHECK(same("0", "-0"));
  CHECK(same("0", "-0.000e99"));
  CHECK(same("0", "0e99999999999999999999999"));
  CHECK(same("1", "0." + std::string(999, '0') + "1e1000"));
  CHECK(same("1", "1" + std::string(999, '0') + "e-999"));
}

TEST_CASE("different values differ") {
  CHECK_FALSE(same("1", "-1"));
  CHECK_FALSE(same("1", "10"));
  CHECK_FALSE(same("0.3", "0.30000000000000001"));
  CHECK_FALSE(same("1e400", "1e401"));
  CHECK_FALSE(same("1e-400", "0"));
}

TEST_CASE("exponents beyond all use are held at a bound") {
  auto bound = std::int64_t{100'000'000'000'000'000};
  CHECK(parse_decimal("1e99999999999999999999999").exponent == bound);
  CHECK(parse_decimal("1e-99999999999999999999999").exponent == -bound);
}
