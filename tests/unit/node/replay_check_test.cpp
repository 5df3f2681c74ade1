#include "node/replay_check.hpp"

#include <doctest/doctest.h>

using namespace holdfast;
using nlohmann::json;

namespace {

json keyed(const char* id, const char* resource, const json& key) {
  return {{"lockId", id}, {"resourceId", resource}, {"idempotencyKey", key}};
}

struct checked_replay {
  replay_tally tally;
  json journal = json::array();
  json released = json::array();

  void answer(int status, const json& body, const std::string& target = "/x",
              bool replayed = false) {
    replay_line line;
    line.target = target;
    client_response response{status, body.dump(), "", replayed};
    tally.add({line, response, body});
  }

  /// A row of the journal.
  void row(const char* kind, const char* resource, const char* lock,
           int token) {
    journal.push_back({{"seq", journal.size() + 1},
                       {"kind", kind},
                       {"resourceId", resource},
                       {"lockId", lock},
                       {"fencingToken", token}});
  }

  /// A lock that was granted and released for an intent.
  void effect(const char* lock, const char* resource, const char* key,
              int token) {
    row("granted", resource, lock, token);
    row("released", resource, lock, token);
    released.push_back(keyed(lock, resource, key));
  }

  /// A node that answers two rows a page.
  intent_report check() {
    return check_intents(tally.intents, [this](const std::string& target) {
      auto number = [&](const std::string& name) {
        auto at = target.find(name + '=');
        return at == std::string::npos
                   ? std::size_t{0}
                   : std::stoul(target.substr(at + name.size() + 1));
      };
      auto from = target.starts_with("/v1/journal") ? number("after")
                                                    : number("cursor");
      auto& all = target.starts_with("/v1/journal") ? journal : released;
      json page = {{"items", json::array()}};
      for (auto i = from; i < std::min(from + 2, all.size()); ++i)
        page["items"].push_back(all[i]);
      if (from + 2 < all.size())
        page["nextCursor"] = std::to_string(from + 2);
      return page;
    });
  }
};

} // namespace

TEST_CASE_FIXTURE(checked_replay,
                  "answers are counted by what became of the call") {
  auto lock = keyed("L1", "r", "k");
  answer(201, {{"outcome", "granted"}, {"lock", lock}}, "/v1/locks");
  answer(200, {{"outcome", "replayed"}, {"lock", lock}}, "/v1/locks", true);
  auto entry = keyed("", "r", "k2");
  entry["entryId"] = "E1";
  answer(202, {{"outcome", "queued"}, {"entry", entry}}, "/v1/locks");
  answer(202, {{"outcome", "queued"}, {"entry", entry}}, "/v1/locks");
  answer(200, {{"status", "released"}}, "/v1/locks/L1/release");
  answer(200, {{"status", "failed"}}, "/v1/locks/L1/release");
  answer(200, {{"status", "active"}}, "/v1/locks/L1/renew");
  answer(409, {{"code", "in-progress"}});
  answer(502, nullptr);
  answer(0, nullptr);
  CHECK(tally.lines == 10);
  CHECK(tally.granted == 1);
  CHECK(tally.replayed == 1);
  CHECK(tally.queued == 1);
  CHECK(tally.joined == 1);
  CHECK(tally.released == 1);
  CHECK(tally.failed == 1);
  CHECK(tally.other == 1);
  CHECK(tally.refused == std::map<std::string, std::size_t>{{"http-502", 1},
                                                            {"in-progress", 1},
                                                            {"unresolved", 1}});
  CHECK(tally.duplicates() == 3);
  CHECK(tally.intents == std::set<intent>{{"r", "k"}, {"r", "k2"}});
  CHECK(to_json(tally)["refused"]["in-progress"] == 1);
  CHECK(to_table(tally).find("in-progress") != std::string::npos);
}

TEST_CASE_FIXTURE(checked_replay, "every request of a batch counts") {
  auto ok = json{{"outcome", "granted"}, {"lock", keyed("L1", "r", "k")}};
  answer(200,
         {{"results",
           {{{"status", 201}, {"body", ok}},
            {{"status", 422}, {"body", {{"code", "key-mismatch"}}}}}}},
         "/v1/locks:batch");
  CHECK(tally.lines == 1);
  CHECK(tally.granted == 1);
  CHECK(tally.refused["key-mismatch"] == 1);
}

TEST_CASE_FIXTURE(checked_replay, "a plain mutex is no intent") {
  answer(201, {{"outcome", "granted"}, {"lock", keyed("L1", "r", nullptr)}});
  CHECK(tally.intents.empty());
}

TEST_CASE_FIXTURE(checked_replay,
                  "intents done once are counted over all pages") {
  tally.intents = {{"r", "k1"}, {"r", "k2"}, {"s", "k1"}, {"s", "gone"}};
  effect("L1", "r", "k1", 1);
  effect("L2", "r", "k2", 2);
  row("granted", "s", "L3", 3);
  row("expired", "s", "L3", 3);
  effect("L4", "s", "k1", 4);
  effect("L5", "t", "somebody else's", 5);
  auto report = check();
  CHECK(report.ok());
  CHECK(report.intents == 4);
  CHECK(report.once == 3);
  CHECK(report.never == 1);
  tally.replayed = 7;
  CHECK(to_sentence(report, tally) ==
        "4 intents: 3 done once each, 1 given up (cancelled, failed or "
        "expired), none done twice; 7 duplicates answered from the first");
  tally.intents.erase({"s", "gone"});
  CHECK(to_sentence(check(), tally) ==
        "3 intents, each done once; 7 duplicates answered from the first");
}

TEST_CASE_FIXTURE(checked_replay, "an intent that was done twice is a fault") {
  tally.intents = {{"r", "k1"}};
  effect("L1", "r", "k1", 1);
  effect("L2", "r", "k1", 2);
  auto report = check();
  CHECK_FALSE(report.ok());
  CHECK(report.faults == std::vector<std::string>{"r, key k1: done 2 times"});
}

TEST_CASE_FIXTURE(checked_replay, "a lock that was released twice is a fault") {
  tally.intents = {{"r", "k1"}};
  effect("L1", "r", "k1", 1);
  row("released", "r", "L1", 1);
  CHECK(check().faults == std::vector<std::string>{"r, key k1: done 2 times"});
}

TEST_CASE_FIXTURE(checked_replay,
                  "M2: two holders of one resource are a fault") {
  row("granted", "r", "L1", 1);
  row("granted", "r", "L2", 2);
  CHECK(check().faults ==
        std::vector<std::string>{"r was granted to L2 while L1 held it"});
}

TEST_CASE_FIXTURE(checked_replay, "a token that does not rise is a fault") {
  effect("L1", "r", "a", 5);
  effect("L2", "r", "b", 5);
  CHECK(check().faults == std::vector<std::string>{"r: token 5 after 5"});
}
