// Snapshots of an account's open positions.
// Must not know how the node is built: only the contract's words.
#include "tests/integration/positions_scene.hpp"

#include <map>

using namespace holdfast::test;

namespace {

std::map<std::string, std::string> outcomes(const std::vector<json>& rows) {
  std::map<std::string, std::string> out;
  for (auto& row : rows)
    out[row.value("positionId", "?")] = row.at("outcome");
  return out;
}

using outcome_map = std::map<std::string, std::string>;

std::string rfc3339(std::int64_t ms) {
  // Through the node's own times would be a circle.
  auto seconds = static_cast<std::time_t>(ms / 1000);
  std::tm utc{};
  ::gmtime_r(&seconds, &utc);
  char text[32];
  std::strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &utc);
  auto rest = std::to_string(1000 + ms % 1000).substr(1);
  return std::string{text} + '.' + rest + 'Z';
}

} // namespace

TEST_CASE_FIXTURE(on_shared_account, "a snapshot opens, updates and closes, "
                                     "for its account alone") {
  account other{shared_node().port()};
  other.outcome("2");
  outcome("1");
  outcome("2");
  outcome("3");
  auto found = snapshot(
      {position("1"), position("3", {{"stopLoss", "1"}}), position("4")});
  REQUIRE(found.size() == 4);
  CHECK(found[0]["positionId"] == "1");
  CHECK(found[1]["positionId"] == "3");
  CHECK(found[2]["positionId"] == "4");
  CHECK(found[3]["positionId"] == "2");
  CHECK(outcomes(found) == outcome_map{{"1", "duplicate"},
                                       {"2", "closed"},
                                       {"3", "updated"},
                                       {"4", "created"}});
  CHECK(found[3]["signalId"] == signal_of("2")["signalId"]);
  CHECK(signal_of("2")["status"] == "closed");
  CHECK(other.signal_of("2")["status"] == "active");
  CHECK(snapshot(
            {position("1"), position("3", {{"stopLoss", "1"}}), position("4")})
            .size() == 3);
}

TEST_CASE_FIXTURE(on_shared_account, "R22: an empty list closes all, an "
                                     "unreadable one nothing") {
  outcome("1");
  outcome("2");
  for (auto body :
       {"{}", "[]", R"({"accountId":"a"})", "{\"accountId\":\"a\"",
        R"({"accountId":"a","positions":null})",
        R"({"accountId":"a","positions":"none"})", R"({"positions":[]})",
        R"({"accountId":"a","positions":[],"takenAt":"now"})"}) {
    INFO(body);
    check_problem(node.http.send("POST", "/v1/positions/snapshot", body), 400,
                  "invalid");
  }
  CHECK(signals("&status=active").size() == 2);
  CHECK(outcomes(snapshot({})) ==
        outcome_map{{"1", "closed"}, {"2", "closed"}});
  CHECK(snapshot({}).empty());
}

TEST_CASE_FIXTURE(on_shared_account, "with a bad row, or one of another "
                                     "account, nothing is closed") {
  account other{shared_node().port()};
  auto without_volume = position("x");
  without_volume.erase("volume");
  json bad_rows[] = {without_volume, 5, other.position("x"),
                     position("x", {{"lots", 1}}), close_of("x")};
  outcome("1");
  outcome("2");
  int number = 0;
  for (auto& bad : bad_rows) {
    INFO(bad.dump());
    auto fresh = "new-" + std::to_string(++number);
    auto found = snapshot({position(fresh), bad, position("1")});
    REQUIRE(found.size() == 3);
    CHECK(found[0]["outcome"] == "created");
    CHECK(found[1]["outcome"] == "failed");
    CHECK(found[1]["problem"]["code"] == "invalid");
    CHECK(found[2]["outcome"] == "duplicate");
    CHECK(signal_of("2")["status"] == "active");
  }
  CHECK(other.signals().empty());
}

TEST_CASE_FIXTURE(on_shared_account, "what was reported after the list was "
                                     "taken is left alone") {
  outcome("1", {{"stopLoss", "1"}});
  auto before = rfc3339(wall_ms() - 60'000);
  CHECK(snapshot({}, {{"takenAt", before}}).empty());
  CHECK(outcomes(snapshot({position("1", {{"stopLoss", "2"}})},
                          {{"takenAt", before}})) ==
        outcome_map{{"1", "unchanged"}});
  CHECK(signal_of("1")["stopLoss"] == "1");
  CHECK(outcomes(snapshot({}, {{"takenAt", rfc3339(wall_ms())}})) ==
        outcome_map{{"1", "closed"}});
}

TEST_CASE_FIXTURE(on_shared_account, "R14: a close that a snapshot inferred is "
                                     "undone by a later report") {
  outcome("1");
  auto id_before = signal_of("1")["signalId"];
  CHECK(outcomes(snapshot({})) == outcome_map{{"1", "closed"}});
  CHECK(outcome("1") == "updated");
  CHECK(signal_of("1")["status"] == "active");
  CHECK(signal_of("1")["signalId"] == id_before);
  CHECK(report_one(close_of("1", {{"closePrice", "1.2"}}))["outcome"] ==
        "closed");
  CHECK(outcome("1") == "unchanged"); // this close was told, not inferred
  CHECK(signal_of("1")["status"] == "closed");
}

TEST_CASE_FIXTURE(on_shared_account, "a close that a snapshot inferred takes "
                                     "the price of the close that is told") {
  outcome("1");
  snapshot({});
  CHECK_FALSE(signal_of("1").contains("closePrice"));
  CHECK(report_one(close_of("1", {{"closePrice", "1.2"}}))["outcome"] ==
        "closed");
  CHECK(signal_of("1")["closePrice"] == "1.2");
  CHECK(signal_of("1")["resultPips"] == "1000");
}
