// Positions and deals: who may ask, what is answered, and what opening and
// closing do.
#include "tests/fakes/test/metaapi_world.hpp"
#include "tests/support/eventually.hpp"

#include <doctest/doctest.h>

using namespace holdfast::test;
using namespace std::chrono_literals;

namespace {

struct metaapi_scene : metaapi_world {
  void set(const json& positions) { metaapi.positions("acc-1", positions); }

  std::vector<std::string> deal_ids(const std::string& from,
                                    const std::string& to,
                                    const std::string& query = {}) {
    std::vector<std::string> ids;
    auto answer = get(deals_path(from, to, query)).body;
    REQUIRE(answer.is_array());
    for (const auto& each : answer)
      ids.push_back(each["id"]);
    return ids;
  }

  json refused(const char* why) const {
    return metaapi.state()["refused"][why];
  }
};

json deal(const std::string& id, const std::string& time) {
  return {{"id", id}, {"time", time}, {"profit", -0.1}};
}

using id_list = std::vector<std::string>;

} // namespace

TEST_CASE_FIXTURE(metaapi_scene,
                  "positions are answered as the test made them") {
  auto first = metaapi_position("46648037",
                                {{"stopLoss", 1.05}, {"comment", "vip <1>"}});
  auto second = metaapi_position("46648038", {{"type", "POSITION_TYPE_SELL"}});
  set({first, second});
  auto answer = positions();
  CHECK(answer.status == 200);
  CHECK(answer.body == json{first, second});
  set(json::array());
  CHECK(positions().body == json::array());
}

TEST_CASE_FIXTURE(metaapi_scene,
                  "a list may hold anything, as a broken server's") {
  set({{{"id", 7}}, "nonsense", nullptr});
  CHECK(positions().body == json{{{"id", 7}}, "nonsense", nullptr});
}

TEST_CASE_FIXTURE(metaapi_scene, "R22: each account has a list of its own") {
  set(json::array({metaapi_position("1")}));
  metaapi.positions("acc 2/x", json::array());
  CHECK(get("acc%202%2Fx/positions").body == json::array());
  CHECK(positions().body.size() == 1);
}

TEST_CASE_FIXTURE(metaapi_scene, "a missing or wrong token is unauthorized") {
  set(json::array());
  auto path = "/users/current/accounts/acc-1/positions";
  auto without = http.get(path);
  CHECK(without.status == 401);
  CHECK(without.body["error"] == "UnauthorizedError");
  CHECK(without.body["id"].is_number());
  CHECK(without.body["message"].is_string());
  CHECK(http.send("GET", path, {}, {{"auth-token", "another"}}).status == 401);
  CHECK(http.send("GET", path, {}, {{"Auth-Token", "test-token"}}).status ==
        200);
  CHECK(refused("token") == 2);
}

TEST_CASE_FIXTURE(metaapi_scene, "an account that no test named is not found") {
  auto answer = positions("acc-9");
  CHECK(answer.status == 404);
  CHECK(answer.body["error"] == "NotFoundError");
  CHECK(refused("account") == 1);
  CHECK_THROWS_AS(metaapi.close("acc-9", "1", 1, 1), std::runtime_error);
  CHECK_THROWS_AS(metaapi.open("acc-9", {{"id", "1"}}), std::runtime_error);
  CHECK(positions("acc-9").status == 404);
}

TEST_CASE_FIXTURE(metaapi_scene,
                  "deals are those from the start, before the end") {
  metaapi.deals("acc-1", {deal("c", "2026-01-03T00:00:00.000Z"),
                          deal("a", "2026-01-01T00:00:00Z"),
                          deal("b", "2026-01-02T12:34:56.789Z")});
  CHECK(deal_ids("2026-01-01T00:00:00.000Z", "2026-01-03T00:00:00.001Z") ==
        id_list{"a", "b", "c"});
  CHECK(deal_ids("2026-01-01T00:00:00.001Z", "2026-01-03T00:00:00.000Z") ==
        id_list{"b"});
  CHECK(deal_ids("2026-01-02T12:34:56.789Z", "2026-01-02T12:34:56.790Z") ==
        id_list{"b"});
  CHECK(deal_ids("2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z",
                 "?offset=1&limit=1") == id_list{"b"});
  CHECK(deals().body[0] == deal("a", "2026-01-01T00:00:00Z"));
  CHECK(positions().body == json::array());
}

TEST_CASE_FIXTURE(metaapi_scene, "a wrong time or page is a validation error") {
  set(json::array());
  for (auto time : {"yesterday", "2026-02-30T00:00:00Z", "2026-01-01",
                    "2026-01-01T24:00:00Z", "2026-01-01T00:00:00+01:00"}) {
    auto answer = get(deals_path(time, "2027-01-01T00:00:00Z"));
    CHECK(answer.status == 400);
    CHECK(answer.body["error"] == "ValidationError");
  }
  for (auto query : {"?limit=0", "?limit=1001", "?offset=-1", "?limit=x"})
    CHECK(get(deals_path("2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z", query))
              .status == 400);
  CHECK(refused("parameter") == 9);
}

TEST_CASE_FIXTURE(metaapi_scene,
                  "an opened position has a deal on its own side") {
  metaapi.open("acc-1", metaapi_position("7"));
  CHECK(positions().body == json::array({metaapi_position("7")}));
  auto in = deals().body.at(0);
  CHECK(in["entryType"] == "DEAL_ENTRY_IN");
  CHECK(in["type"] == "DEAL_TYPE_BUY");
  CHECK(in["positionId"] == "7");
  CHECK(in["price"] == 1.085);
  CHECK(in["time"] == "2026-01-31T10:00:00.000Z");
  CHECK(in["profit"] == 0);
  CHECK_THROWS_WITH_AS(metaapi.open("acc-1", metaapi_position("7")),
                       doctest::Contains("is open"), std::runtime_error);
  CHECK_THROWS_AS(metaapi.open("acc-1", metaapi_position("8", {{"type", ""}})),
                  std::runtime_error);
}

TEST_CASE_FIXTURE(metaapi_scene, "R16: a closing deal is on the other side") {
  metaapi.open("acc-1", metaapi_position("7", {{"swap", -0.3}}));
  metaapi.open("acc-1",
               metaapi_position("8", {{"type", "POSITION_TYPE_SELL"}}));
  auto before = wall_ms();
  auto out = metaapi.close("acc-1", "7", 1.09, 50.5);
  CHECK(positions().body.size() == 1);
  CHECK(out["entryType"] == "DEAL_ENTRY_OUT");
  CHECK(out["type"] == "DEAL_TYPE_SELL");
  CHECK(out["positionId"] == "7");
  CHECK(out["symbol"] == "EURUSD");
  CHECK(out["volume"] == 0.1);
  CHECK(out["price"] == 1.09);
  CHECK(out["profit"] == 50.5);
  CHECK(out["commission"] == -0.7);
  CHECK(out["swap"] == -0.3);
  CHECK(to_ms(out["time"]) >= before);
  CHECK(to_ms(out["time"]) <= wall_ms());
  CHECK(metaapi.close("acc-1", "8", 1, 1)["type"] == "DEAL_TYPE_BUY");
  CHECK(positions().body == json::array());
  CHECK(deals().body.size() == 4);
  CHECK_THROWS_AS(metaapi.close("acc-1", "7", 1, 1), std::runtime_error);
}

TEST_CASE_FIXTURE(metaapi_scene, "a closing deal may show up late") {
  metaapi.open("acc-1", metaapi_position("7"));
  metaapi.close("acc-1", "7", 1, 1, 10min);
  CHECK(positions().body == json::array());
  CHECK(deals().body.size() == 1);
  CHECK(metaapi.state()["accounts"][0]["lateDeals"].size() == 1);
  metaapi.deals("acc-1", json::array({deal("a", "2026-01-01T00:00:00Z")}),
                50ms);
  CHECK(eventually([&] { return deals().body.size() == 2; }, 60s));
  CHECK(deals().body[0]["id"] == "a");
}

TEST_CASE_FIXTURE(metaapi_scene, "requests are counted, of other calls too") {
  set(json::array());
  positions();
  positions();
  deals();
  CHECK(get("acc-1/orders").status == 404);
  CHECK(http.send("POST", "/users/current/accounts/acc-1/positions", "{}",
                  {{"auth-token", "test-token"}})
            .status == 404);
  CHECK(metaapi.state()["requests"] ==
        json{{"positions", 2}, {"deals", 1}, {"other", 2}});
}

TEST_CASE_FIXTURE(metaapi_scene, "wrong control calls are refused") {
  CHECK_THROWS_AS(set({{"id", 1}}), std::runtime_error); // no array
  CHECK_THROWS_AS(metaapi.deals("acc-1", {deal("a", "2026-01-01T00:00:00Z"),
                                          deal("b", "soon")}),
                  std::runtime_error);
  CHECK(positions().status == 404);
  CHECK(http.post("/fake/close", {{"accountId", "a"}, {"volume", 1}})
            .body["error"]
            .get<std::string>()
            .find("volume") != std::string::npos);
  CHECK(http.get("/fake/nope").status == 404);
  CHECK(http.send("POST", "/fake/nope").status == 404);
}
