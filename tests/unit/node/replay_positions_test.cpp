// What the check of positions finds in a node's lists, and what it lets pass.
#include "node/replay_positions.hpp"
#include "tests/unit/node/fake_node.hpp"

#include <doctest/doctest.h>

#include <fstream>

using namespace holdfast;
using nlohmann::json;
using counts = std::map<std::string, std::size_t>;

namespace {

const char* const samples = HOLDFAST_SOURCE_DIR "/config/samples/";

json result(const char* account, const char* id, const char* outcome,
            const char* signal = nullptr) {
  json row{{"accountId", account}, {"positionId", id}, {"outcome", outcome}};
  if (signal)
    row["signalId"] = signal;
  return row;
}

struct position_replay {
  replay_tally tally;
  json positions = json::array();
  json signals = json::array();

  void answer(const std::vector<json>& results,
              const char* target = "/v1/positions") {
    replay_line line;
    line.target = target;
    json body{{"results", results}};
    tally.add({line, {200, body.dump(), "", false}, body});
  }

  void position(const char* account, const char* id, const json& signal,
                bool closed = false) {
    positions.push_back(
        {{"accountId", account}, {"positionId", id}, {"signalId", signal}});
    if (closed)
      positions.back()["closedAt"] = "2026-02-10T10:00:00.000Z";
  }

  void signal(const char* account, const char* id, const char* signal_id,
              const char* status = "active") {
    signals.push_back({{"accountId", account},
                       {"positionId", id},
                       {"signalId", signal_id},
                       {"status", status}});
  }

  /// A position as it should be: answered, listed, with its signal.
  void announced(const char* account, const char* id, const char* signal_id) {
    answer({result(account, id, "created", signal_id)});
    position(account, id, signal_id);
    signal(account, id, signal_id);
  }

  /// A node that answers two rows a page.
  position_report check() {
    return check_positions(tally.positions, [this](const std::string& target) {
      auto of_signals = target.starts_with("/v1/signals?");
      REQUIRE((of_signals || target.starts_with("/v1/positions?")));
      auto at = target.find("cursor=");
      auto from =
          at == std::string::npos ? 0 : std::stoul(target.substr(at + 7));
      auto& all = of_signals ? signals : positions;
      json page = {{"items", json::array()}};
      for (auto i = from; i < std::min(from + 2, all.size()); ++i)
        page["items"].push_back(all[i]);
      if (from + 2 < all.size())
        page["nextCursor"] = std::to_string(from + 2);
      return page;
    });
  }

  std::string only_fault() {
    auto faults = check().faults;
    REQUIRE(faults.size() == 1);
    return faults.front();
  }
};

} // namespace

TEST_CASE_FIXTURE(position_replay,
                  "events of positions are counted by their outcome") {
  answer({result("a", "1", "created", "S1"),
          result("a", "2", "created", "S2"),
          {{"outcome", "failed"}, {"problem", {{"code", "invalid"}}}}});
  answer({result("a", "1", "duplicate", "S1")});
  answer(
      {result("a", "1", "updated", "S1"), result("a", "2", "duplicate", "S2")},
      "/v1/positions/snapshot");
  answer({result("a", "1", "closed", "S1"), result("b", "7", "closed")});
  answer({result("a", "1", "unchanged", "S1")});
  CHECK(tally.lines == 5);
  CHECK(tally.events == counts{{"created", 2},
                               {"updated", 1},
                               {"closed", 2},
                               {"duplicate", 2},
                               {"unchanged", 1},
                               {"failed", 1}});
  CHECK(tally.positions.size() == 3);
  CHECK(tally.positions.at({"a", "1"}).created == 1);
  CHECK(tally.refused_total() == 0);
  CHECK(tally.granted + tally.released + tally.other == 0);
  CHECK(to_json(tally)["events"]["duplicate"] == 2);
  CHECK(to_json(tally)["positions"] == 3);
  auto table = to_table(tally);
  CHECK(table.find("  positions                     3\n") != std::string::npos);
  CHECK(table.find("    events duplicate            2\n") != std::string::npos);
}

TEST_CASE_FIXTURE(position_replay,
                  "a call that is refused as a whole is no event") {
  replay_line line;
  line.target = "/v1/positions";
  json body{{"code", "invalid"}};
  tally.add({line, {400, body.dump(), "", false}, body});
  CHECK(tally.events.empty());
  CHECK(tally.refused["invalid"] == 1);
}

TEST_CASE_FIXTURE(position_replay,
                  "positions with a signal each pass, on every page") {
  announced("a", "1", "S1");
  announced("a", "2", "S2");
  announced("b", "1", "S3"); // R22: another account, another position
  position("c", "1", "S4");  // nobody of this replay told of it
  answer({result("a", "1", "duplicate", "S1")});
  CHECK(check().ok());
  CHECK(check().once == 3);
  CHECK(to_sentence(check(), tally) ==
        "3 positions: one signal each, none twice; 1 duplicates answered from "
        "the first");
}

TEST_CASE_FIXTURE(position_replay,
                  "what was closed before it was seen has no signal") {
  announced("a", "1", "S1");
  answer({result("a", "2", "closed")});
  position("a", "2", nullptr, true);
  auto report = check();
  CHECK(report.ok());
  CHECK(report.once == 1);
  CHECK(report.unseen == 1);
  CHECK(to_sentence(report, tally) ==
        "1 positions: one signal each, none twice; 1 more closed unseen, "
        "without one; 0 duplicates answered from the first");
  SUBCASE("and is a fault when it is open") {
    positions.back().erase("closedAt");
    CHECK(only_fault() == "position 2 of a has no signal");
  }
}

TEST_CASE_FIXTURE(position_replay,
                  "R8: two signals of one position are a fault") {
  announced("a", "1", "S1");
  announced("a", "2", "S2");
  SUBCASE("in the list of signals") {
    signal("a", "1", "S9");
    CHECK(only_fault() == "position 1 of a has signals S1 and S9");
    CHECK(to_sentence(check(), tally) ==
          "1 faults in 2 positions; 0 duplicates answered from the first");
  }
  SUBCASE("in the answers") {
    answer({result("a", "1", "duplicate", "S9")});
    CHECK(only_fault() == "position 1 of a has signals S1 and S9");
  }
  SUBCASE("in the list of positions") {
    positions[0]["signalId"] = "S9";
    CHECK(only_fault() == "position 1 of a has signals S1 and S9");
  }
}

TEST_CASE_FIXTURE(position_replay,
                  "a position that is announced twice is a fault") {
  announced("a", "1", "S1");
  answer({result("a", "1", "created", "S1")});
  CHECK(only_fault() == "position 1 of a was announced 2 times");
}

TEST_CASE_FIXTURE(position_replay,
                  "R3: a position that no list knows is a fault") {
  announced("a", "1", "S1");
  SUBCASE("neither it nor its signal") {
    positions.clear();
    signals.clear();
    CHECK(only_fault() ==
          "position 1 of a was answered, but the node does not list it");
  }
  SUBCASE("its signal alone") {
    signals.clear();
    CHECK(only_fault() == "position 1 of a has signal S1, but not in the list "
                          "of signals");
  }
  SUBCASE("the signal's own position alone") {
    positions[0].erase("signalId");
    CHECK(only_fault() == "position 1 of a has signal S1, but not in the list "
                          "of positions");
  }
  SUBCASE("R2: it is still being processed") {
    positions[0]["signalId"] = "PENDING";
    CHECK(only_fault() == "position 1 of a has signals PENDING and S1");
  }
}

TEST_CASE_FIXTURE(position_replay,
                  "a position announced without signal is a fault") {
  answer({result("a", "1", "created")});
  position("a", "1", nullptr, true);
  CHECK(only_fault() == "position 1 of a has no signal");
}

TEST_CASE_FIXTURE(position_replay,
                  "R19: a closed position's signal is closed, too") {
  announced("a", "1", "S1");
  announced("a", "2", "S2");
  for (auto& row : positions)
    row["closedAt"] = "2026-02-10T10:00:00.000Z";
  signals[1]["status"] = "closed";
  CHECK(only_fault() == "position 1 of a is closed, its signal S1 is not");
}

TEST_CASE("the recorded positions are sent as they were recorded") {
  auto name = std::string{samples} + "positions.jsonl";
  std::ifstream in{name};
  auto lines = parse_script(in, name);
  auto expected = json::parse(
      std::ifstream{std::string{samples} + "positions.expected.json"});
  REQUIRE(lines.size() == expected.at("calls").get<std::size_t>());
  test::fake_node node;
  std::size_t sent = 0;
  replay(
      lines, node, [&] { return node.now; }, {},
      [&](const replay_answer& x) {
        // Braces in comments are text, not placeholders.
        sent += x.response.status == 200 &&
                fill_in_body(x.line.body, {}) == x.line.body;
      });
  CHECK(sent == lines.size());
}
