// How long a node asks for orders, waits for them and follows them.
#include "node/config.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace holdfast;

namespace {

const std::string example = HOLDFAST_SOURCE_DIR "/config/holdfast.example.toml";

} // namespace

TEST_CASE("the patience with orders is set in milliseconds and seconds") {
  auto orders = parse_config("[trades]\nreconcile_ms = 24\nsettle_ms = 25\n"
                             "follow_s = 26\n",
                             "c.toml")
                    .engine.orders;
  CHECK(orders.reconcile_ms == 24);
  CHECK(orders.settle_ms == 25);
  CHECK(orders.follow_ms == 26'000);
}

TEST_CASE("the example file has the default patience with orders") {
  auto shown = load_config(example).engine.orders;
  order_patience usual;
  CHECK(shown.reconcile_ms == usual.reconcile_ms);
  CHECK(shown.settle_ms == usual.settle_ms);
  CHECK(shown.follow_ms == usual.follow_ms);
}

TEST_CASE("an order that is not waited for at all is refused") {
  for (std::string key : {"reconcile_ms", "settle_ms", "follow_s"}) {
    try {
      parse_config("[trades]\n" + key + " = 0\n", "c.toml");
      FAIL("0 was taken for " << key);
    } catch (const config_error& wrong) {
      REQUIRE(wrong.problems.size() == 1);
      CHECK(wrong.problems[0].find("trades." + key + " must be a whole") !=
            std::string::npos);
    }
  }
}
