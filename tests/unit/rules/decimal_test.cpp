// The decimal value of a number, whatever its spelling.
#include "rules/decimal.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

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

namespace {

__extension__ using wide = __int128;

wide power_of_ten(std::int64_t exponent) {
  wide x = 1;
  for (; exponent > 0; --exponent)
    x *= 10;
  return x;
}

std::string to_text(wide x) {
  if (x < 0)
    return '-' + to_text(-x);
  auto digit =
      std::string(1, static_cast<char>('0' + static_cast<int>(x % 10)));
  return x < 10 ? digit : to_text(x / 10) + digit;
}

constexpr std::int64_t scale = 6;

/// A number, and the same in units of 10^-`scale`.
struct number {
  decimal exact;
  wide units = 0;
};

number random_number() {
  auto digits = *rc::gen::oneOf(
      rc::gen::inRange<std::int64_t>(-12, 13),
      rc::gen::inRange<std::int64_t>(-1'000'000'000'000, 1'000'000'000'001));
  auto exponent = *rc::gen::inRange<std::int64_t>(-scale, scale + 1);
  return {
      parse_decimal(std::to_string(digits) + 'e' + std::to_string(exponent)),
      digits * power_of_ten(exponent + scale)};
}

decimal from_units(wide units, std::int64_t places = scale) {
  return parse_decimal(to_text(units) + "e-" + std::to_string(places));
}

std::string quotient(std::string_view a, std::string_view b,
                     std::size_t places = 2) {
  return to_plain_text(divide(parse_decimal(a), parse_decimal(b), places), 99)
      .value_or("none");
}

} // namespace

TEST_CASE("sums, differences and order are those of scaled integers") {
  CHECK(rc::check([] {
    auto a = random_number();
    auto b = random_number();
    RC_ASSERT(a.exact + b.exact == from_units(a.units + b.units));
    RC_ASSERT(a.exact - b.exact == from_units(a.units - b.units));
    RC_ASSERT(-a.exact == from_units(-a.units));
    RC_ASSERT((a.exact < b.exact) == (a.units < b.units));
    RC_ASSERT((a.exact > b.exact) == (a.units > b.units));
    RC_ASSERT((a.exact == b.exact) == (a.units == b.units));
    RC_ASSERT((a.exact <= b.exact) == (a.units <= b.units));
  }));
}

TEST_CASE("quotients are those of scaled integers, rounded half away from "
          "zero") {
  CHECK(rc::check([] {
    auto a = random_number();
    auto b = random_number();
    RC_PRE(b.units != 0);
    auto places = *rc::gen::inRange<std::int64_t>(0, 5);
    auto above = (a.units < 0 ? -a.units : a.units) * power_of_ten(places);
    auto below = b.units < 0 ? -b.units : b.units;
    auto whole = above / below + (above % below * 2 >= below ? 1 : 0);
    auto negative = (a.units < 0) != (b.units < 0);
    RC_ASSERT(divide(a.exact, b.exact, static_cast<std::size_t>(places)) ==
              from_units(negative ? -whole : whole, places));
  }));
}

TEST_CASE("what lies half between two goes away from zero") {
  CHECK(quotient("1", "8") == "0.13");
  CHECK(quotient("-1", "8") == "-0.13");
  CHECK(quotient("1", "-8") == "-0.13");
  CHECK(quotient("0.005", "1") == "0.01");
  CHECK(quotient("0.00499999999999999999999999999999999999", "1") == "0");
  CHECK(quotient("-0.004", "1") == "0");
  CHECK(quotient("9.995", "1") == "10");
  CHECK(quotient("2", "3", 0) == "1");
  CHECK(quotient("1", "3", 0) == "0");
  CHECK(quotient("0", "-7") == "0");
}

TEST_CASE("38 digits on either side are exact") {
  auto large = std::string(38, '9');
  auto small = "0." + std::string(37, '0') + "1";
  auto sum = to_plain_text(parse_decimal(large) + parse_decimal(small), 99);
  CHECK(sum == large + small.substr(1));
  CHECK(to_plain_text(parse_decimal(*sum) - parse_decimal(large), 99) == small);
  CHECK(quotient(large, small) == large + std::string(38, '0'));
  CHECK(quotient(small, large) == "0");
  CHECK(quotient("1", "1" + std::string(38, '0'), 38) == small);
}

TEST_CASE("a difference of nothing is zero without a sign") {
  CHECK(parse_decimal("-1.5") + parse_decimal("1.50") == decimal{});
  CHECK(-decimal{} == decimal{});
  CHECK((parse_decimal("1.10") <=> parse_decimal("1.1")) ==
        std::strong_ordering::equal);
}

TEST_CASE("numbers are what JSON's grammar has, and nothing else") {
  for (auto text : {"0", "-0", "1.50", "1e5", "-1E-5", "0.001"})
    CHECK(is_number(text));
  for (auto text : {"", " 1", "1 ", "01", "1.", ".5", "+1", "1,5", "0x1", "NaN",
                    "true", "\"1\"", "1e", "--1", "1 2"})
    CHECK_FALSE(is_number(text));
}
