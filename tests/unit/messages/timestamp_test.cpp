// Times of the wall clock as text.
#include "messages/timestamp.hpp"

#include <doctest/doctest.h>

using namespace holdfast;

TEST_CASE("times are RFC 3339 in UTC with milliseconds") {
  CHECK(timestamp(0) == "1970-01-01T00:00:00.000Z");
  CHECK(timestamp(-1) == "1969-12-31T23:59:59.999Z");
  CHECK(timestamp(1'709'210'096'007) == "2024-02-29T12:34:56.007Z");
  CHECK(timestamp(253'402'300'799'999) == "9999-12-31T23:59:59.999Z");
}
