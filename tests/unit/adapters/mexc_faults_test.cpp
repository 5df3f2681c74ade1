// Every fault of the exchange against every request: nothing is told that is
// not sure, and nothing is sent twice.
#include "tests/support/eventually.hpp"
#include "tests/unit/adapters/mexc_world.hpp"

using namespace holdfast;
using namespace holdfast::test;

namespace {

struct fault_row {
  const char* fault;
  order_report::kind_type answer;
  std::size_t in_book;
};

const fault_row order_faults[] = {
    {"reject", order_report::rejected, 0},
    {"status", order_report::rejected, 0},
    {"429", order_report::unavailable, 0},
    {"418", order_report::unavailable, 0},
    {"500_before", order_report::unknown, 0},
    {"500_after", order_report::unknown, 1},
    {"drop_request", order_report::unknown, 0},
    {"drop_response", order_report::unknown, 1},
    {"close_keepalive", order_report::accepted, 1},
    {"hang_before", order_report::unknown, 0},
    {"hang_after", order_report::unknown, 1},
    {"late_visible_drop", order_report::unknown, 1},
    {"malformed", order_report::unknown, 1},
    {"truncated", order_report::unknown, 1},
    {"huge", order_report::unknown, 1},
    {"wrong_shape", order_report::unknown, 1},
    {"slow_body", order_report::unknown, 1},
};

/// What a query or a cancellation may run into.
const char* const other_faults[] = {
    "reject",    "status",        "429",         "418",        "500_before",
    "500_after", "drop_request",  "malformed",   "hang_after", "hang_before",
    "truncated", "drop_response", "wrong_shape", "huge",       "slow_body",
};

json rule(const std::string& on, const std::string& fault) {
  json result{{"on", on}, {"fault", fault}};
  // On a kept connection libcurl repeats what may be sent twice.
  if (fault.starts_with("drop") && on != "order" && on != "cancel")
    result["times"] = 10;
  if (fault == "status")
    result.update({{"status", 400}, {"code", 10101}, {"msg", "no balance"}});
  if (fault.starts_with("late_visible"))
    result["ms"] = 300;
  return result;
}

} // namespace

TEST_CASE_FIXTURE(mexc_world, "every fault of an order leaves one order, or "
                              "none and the right to send it again") {
  for (const auto& row : order_faults) {
    INFO(row.fault);
    std::string id = row.fault;
    std::erase(id, '_');
    auto sent = requests("order");
    fake.faults(rule("order", row.fault));
    auto answer = place(id);
    INFO(answer.message);
    CHECK(answer.kind == row.answer);
    CHECK(fake.faults_left().empty());
    CHECK(requests("order") == sent + 1);
    CHECK(orders(id) == row.in_book);
    if (answer.kind == order_report::unavailable) {
      CHECK(answer.retry_after_ms == 1000);
      advance(1000);
    }
    if (answer.kind != order_report::unknown)
      continue;
    if (row.in_book == 0) {
      CHECK(find(id).kind == order_report::unknown);
      advance(settled_ms + 1000);
      CHECK(find(id).kind == order_report::not_found);
      CHECK(order_of(place(id))["status"] == "FILLED");
    } else {
      auto order = order_of(find_out(id));
      CHECK(order["status"] == "FILLED");
      CHECK(order["executedQuantity"] == "1");
    }
    CHECK(orders(id) == 1);
  }
}

TEST_CASE_FIXTURE(mexc_world, "no fault of a query makes an order absent") {
  order_of(place("there"));
  place("warm", "0.5"); // the line has a kept connection
  for (const auto* fault : other_faults) {
    INFO(fault);
    fake.faults(rule("query", fault));
    auto answer = find("there");
    INFO(answer.message);
    CHECK(answer.kind == order_report::unknown);
    CHECK(answer.retry_after_ms > 0);
    fake.clear_faults();
    advance(20'000); // pauses are over, and every window
    CHECK(order_of(find("there"))["status"] == "FILLED");
  }
}

TEST_CASE_FIXTURE(mexc_world, "no fault of a query proves an order absent") {
  CHECK(find("nowhere").kind == order_report::unknown);
  advance(settled_ms + 2000);
  for (const auto* fault : other_faults) {
    INFO(fault);
    fake.faults(rule("query", fault));
    auto answer = find("nowhere");
    INFO(answer.message);
    CHECK(answer.kind == order_report::unknown);
    fake.clear_faults();
    advance(20'000);
  }
  // Neither does the first of the two queries, nor a clock that is not read.
  for (const auto* fault : other_faults) {
    INFO(fault);
    auto second = rule("query", fault);
    second["skip"] = 1;
    fake.faults(second);
    CHECK(find("nowhere").kind == order_report::unknown);
    fake.clear_faults();
    advance(20'000);
    fake.faults(rule("time", fault));
    CHECK(find("nowhere").kind == order_report::unknown);
    fake.clear_faults();
    advance(20'000);
  }
  CHECK(find("nowhere").kind == order_report::not_found);
}

TEST_CASE_FIXTURE(mexc_world, "after a fault of a cancellation its order is "
                              "still known, and can be cancelled") {
  for (const auto* fault : other_faults) {
    INFO(fault);
    std::string id = fault;
    std::erase(id, '_');
    CHECK(order_of(rest(id))["status"] == "NEW");
    fake.faults(rule("cancel", fault));
    auto answer = cancel(id);
    INFO(answer.message);
    if (answer.kind == order_report::accepted) {
      auto status = order_of(answer)["status"].get<std::string>();
      CHECK((status == "NEW" || status == "CANCELED"));
    } else {
      CHECK(answer.kind == order_report::unknown);
      CHECK(answer.retry_after_ms > 0);
    }
    advance(20'000);
    CHECK(order_of(cancel(id))["status"] == "CANCELED");
    CHECK(order_of(find(id))["executedQuantity"] == "0");
  }
}

TEST_CASE_FIXTURE(mexc_world, "an order that shows late is accepted, and its "
                              "state not invented") {
  fake.faults(rule("order", "late_visible"));
  auto order = order_of(place("a"));
  CHECK(order["status"] == "UNKNOWN");
  CHECK_FALSE(order.contains("executedQuantity"));
  CHECK(order["orderId"] == fake.orders_of("a").at(0)["orderId"]);
  CHECK(order["clientOrderId"] == "a");
  CHECK(order_of(find_out("a"))["status"] == "FILLED");
}

TEST_CASE_FIXTURE(mexc_world, "a query after an order that fails does not "
                              "make the order unknown") {
  for (const auto* fault : other_faults) {
    INFO(fault);
    std::string id = fault;
    std::erase(id, '_');
    fake.faults(rule("query", fault));
    CHECK(order_of(place(id))["status"] == "UNKNOWN");
    CHECK(orders(id) == 1);
    fake.clear_faults();
    advance(20'000);
  }
}

TEST_CASE_FIXTURE(mexc_world, "an order on its way when nobody waits for it "
                              "any more is not absent until it is too late") {
  fake.faults({{"on", "order"}, {"fault", "delay_accept"}, {"ms", 700}});
  CHECK(place("slow").kind == order_report::unknown);
  auto early = find("slow");
  CHECK(early.kind == order_report::unknown);
  CHECK(early.retry_after_ms > 0);
  CHECK(order_of(find_out("slow"))["status"] == "FILLED");
  // The same, but its window has passed when the exchange takes it.
  fake.faults({{"on", "order"}, {"fault", "delay_accept"}, {"ms", 700}});
  CHECK(place("late").kind == order_report::unknown);
  advance(5500);
  CHECK(find("late").kind == order_report::unknown);
  advance(2000);
  CHECK(find("late").kind == order_report::not_found);
  CHECK(eventually([&] { return fake.book()["refused"]["time"] == 1; }));
  CHECK(orders("late") == 0);
}
