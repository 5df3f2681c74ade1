// What the check of trades finds in recorded journals, and what it lets pass.
#include "node/replay_trades.hpp"

#include <doctest/doctest.h>

using namespace holdfast;
using nlohmann::json;

namespace {

struct trade_replay {
  json journal = json::array();
  json trades = json::array();

  /// A row as the node writes it when an order came of a trade.
  void executed(const char* trade, const char* order, const char* key,
                const char* resource = "trade:BTCUSDT:BUY:manual") {
    journal.push_back({{"seq", journal.size() + 1},
                       {"kind", "trade_executed"},
                       {"resourceId", resource},
                       {"detail",
                        {{"tradeId", trade},
                         {"idempotencyKey", key},
                         {"order", {{"orderId", order}}}}}});
  }

  void listed(const char* trade, const char* status,
              const char* order = nullptr) {
    json row{{"tradeId", trade}, {"status", status}};
    if (order)
      row["order"] = {{"orderId", order}};
    trades.push_back(row);
  }

  /// A node that answers two rows a page.
  trade_report check(const std::set<std::string>& asked) {
    return check_trades(asked, [this](const std::string& target) {
      auto of_journal = target.starts_with("/v1/journal");
      auto name = std::string{of_journal ? "after=" : "cursor="};
      auto at = target.find(name);
      auto from = at == std::string::npos
                      ? std::size_t{0}
                      : std::stoul(target.substr(at + name.size()));
      auto& all = of_journal ? journal : trades;
      json page = {{"items", json::array()}};
      for (auto i = from; i < std::min(from + 2, all.size()); ++i)
        page["items"].push_back(all[i]);
      if (!of_journal && from + 2 < all.size())
        page["nextCursor"] = std::to_string(from + 2);
      return page;
    });
  }
};

} // namespace

TEST_CASE_FIXTURE(trade_replay, "trades are counted by what came of them") {
  executed("T1", "O1", "k1");
  executed("T2", "O2", "k2");
  executed("T2", "O2", "k2"); // rested, and was filled later
  journal.push_back({{"seq", 4}, {"kind", "trade_rejected"}});
  listed("T1", "filled", "O1");
  listed("T2", "placed", "O2");
  listed("T3", "rejected");
  listed("T4", "queued");
  listed("T5", "filled", "O5"); // nobody of this replay asked for it
  auto report = check({"T1", "T2", "T3", "T4"});
  CHECK(report.ok());
  CHECK(report.trades == 4);
  CHECK(report.executed == 2);
  CHECK(report.without == 1);
  CHECK(report.open == 1);
  CHECK(to_sentence(report).find("4 trades: 2 one order each") == 0);
}

TEST_CASE_FIXTURE(trade_replay,
                  "one intent that became two orders is a fault") {
  executed("T1", "O1", "k");
  executed("T2", "O2", "k");
  executed("T3", "O3", "k", "trade:BTCUSDT:SELL:manual"); // another intent
  listed("T1", "filled", "O1");
  listed("T2", "filled", "O2");
  listed("T3", "filled", "O3");
  auto report = check({"T1", "T2", "T3"});
  REQUIRE(report.faults.size() == 1);
  CHECK(report.faults.front().find("executed as T1 and as T2") !=
        std::string::npos);
  CHECK(to_sentence(report) == "1 faults in 3 trades");
}

TEST_CASE_FIXTURE(trade_replay, "one trade that became two orders is a fault") {
  executed("T1", "O1", "k");
  executed("T1", "O2", "k");
  listed("T1", "filled", "O1");
  auto report = check({"T1"});
  REQUIRE(report.faults.size() == 1);
  CHECK(report.faults.front() == "T1 became two orders: O1 and O2");
}

TEST_CASE_FIXTURE(trade_replay, "two trades that share an order are a fault") {
  executed("T1", "O1", "k1");
  executed("T2", "O1", "k2");
  listed("T1", "filled", "O1");
  listed("T2", "filled", "O1");
  auto report = check({"T1", "T2"});
  REQUIRE(report.faults.size() == 1);
  CHECK(report.faults.front() == "order O1 belongs to T1 and T2");
}

TEST_CASE_FIXTURE(trade_replay, "journal and list that disagree are a fault") {
  executed("T1", "O1", "k1");
  listed("T1", "failed");
  listed("T2", "filled", "O2");
  CHECK(check({"T1"}).faults.size() == 1);
  CHECK(check({"T2"}).faults.size() == 1);
  CHECK(check({"T1", "T2", "T3"}).faults.size() == 3);
}

TEST_CASE_FIXTURE(trade_replay,
                  "a row that does not tell what it is about is one") {
  executed("T1", "", "k1");
  listed("T1", "failed");
  CHECK(check({"T1"}).faults.size() == 1);
}

TEST_CASE("answers of trades are counted apart from those of locks") {
  replay_tally tally;
  auto answer = [&](int status, const json& body, bool replayed = false) {
    replay_line line;
    line.target = "/v1/trades";
    client_response response{status, body.dump(), "", replayed};
    tally.add({line, response, body});
  };
  answer(201, {{"tradeId", "T1"}, {"status", "filled"}});
  answer(200, {{"tradeId", "T1"}, {"status", "filled"}}, true);
  answer(202, {{"tradeId", "T2"}, {"entry", {{"entryId", "E"}}}});
  answer(202, {{"tradeId", "T2"}, {"entry", {{"entryId", "E"}}}});
  answer(422, {{"code", "order-rejected"}});
  CHECK(tally.granted == 0);
  CHECK(tally.traded == 1);
  CHECK(tally.replayed == 1);
  CHECK(tally.queued == 1);
  CHECK(tally.joined == 1);
  CHECK(tally.refused["order-rejected"] == 1);
  CHECK(tally.trades == std::set<std::string>{"T1", "T2"});
  CHECK(to_json(tally)["traded"] == 1);
}
