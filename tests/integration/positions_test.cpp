// Positions and the signals that they become: outcomes, duplicates, results.
// Must not know how the node is built: only the contract's words.
#include "tests/integration/positions_scene.hpp"

#include <atomic>
#include <set>
#include <thread>

using namespace holdfast::test;

TEST_CASE_FIXTURE(on_shared_account, "a position becomes a signal with every "
                                     "member") {
  auto row = report_one(position("7", {{"symbol", "XAUUSD"},
                                       {"type", "POSITION_TYPE_SELL"},
                                       {"openPrice", 2650.50},
                                       {"stopLoss", "2660"},
                                       {"takeProfit", 2600},
                                       {"comment", "a <b> & c"}}));
  CHECK(row["accountId"] == id);
  CHECK(row["positionId"] == "7");
  CHECK(row["outcome"] == "created");
  CHECK_FALSE(row.contains("problem"));
  auto found = signal(row.at("signalId"));
  INFO(found.dump());
  CHECK(found["signalId"] == row["signalId"]);
  CHECK(found["accountId"] == id);
  CHECK(found["positionId"] == "7");
  CHECK(found["pair"] == "XAUUSD");
  CHECK(found["type"] == "SELL");
  CHECK(found["category"] == "vip");
  CHECK(found["entryPrice"] == "2650.5");
  CHECK(found["stopLoss"] == "2660");
  CHECK(found["takeProfit"] == "2600");
  CHECK(found["status"] == "active");
  CHECK(found["telegram"] == json{{"state", "off"}});
  CHECK(is_timestamp(found["createdAt"]));
  CHECK(is_timestamp(found["updatedAt"]));
  for (auto name : {"closePrice", "resultPips"})
    CHECK_FALSE(found.contains(name));

  auto listed = positions();
  REQUIRE(listed.size() == 1);
  auto position = listed[0];
  INFO(position.dump());
  CHECK(position["accountId"] == id);
  CHECK(position["positionId"] == "7");
  CHECK(position["pair"] == "XAUUSD");
  CHECK(position["signalId"] == row["signalId"]);
  CHECK(position["status"] == "completed");
  CHECK(is_timestamp(position["createdAt"]));
  CHECK_FALSE(position.contains("closedAt"));
  CHECK(node.journal_kinds("position:" + id + ":7") ==
        std::vector<std::string>{"granted", "signal_created", "released"});
}

TEST_CASE_FIXTURE(on_shared_account, "a position goes from created to closed, "
                                     "and nothing happens twice") {
  CHECK(outcome("7") == "created");
  CHECK(outcome("7") == "duplicate");
  CHECK(outcome("7", {{"event", "opened"}}) == "duplicate");
  CHECK(outcome("7", {{"event", "updated"}}) == "unchanged");
  CHECK(outcome("7", {{"stopLoss", "1.09"}}) == "updated");
  CHECK(outcome("7", {{"stopLoss", 1.090}}) == "duplicate");
  CHECK(outcome("7", {{"event", "updated"}, {"takeProfit", "1.2"}}) ==
        "updated");
  CHECK(signal_of("7")["takeProfit"] == "1.2");
  CHECK_FALSE(signal_of("7").contains("stopLoss"));
  CHECK(report_one(close_of("7", {{"closePrice", "1.102"},
                                  {"profit", "20"}}))["outcome"] == "closed");
  CHECK(outcome("7") == "unchanged");
  CHECK(outcome("7", {{"event", "updated"}, {"volume", "9"}}) == "unchanged");
  CHECK(report_one(close_of("7"))["outcome"] == "unchanged");
  auto found = signal_of("7");
  CHECK(found["status"] == "closed");
  CHECK(found["closePrice"] == "1.102");
  CHECK(found["resultPips"] == "20");
  CHECK(found["profit"] == "20");
  CHECK(is_timestamp(positions().at(0).at("closedAt")));
  std::vector<std::string> about;
  for (auto& kind : node.journal_kinds("position:" + id + ":7"))
    if (kind.starts_with("signal_"))
      about.push_back(kind);
  CHECK(about == std::vector<std::string>{"signal_created", "signal_updated",
                                          "signal_updated", "signal_closed"});
}

TEST_CASE_FIXTURE(on_shared_account, "R6: an update that comes before its open "
                                     "opens the position") {
  CHECK(outcome("7", {{"event", "updated"}, {"stopLoss", "1"}}) == "created");
  CHECK(outcome("7", {{"event", "opened"}, {"stopLoss", "1"}}) == "duplicate");
  CHECK(signals().size() == 1);
}

TEST_CASE_FIXTURE(on_shared_account, "a close of a position that nobody heard "
                                     "of leaves no signal") {
  auto row = report_one(close_of("7"));
  CHECK(row["outcome"] == "closed");
  CHECK_FALSE(row.contains("signalId"));
  CHECK(signals().empty());
  CHECK(outcome("7") == "unchanged");
  CHECK(signals().empty());
  auto bare =
      report_one({{"event", "closed"}, {"accountId", id}, {"positionId", "8"}});
  CHECK(bare["outcome"] == "closed");
}

TEST_CASE_FIXTURE(on_shared_account, "R5: a bad row fails alone, with every "
                                     "close and open behind it done") {
  report_one(position("old"));
  auto without_type = position("bad-1");
  without_type.erase("type");
  auto found = report(json::array(
      {position("1"), without_type, position("bad-2", {{"volume", "much"}}), 5,
       position("bad-3", {{"lots", 1}}), close_of("old"), position("2")}));
  REQUIRE(found.size() == 7);
  CHECK(found[0]["outcome"] == "created");
  for (auto i : {1, 2, 3, 4}) {
    INFO(found[i].dump());
    CHECK(found[i]["outcome"] == "failed");
    CHECK(found[i]["problem"]["code"] == "invalid");
    CHECK(found[i]["problem"]["status"] == 400);
  }
  CHECK(found[1]["positionId"] == "bad-1");
  CHECK(found[4]["problem"]["detail"].get<std::string>().find("lots") !=
        std::string::npos);
  CHECK(found[5]["outcome"] == "closed");
  CHECK(found[6]["outcome"] == "created");
  CHECK(signals().size() == 3);
}

TEST_CASE_FIXTURE(on_shared_account, "reports of one position in one array "
                                     "are taken in their order") {
  auto found = report(json::array(
      {position("7"), position("7"), position("7", {{"stopLoss", "1"}}),
       close_of("7", {{"closePrice", "1.2"}}), position("7")}));
  std::vector<std::string> outcomes;
  for (auto& row : found)
    outcomes.push_back(row["outcome"]);
  CHECK(outcomes == std::vector<std::string>{"created", "duplicate", "updated",
                                             "closed", "unchanged"});
}

TEST_CASE_FIXTURE(on_shared_account, "R18: the same report from everywhere at "
                                     "once is one signal") {
  constexpr int callers = 16;
  std::atomic<int> created{0};
  std::atomic<int> closed{0};
  std::mutex guard;
  std::set<std::string> ids;
  auto run = [&](const json& body, std::atomic<int>& count,
                 const std::string& wanted) {
    std::vector<std::thread> threads;
    for (int i = 0; i < callers; ++i)
      threads.emplace_back([&] {
        http_client http{shared_node().port()};
        auto answer = http.post("/v1/positions", body);
        auto row = answer.body.at("results").at(0);
        count += row.at("outcome") == wanted;
        std::lock_guard lock{guard};
        ids.insert(row.value("signalId", "none"));
      });
    for (auto& thread : threads)
      thread.join();
  };
  run(position("7"), created, "created");
  CHECK(created == 1);
  run(close_of("7", {{"closePrice", "1.2"}}), closed, "closed");
  CHECK(closed == 1);
  CHECK(ids == std::set<std::string>{signal_of("7")["signalId"]});
}

TEST_CASE_FIXTURE(on_shared_account, "R22: positions are of their account, "
                                     "whatever the ids look like") {
  account other{shared_node().port(), id + ":7"};
  CHECK(outcome("7") == "created");
  CHECK(other.outcome("7") == "created");
  CHECK(outcome("7:7") == "created");
  for (auto odd : {"a/b", "%3A", "ü €", "a b?c=d&e"}) {
    INFO(odd);
    CHECK(outcome(odd) == "created");
    CHECK(outcome(odd) == "duplicate");
    CHECK(signal_of(odd)["positionId"] == odd);
  }
  CHECK(signals().size() == 6);
  CHECK(other.signals().size() == 1);
  CHECK(other.report_one(other.close_of("7"))["outcome"] == "closed");
  CHECK(signal_of("7")["status"] == "active");
}

TEST_CASE_FIXTURE(on_shared_account, "R16, R20: the result is the position's "
                                     "own, from its prices") {
  struct {
    const char* symbol;
    const char* type;
    const char* open;
    const char* close;
    const char* pips;
  } rows[] = {{"EURUSD", "BUY", "1.10000", "1.10255", "25.5"},
              {"EURUSD", "SELL", "1.10000", "1.10255", "-25.5"},
              {"USDJPY", "BUY", "150.00", "149.50", "-50"},
              {"XAUUSD", "SELL", "2650.5", "2640.0", "105"},
              {"XAGUSD", "BUY", "30.00", "30.10", "10"},
              {"BTCUSD", "BUY", "60000", "60100.5", "100.5"},
              {"US30", "SELL", "40000", "40000", "0"}};
  for (auto& row : rows) {
    INFO(row.symbol, " ", row.type);
    auto position_id = unique("p");
    json more{{"symbol", row.symbol},
              {"type", row.type},
              {"openPrice", row.open},
              {"profit", "-999"}};
    CHECK(outcome(position_id, more) == "created");
    more.update({{"event", "closed"},
                 {"closePrice", row.close},
                 {"profit", "12.5"},
                 // The deal that closes a BUY is a SELL.
                 {"type", row.type == std::string{"BUY"} ? "SELL" : "BUY"}});
    CHECK(outcome(position_id, more) == "closed");
    auto found = signal_of(position_id);
    CHECK(found["type"] == row.type);
    CHECK(found["resultPips"] == row.pips);
    CHECK(found["profit"] == "12.5");
  }
}

TEST_CASE_FIXTURE(on_shared_account, "amounts are taken digit by digit") {
  auto answer = node.http.send(
      "POST", "/v1/positions",
      R"({"accountId":")" + id +
          R"(","positionId":"7","symbol":"X","type":"BUY","volume":1e-2,)"
          R"("openPrice":12345678901234567890123456789.123456789,)"
          R"("stopLoss":0.10,"takeProfit":"0"})");
  CHECK(answer.status == 200);
  auto found = signal_of("7");
  CHECK(found["entryPrice"] == "12345678901234567890123456789.123456789");
  CHECK(found["stopLoss"] == "0.1");
  CHECK_FALSE(found.contains("takeProfit"));
}

TEST_CASE_FIXTURE(on_shared_account, "what is heard of an open position is "
                                     "remembered and written with its change") {
  outcome("7", {{"profit", "1"}});
  CHECK(outcome("7", {{"profit", "2.50"}, {"stopLoss", "1"}}) == "updated");
  CHECK(positions().at(0)["lastKnownProfit"] == "2.5");
}

TEST_CASE_FIXTURE(on_shared_account, "signals and positions are listed newest "
                                     "first, by account and status, in pages") {
  for (auto i : {1, 2, 3, 4, 5})
    outcome(std::to_string(i));
  report_one(close_of("2"));
  auto ids_of = [](const std::vector<json>& items) {
    std::string out;
    for (auto& item : items)
      out += item.at("positionId").get<std::string>();
    return out;
  };
  CHECK(ids_of(signals()) == "54321");
  CHECK(ids_of(signals("&status=active")) == "5431");
  CHECK(ids_of(signals("&status=closed")) == "2");
  CHECK(ids_of(positions()) == "54321");
  CHECK(ids_of(positions("&status=completed")) == "54321");
  CHECK(positions("&status=failed").empty());
  auto page = node.http.get("/v1/signals?limit=2&accountId=" + id).body;
  CHECK(ids_of(page["items"]) == "54");
  page = node.http
             .get("/v1/signals?limit=2&accountId=" + id + "&cursor=" +
                  percent_encoded(page["nextCursor"].get<std::string>()))
             .body;
  CHECK(ids_of(page["items"]) == "32");
  auto all = node.all("/v1/signals");
  CHECK(all.size() >= 5);
  check_problem_naming(node.http.get("/v1/signals?status=failed"), 400,
                       "invalid", {"status", "active", "closed"});
  check_problem_naming(node.http.get("/v1/positions?pair=X"), 400, "invalid",
                       {"pair"});
  check_problem(node.http.get("/v1/positions?cursor=nonsense"), 400, "invalid");
  check_problem(node.http.get("/v1/signals/signal-00000001-1"), 404,
                "not-found");
}

TEST_CASE_FIXTURE(on_shared_account, "a body that reports nothing is refused") {
  for (auto body : {"[]", "5", "null", "\"x\"", "[1", "{"}) {
    INFO(body);
    auto answer = node.http.send("POST", "/v1/positions", body);
    CHECK((answer.status == 400 || answer.status == 200));
    if (std::string{body} != "{")
      check_problem(answer, 400, "invalid");
  }
  CHECK(report_one(json::object())["outcome"] == "failed");
  CHECK(signals().empty());
}

TEST_CASE_FIXTURE(on_shared_account, "thousands of positions in one array") {
  constexpr int count = 3000;
  auto array = json::array();
  for (int i = 0; i < count; ++i)
    array.push_back(position(std::to_string(i)));
  auto check = [&](const std::string& wanted) {
    auto found = report(array);
    REQUIRE(found.size() == count);
    for (int i = 0; i < count; ++i) {
      INFO(found[i].dump());
      REQUIRE(found[i]["outcome"] == wanted);
      REQUIRE(found[i]["positionId"] == std::to_string(i));
    }
  };
  check("created");
  check("duplicate");
  CHECK(signals().size() == count);
}

TEST_CASE("R2, R13: signals survive kill and stop, and are not made again") {
  on_own_node own;
  account mine{own.process.port(), "acc-1"};
  auto first = mine.report_one(mine.position("7"));
  auto before = mine.signal(first["signalId"]);
  for (bool gently : {false, true}) {
    if (gently)
      CHECK(own.process.stop() == 0);
    else
      own.process.kill();
    own.process.start();
    account again{own.process.port(), "acc-1"};
    CHECK(again.signal(first["signalId"]) == before);
    auto row = again.report_one(again.position("7"));
    CHECK(row["outcome"] == "duplicate");
    CHECK(row["signalId"] == first["signalId"]);
    CHECK(again.signals().size() == 1);
  }
  account again{own.process.port(), "acc-1"};
  CHECK(again.report_one(again.close_of("7", {{"closePrice", "1.2"}}))
            .at("outcome") == "closed");
}

TEST_CASE("a pip is what the configuration says, by the longest pattern") {
  on_own_node own{{.more = "[pips]\n\"EUR*\" = 0.001\n\"EURUSD*\" = \"0.01\"\n"
                           "[signals]\ncategory = \"gold\"\n"}};
  account mine{own.process.port(), "acc-1"};
  auto pips = [&](const std::string& symbol) {
    auto position_id = unique("p");
    mine.outcome(position_id, {{"symbol", symbol}});
    mine.outcome(
        position_id,
        {{"symbol", symbol}, {"event", "closed"}, {"closePrice", "1.2"}});
    CHECK(mine.signal_of(position_id)["category"] == "gold");
    return mine.signal_of(position_id)["resultPips"].get<std::string>();
  };
  CHECK(pips("EURCHF") == "100");
  CHECK(pips("EURUSD.x") == "10");
  CHECK(pips("GBPUSD") == "1000");
}
