// Reports of positions: what reaches the desk, what is refused, what comes
// back.
#include "gateway/request_fields.hpp"
#include "rules/sha256.hpp"
#include "tests/unit/gateway/positions_world.hpp"

using namespace holdfast;
using namespace holdfast::test;

namespace {

gateway_options with_ann() {
  gateway_options options;
  options.tokens =
      std::make_shared<const token_table>(std::vector{token_table::entry{
          sha256("ann-token"), std::make_shared<const identity>(
                                   identity{"ann", scope::trade, "acc-1"})}});
  return options;
}

constexpr auto as_ann = "Authorization: Bearer ann-token\r\n";

} // namespace

TEST_CASE_FIXTURE(positions_world, "one report is answered with its outcome") {
  auto answer = report(position("7"));
  CHECK(answer.body ==
        R"({"results":[{"accountId":"acc-1","positionId":"7",)"
        R"("outcome":"created","signalId":"signal-5f3a9c1e-3"}]})");
  auto cmd = service.await<report_positions>();
  CHECK(cmd.bound_to.empty());
  REQUIRE(cmd.events.size() == 1);
  auto& event = cmd.events[0];
  CHECK(event.change == position_change::unsaid);
  CHECK(event.account_id == "acc-1");
  CHECK(event.position_id == "7");
  CHECK(event.symbol == "EURUSD");
  CHECK(event.side == position_side::buy);
  CHECK_FALSE(event.silent);
  CHECK_FALSE(event.inferred);
  CHECK(event.taken_at_ms == 0);
}

TEST_CASE_FIXTURE(positions_world, "every field reaches the desk, digit by "
                                   "digit, as a number or as a text") {
  auto answer = call(
      "POST", "/v1/positions",
      R"({"event":"closed","accountId":"a:1","positionId":"p 2",)"
      R"("symbol":"XAUUSD","type":"POSITION_TYPE_SELL","volume":0.30,)"
      R"("openPrice":12345678901234567890.123456789,"currentPrice":"1.50",)"
      R"("stopLoss":2,"takeProfit":"3","profit":-4.5,"commission":"-0.1",)"
      R"("swap":0,"closePrice":1e1,"time":"2026.11.22 15:36:35",)"
      R"("comment":"\u00fc <b>"})");
  CHECK(rows(answer)[0]["outcome"] == "created");
  auto event = service.await<report_positions>().events.at(0);
  CHECK(event.change == position_change::closed);
  CHECK(event.account_id == "a:1");
  CHECK(event.position_id == "p 2");
  CHECK(event.side == position_side::sell);
  CHECK(event.volume == "0.3");
  CHECK(event.open_price == "12345678901234567890.123456789");
  CHECK(event.current_price == "1.5");
  CHECK(event.stop_loss == "2");
  CHECK(event.take_profit == "3");
  CHECK(event.profit == "-4.5");
  CHECK(event.commission == "-0.1");
  CHECK(event.swap == "0");
  CHECK(event.close_price == "10");
  CHECK(event.time == "2026.11.22 15:36:35");
  CHECK(event.comment == "ü <b>");
}

TEST_CASE_FIXTURE(positions_world, "what brokers leave empty was not given") {
  report(position("7", {{"event", nullptr},
                        {"stopLoss", nullptr},
                        {"takeProfit", 0},
                        {"comment", ""},
                        {"time", nullptr}}));
  auto event = service.await<report_positions>().events.at(0);
  CHECK(event.change == position_change::unsaid);
  CHECK(event.stop_loss.empty());
  CHECK(event.take_profit.empty());
  CHECK(event.comment.empty());
  CHECK(event.time.empty());
}

TEST_CASE_FIXTURE(positions_world, "a close is known by its ids") {
  report({{"event", "closed"}, {"accountId", "acc-1"}, {"positionId", "7"}});
  auto event = service.await<report_positions>().events.at(0);
  CHECK(event.change == position_change::closed);
  CHECK(event.position_id == "7");
  CHECK(event.close_price.empty());
}

TEST_CASE_FIXTURE(positions_world, "R5: a bad row fails in its place, and "
                                   "drops no neighbour") {
  service.set([](canned_answers& to) {
    to.report = [](const report_positions& cmd) {
      positions_reported out;
      for (auto& event : cmd.events) {
        position_row row{event.account_id,
                         event.position_id,
                         position_outcome::duplicate,
                         {},
                         {}};
        if (event.position_id == "full")
          row.why = problem{errc::queue_full, "too many", "", "", 0, 1500};
        out.rows.push_back(row);
      }
      return out;
    };
  });
  auto without_type = position("2");
  without_type.erase("type");
  auto found =
      rows(report(json::array({position("1"), without_type, 5, position("full"),
                               position("3", {{"lots", 1}}), position("4")})));
  REQUIRE(found.size() == 6);
  CHECK(found[0] == json{{"accountId", "acc-1"},
                         {"positionId", "1"},
                         {"outcome", "duplicate"}});
  CHECK(found[1]["positionId"] == "2");
  CHECK(found[1]["outcome"] == "failed");
  CHECK(found[1]["problem"] == json::parse(problem_json(invalid_request(
                                   "type is missing; it is BUY or SELL."))));
  CHECK_FALSE(found[1].contains("signalId"));
  CHECK(found[2]["outcome"] == "failed");
  CHECK_FALSE(found[2].contains("positionId"));
  CHECK(contains(found[2]["problem"]["detail"],
                 "The position is not a JSON object but a number"));
  CHECK(found[3]["problem"]["code"] == "queue-full");
  CHECK(found[3]["problem"]["retryAfterMs"] == 1500);
  CHECK(found[3]["positionId"] == "full");
  CHECK(contains(found[4]["problem"]["detail"], "There is no field \"lots\""));
  CHECK(found[5]["positionId"] == "4");
  CHECK(service.await<report_positions>().events.size() == 3);
}

TEST_CASE_FIXTURE(positions_world, "a row says what is wrong with it") {
  struct {
    json more;
    const char* words;
  } bad[] = {{{{"accountId", ""}}, "accountId is empty"},
             {{{"accountId", 5}}, "accountId is 5; expected a string"},
             {{{"positionId", 250999390}}, "positionId is 250999390"},
             {{{"positionId", std::string(257, 'x')}}, "257 bytes"},
             {{{"positionId", "a\nb"}}, "control character"},
             {{{"type", "LONG"}}, "expected one of BUY, SELL"},
             {{{"event", "moved"}}, "opened, updated, closed"},
             {{{"event", ""}}, "opened, updated, closed"},
             {{{"volume", "much"}}, "volume"},
             {{{"volume", ""}}, "volume"},
             {{{"openPrice", true}}, "openPrice"},
             {{{"symbol", "EUR USD"}}, "symbol"},
             {{{"comment", 5}}, "comment is 5"},
             {{{"comment", std::string(501, 'x')}}, "comment has 501 bytes"},
             {{{"time", 5}}, "time is 5"}};
  for (auto& row : bad) {
    auto found = rows(report(position("7", row.more)));
    INFO(found.dump());
    REQUIRE(found.size() == 1);
    CHECK(found[0]["outcome"] == "failed");
    CHECK(found[0]["problem"]["code"] == "invalid");
    CHECK(contains(found[0]["problem"]["detail"], row.words));
  }
  for (auto name :
       {"accountId", "positionId", "symbol", "type", "volume", "openPrice"}) {
    auto body = position("7");
    body.erase(name);
    auto found = rows(report(body));
    INFO(found.dump());
    CHECK(found[0]["outcome"] == "failed");
    CHECK(contains(found[0]["problem"]["detail"], name));
  }
  CHECK(service.times<report_positions>() == 0);
}

TEST_CASE_FIXTURE(positions_world, "R22: a body that reports nothing is "
                                   "refused, and means nothing") {
  struct {
    const char* body;
    const char* words;
  } bad[] = {{"[]", "The array is empty"},
             {"5", "not a JSON array but a number"},
             {"null", "not a JSON array but null"},
             {"[1,", "not valid JSON"},
             {"", "not valid JSON"}};
  for (auto& row : bad) {
    auto answer = call("POST", "/v1/positions", row.body);
    INFO(answer.body);
    CHECK(answer.status == 400);
    CHECK(contains(answer.body, row.words));
  }
  for (auto body :
       {"[]", "{}", R"({"accountId":"a"})", "5",
        R"({"accountId":"a","positions":null})",
        R"({"accountId":"a","positions":{}})",
        R"({"accountId":"a","positions":[],"more":1})",
        R"({"accountId":"","positions":[]})", R"({"positions":[]})"}) {
    INFO(body);
    CHECK(call("POST", "/v1/positions/snapshot", body).status == 400);
  }
  CHECK(service.times<report_positions>() == 0);
  CHECK(service.times<report_snapshot>() == 0);
}

TEST_CASE_FIXTURE(positions_world, "an array may have 4 MiB, a single position "
                                   "64 KiB, a snapshot 4 MiB") {
  auto padded = [](std::size_t bytes, const std::string& start,
                   const std::string& end) {
    return start + std::string(bytes - start.size() - end.size(), ' ') + end;
  };
  auto single = position("7").dump();
  single.pop_back();
  auto status = [&](const std::string& body) {
    return call("POST", "/v1/positions", body).status;
  };
  CHECK(status(padded(65'536, single, "}")) == 200);
  CHECK(status(padded(65'537, single, "}")) == 413);
  CHECK(status(" " + padded(65'536, single, "}")) == 413);
  auto array = "[" + position("7").dump();
  CHECK(status(padded(4'194'304, array, "]")) == 200);
  CHECK(status(padded(4'194'305, array, "]")) == 413);
  std::string start = R"({"accountId":"acc-1","positions":[)";
  auto snapshot_status = [&](std::size_t bytes) {
    return call("POST", "/v1/positions/snapshot", padded(bytes, start, "]}"))
        .status;
  };
  CHECK(snapshot_status(4'194'304) == 200);
  CHECK(snapshot_status(4'194'305) == 413);
  CHECK(service.times<report_positions>() == 2);
}

TEST_CASE_FIXTURE(positions_world, "too deep a row fails alone") {
  auto deep = std::string(70, '[') + std::string(70, ']');
  auto answer =
      call("POST", "/v1/positions",
           R"([{"comment":)" + deep + "}," + position("7").dump() + "]");
  auto found = rows(answer);
  CHECK(found[0]["outcome"] == "failed");
  CHECK(found[1]["outcome"] == "created");
}

TEST_CASE_FIXTURE(positions_world, "what the desk refuses as a whole is "
                                   "refused as a whole") {
  service.set([](canned_answers& to) {
    to.refusal = problem{errc::storage_unavailable, "no disk", "", "", 0, 0};
  });
  CHECK(report(position("7")).status == 503);
  CHECK(report(json::array({position("7"), 5})).status == 503);
  CHECK(snapshot(json::array()).status == 503);
}

TEST_CASE("M19: who is bound to an owner reports that account alone") {
  positions_world world{with_ann()};
  auto other = position("8", {{"accountId", "acc-2"}});
  auto report = [&](const json& body) {
    return world.call("POST", "/v1/positions", body.dump(), as_ann);
  };
  CHECK(report(position("7")).status == 200);
  CHECK(world.service.await<report_positions>().bound_to == "acc-1");
  auto refused = report(other);
  CHECK(refused.status == 403);
  CHECK(contains(refused.body, "acts for the owner 'acc-1' alone"));
  auto rows = world.rows(report(json::array({other, position("7")})));
  CHECK(rows[0]["problem"]["code"] == "forbidden");
  CHECK(rows[1]["outcome"] == "created");
  CHECK(world.service.await<report_positions>(2).events.size() == 1);
  auto snapshot = [&](std::string_view account) {
    return world
        .call("POST", "/v1/positions/snapshot",
              json{{"accountId", account}, {"positions", json::array()}}.dump(),
              as_ann)
        .status;
  };
  CHECK(snapshot("acc-2") == 403);
  CHECK(world.service.times<report_snapshot>() == 0);
  CHECK(snapshot("acc-1") == 200);
  CHECK(world.service.await<report_snapshot>().bound_to == "acc-1");
}
