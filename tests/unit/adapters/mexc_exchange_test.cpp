// The adapter's actor against the fake exchange: time, limits, symbols, keys.
#include "tests/support/eventually.hpp"
#include "tests/support/http_client.hpp"
#include "tests/unit/adapters/mexc_world.hpp"

using namespace holdfast;
using namespace holdfast::test;

TEST_CASE_FIXTURE(mexc_world, "an order is told with what was executed") {
  auto order = order_of(place("a", "0.003"));
  auto book = fake.orders_of("a").at(0);
  CHECK(order["orderId"] == book["orderId"]);
  CHECK(order["clientOrderId"] == "a");
  CHECK(order["status"] == "FILLED");
  CHECK(order["executedQuantity"] == "0.003");
  CHECK(order["executedQuoteQuantity"] == book["executedQuote"]);
  CHECK(order.contains("averagePrice"));
  CHECK(order_of(find("a")) == order);
  CHECK(fake.book()["refused"]["parameter"] == 0);
}

TEST_CASE_FIXTURE(mexc_world, "M23: every type of order is taken, and none is "
                              "sent with a parameter that MEXC has not") {
  for (std::string type :
       {"LIMIT", "LIMIT_MAKER", "IMMEDIATE_OR_CANCEL", "FILL_OR_KILL"}) {
    auto id = type;
    std::erase(id, '_');
    auto rests = type.starts_with("LIMIT");
    auto order = order_of(ask(place_order{id, "BTCUSDT", "BUY", type, "1", "",
                                          rests ? "2" : "9999999"}));
    INFO(type);
    CHECK(order["status"] == (rests ? "NEW" : "FILLED"));
  }
  auto by_money =
      ask(place_order{"m", "BTCUSDT", "BUY", "MARKET", "", "100", ""});
  CHECK(order_of(by_money)["status"] == "FILLED");
  CHECK(fake.book()["refused"]["parameter"] == 0);
}

TEST_CASE_FIXTURE(mexc_world, "a resting order is cancelled; one that has "
                              "ended stays as it is") {
  CHECK(order_of(rest("a"))["status"] == "NEW");
  CHECK(order_of(cancel("a"))["status"] == "CANCELED");
  CHECK(order_of(cancel("a"))["status"] == "CANCELED");
  order_of(place("b"));
  CHECK(order_of(cancel("b"))["status"] == "FILLED");
  CHECK(cancel("never").kind == order_report::unknown);
  advance(settled_ms + 2000);
  CHECK(cancel("never").kind == order_report::not_found);
}

TEST_CASE_FIXTURE(mexc_world, "an order of an earlier process is absent only "
                              "when it can no longer come") {
  auto early = find("before");
  CHECK(early.kind == order_report::unknown);
  CHECK(early.retry_after_ms > 0);
  advance(settled_ms + 500);
  CHECK(find("before").kind == order_report::unknown);
  advance(1000);
  CHECK(find("before").kind == order_report::not_found);
}

TEST_CASE_FIXTURE(mexc_world, "M15: an order is not sent again while nobody "
                              "knows what came of it") {
  fake.faults({{"on", "order"}, {"fault", "drop_request"}});
  CHECK(place("a").kind == order_report::unknown);
  CHECK(place("a").kind == order_report::unknown);
  CHECK(requests("order") == 1);
  advance(settled_ms + 100);
  CHECK(find("a").kind == order_report::not_found);
  order_of(place("a"));
  CHECK(orders("a") == 1);
}

TEST_CASE_FIXTURE(mexc_world,
                  "one order asked for twice at once is sent once") {
  come();
  caf::scoped_actor self{sys};
  place_order order{"a", "BTCUSDT", "BUY", "MARKET", "1", "", ""};
  std::vector<order_report> answers;
  auto first = self->request(exchange, 20s, order);
  auto second = self->request(exchange, 20s, order);
  auto keep = [&](const order_report& x) { answers.push_back(x); };
  auto fail = [](const caf::error& why) { FAIL(to_string(why)); };
  first.receive(keep, fail);
  second.receive(keep, fail);
  REQUIRE(answers.size() == 2);
  CHECK(answers[0].kind == order_report::accepted);
  CHECK(answers[1].kind == order_report::unknown);
  CHECK(orders("a") == 1);
}

TEST_CASE_FIXTURE(mexc_world, "an exchange whose clock is 10 s off is traded "
                              "on without a refusal") {
  for (std::int64_t ms : {10'000, -10'000}) {
    skew(ms);
    come();
    auto id = "at" + std::to_string(ms + 20'000);
    CHECK(order_of(place(id))["status"] == "FILLED");
    go();
  }
  CHECK(fake.book()["refused"]["time"] == 0);
}

TEST_CASE_FIXTURE(mexc_world, "a clock that jumps by 10 s costs one refusal") {
  order_of(place("before"));
  auto refused = 0;
  for (std::int64_t ms : {10'000, 0, -10'000}) {
    skew(ms);
    auto id = "at" + std::to_string(ms + 20'000);
    CHECK(order_of(place(id))["status"] == "FILLED");
    CHECK(orders(id) == 1);
    CHECK(fake.book()["refused"]["time"] == ++refused);
  }
}

TEST_CASE_FIXTURE(mexc_world, "a clock set back makes nothing absent too "
                              "early") {
  // The smaller step is too small for any request to be refused.
  for (std::int64_t back : {900, 10'000}) {
    auto id = "by" + std::to_string(back);
    fake.faults({{"on", "order"}, {"fault", "drop_request"}});
    CHECK(place(id).kind == order_report::unknown);
    advance(settled_ms + 100);
    // It would be sure now, but the exchange takes orders of that time again.
    skew(skew_ms - back);
    CHECK(find(id).kind == order_report::unknown);
    advance(back);
    CHECK(find(id).kind == order_report::not_found);
  }
}

TEST_CASE_FIXTURE(mexc_world, "M24: a refused timestamp is mended once, with "
                              "a new one") {
  fake.faults({{"on", "order"},
               {"fault", "status"},
               {"status", 400},
               {"code", 700003},
               {"msg", "outside of the recvWindow"},
               {"times", 50}});
  auto answer = place("a");
  CHECK(answer.kind == order_report::unavailable);
  CHECK(answer.message.find("700003") != std::string::npos);
  CHECK(requests("order") == 2);
}

TEST_CASE_FIXTURE(mexc_world, "M24: after 429 nothing is sent until the pause "
                              "is over") {
  order_of(place("warm"));
  for (std::string fault : {"429", "418"}) {
    auto sent = requests("order");
    auto queried = requests("query");
    fake.faults({{"on", "order"},
                 {"fault", fault},
                 {"times", 50},
                 {"retryAfterS", 30}});
    auto first = place(fault);
    CHECK(first.kind == order_report::unavailable);
    CHECK(first.retry_after_ms == 30'000);
    auto again = place(fault);
    CHECK(again.kind == order_report::unavailable);
    CHECK(again.retry_after_ms > 29'000);
    auto asked = find("warm");
    CHECK(asked.kind == order_report::unknown);
    CHECK(asked.retry_after_ms > 29'000);
    CHECK(requests("order") == sent + 1);
    CHECK(requests("query") == queried);
    fake.clear_faults();
    advance(30'000);
    order_of(place(fault));
    CHECK(orders(fault) == 1);
  }
  CHECK(warned().find("HTTP 429") != std::string::npos);
}

TEST_CASE_FIXTURE(mexc_world, "no more is sent than the exchange takes") {
  options.weight_max = 12;
  // Six queries weigh as much as twelve orders; no order goes without its own.
  for (int i = 0; i < 6; ++i)
    CHECK(order_of(place("a" + std::to_string(i)))["status"] == "FILLED");
  auto answer = place("b");
  CHECK(answer.kind == order_report::unavailable);
  CHECK(answer.retry_after_ms > 5000);
  CHECK(requests("order") == 6);
  CHECK(requests("query") == 6);
  CHECK(find("a5").kind == order_report::unknown);
  advance(10'000);
  CHECK(order_of(place("b"))["status"] == "FILLED");
}

TEST_CASE_FIXTURE(mexc_world, "what the exchange would refuse is not sent") {
  auto refused = [&](const place_order& order) {
    auto answer = ask(order);
    INFO(answer.message);
    CHECK(answer.kind == order_report::rejected);
    return answer.exchange_code;
  };
  CHECK(refused({"a", "BTCUSDT", "BUY", "MARKET", "0.000001", "", ""}) ==
        "30002");
  CHECK(refused({"a", "NOSUCH", "BUY", "MARKET", "1", "", ""}) == "10007");
  CHECK(refused({"a", "PAUSEDUSDT", "BUY", "MARKET", "1", "", ""}) == "10007");
  CHECK(refused({"a", "BTCUSDT", "BUY", "LIMIT", "1", "", "0.001"}).empty());
  CHECK(requests("order") == 0);
  CHECK(requests("info") == 3);
  order_of(place("a"));
  CHECK(requests("info") == 3);
}

TEST_CASE_FIXTURE(mexc_world, "both spellings of a status mean that a symbol "
                              "trades") {
  for (auto symbol : {"BTCUSDT", "ETHUSDT"})
    CHECK(ask(place_order{symbol, symbol, "BUY", "MARKET", "1", "", ""}).kind ==
          order_report::accepted);
}

TEST_CASE_FIXTURE(mexc_world, "what is known of a symbol is renewed, and "
                              "serves on when it cannot be") {
  order_of(place("a"));
  advance(options.symbol_age_max_ms);
  fake.faults({{"on", "info"}, {"fault", "500_before"}});
  order_of(place("b"));
  CHECK(requests("info") == 2);
  fake.symbols({{{"symbol", "BTCUSDT"}, {"isSpotTradingAllowed", false}}});
  auto closed = place("c");
  CHECK(closed.kind == order_report::rejected);
  CHECK(closed.exchange_code == "10007");
  fake.symbols({{{"symbol", "BTCUSDT"}}});
  order_of(place("c"));
}

TEST_CASE_FIXTURE(mexc_world, "without clock or symbol nothing is sent") {
  fake.faults({{"on", "info"}, {"fault", "malformed"}, {"times", 1}});
  CHECK(place("a").kind == order_report::unavailable);
  order_of(place("a"));
  go();
  fake.faults({{"on", "time"}, {"fault", "malformed"}, {"times", 100}});
  come();
  auto answer = place("b");
  CHECK(answer.kind == order_report::unavailable);
  CHECK(find("a").kind == order_report::unknown);
  CHECK(orders("b") == 0);
  fake.clear_faults();
  order_of(place("b"));
  CHECK(warned().find("does not tell its time") != std::string::npos);
}

TEST_CASE_FIXTURE(mexc_world, "keys that do not fit are our fault, not the "
                              "market's, and are not told") {
  struct {
    mexc_keys keys;
    const char* says;
  } const rows[] = {
      {{"other-key", "test-secret"}, "does not know the API key (10072)"},
      {{"test-key", "other-secret"}, "signature"},
  };
  for (const auto& row : rows) {
    options.access.keys = row.keys;
    come();
    auto answer = place("a");
    CHECK(answer.kind == order_report::unavailable);
    CHECK(answer.message.find(row.says) != std::string::npos);
    CHECK(answer.message.find("other-") == std::string::npos);
    CHECK(find("a").kind == order_report::unknown);
    go();
  }
  CHECK(warned().find("MEXC: the exchange") != std::string::npos);
  CHECK(warned().find("other-") == std::string::npos);
}

TEST_CASE_FIXTURE(mexc_world, "a refusal that repeats the keys is told "
                              "without them") {
  fake.faults({{"on", "order"},
               {"fault", "reject"},
               {"code", 30002},
               {"msg", "no: test-key, test-secret!"}});
  auto answer = place("a");
  CHECK(answer.kind == order_report::rejected);
  CHECK(answer.message == "no: …, …!");
}

TEST_CASE_FIXTURE(mexc_world, "an exchange that cannot be reached was sent "
                              "nothing") {
  order_of(place("a"));
  fake.away(1s);
  // Until its port is closed, connections are taken, and broken then.
  REQUIRE(eventually([&] {
    try {
      http_client{fake.port()}.connect();
      return false;
    } catch (const connection_lost&) {
      return true;
    }
  }));
  CHECK(place("b").kind == order_report::unavailable);
  CHECK(find("a").kind == order_report::unknown);
  CHECK(orders("b") == 0);
  order_of(place("b"));
}

TEST_CASE_FIXTURE(mexc_world, "an exchange that ends answers what is under "
                              "way") {
  options.access.timeout = 20s;
  order_of(place("warm"));
  fake.faults({{"on", "order"}, {"fault", "hang_after"}});
  caf::scoped_actor self{sys};
  auto waiting = self->request(
      exchange, 20s, place_order{"a", "BTCUSDT", "BUY", "MARKET", "1", "", ""});
  REQUIRE(eventually([&] { return orders("a") == 1; }));
  caf::anon_send_exit(exchange, caf::exit_reason::user_shutdown);
  waiting.receive(
      [](const order_report& x) {
        CHECK(x.kind == order_report::unknown);
        CHECK(x.message == "the node is stopping");
      },
      [](const caf::error& why) { FAIL(to_string(why)); });
}

TEST_CASE_FIXTURE(mexc_world, "no more requests are begun than are bearable") {
  options.outstanding_max = 3;
  come();
  fake.faults({{"on", "query"}, {"fault", "hang_before"}, {"times", 3}});
  caf::scoped_actor self{sys};
  auto ask_again = [&] {
    return self->request(exchange, 20s, find_order{"a", "BTCUSDT"});
  };
  auto a = ask_again();
  auto b = ask_again();
  auto c = ask_again();
  auto refused = place("b");
  CHECK(refused.kind == order_report::unavailable);
  CHECK(refused.retry_after_ms > 0);
  auto unknown = [](const order_report& x) {
    CHECK(x.kind == order_report::unknown);
  };
  auto fail = [](const caf::error& why) { FAIL(to_string(why)); };
  a.receive(unknown, fail);
  b.receive(unknown, fail);
  c.receive(unknown, fail);
  order_of(place("b"));
}
