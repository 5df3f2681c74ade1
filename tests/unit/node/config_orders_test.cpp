// How long a node asks for orders, waits for them and follows them.
#include "node/config.hpp"
#include "tests/unit/node/config_text.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace holdfast;
using namespace holdfast::test;

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
  auto shown = load_config(example_file).engine.orders;
  order_patience usual;
  CHECK(shown.reconcile_ms == usual.reconcile_ms);
  CHECK(shown.settle_ms == usual.settle_ms);
  CHECK(shown.follow_ms == usual.follow_ms);
}

TEST_CASE("an order that is not waited for at all is refused") {
  for (std::string key : {"reconcile_ms", "settle_ms", "follow_s"})
    CHECK(problem_of("[trades]\n" + key + " = 0\n")
              .find("trades." + key + " must be a whole") != std::string::npos);
}

TEST_CASE("the exchange is asked long enough to be sure that an order is "
          "lost") {
  const std::string file = "[trades]\nexchange = \"mexc\"\n";
  const std::string slow = "[mexc]\nrecv_window_ms = 60000\n";
  CHECK(parse_config(file, "c.toml").engine.orders.reconcile_ms == 15'000);
  CHECK(parse_config(file + slow, "c.toml").engine.orders.reconcile_ms ==
        66'000);
  CHECK(problem_of(file + "reconcile_ms = 8000\n") ==
        "c.toml:3: trades.reconcile_ms must be more than mexc.recv_window_ms + "
        "mexc.reconcile_margin_ms + 1000 (8000), not 8000");
  CHECK(parse_config(file + "reconcile_ms = 8001\n", "c.toml")
            .engine.orders.reconcile_ms == 8001);
  CHECK(parse_config("[trades]\nreconcile_ms = 1\n", "c.toml")
            .engine.orders.reconcile_ms == 1);
}
