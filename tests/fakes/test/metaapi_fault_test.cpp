// Every fault of the fake MetaApi, reset, away and a new process.
#include "tests/fakes/test/metaapi_world.hpp"

#include <doctest/doctest.h>

using namespace holdfast::test;
using namespace std::chrono_literals;

namespace {

struct metaapi_fault_scene : metaapi_world {
  metaapi_fault_scene() { metaapi.open("acc-1", metaapi_position("7")); }

  void fault(const std::string& name, json more = json::object()) {
    more["on"] = more.value("on", "positions");
    more["fault"] = name;
    metaapi.faults(more);
  }
};

} // namespace

TEST_CASE_FIXTURE(metaapi_fault_scene, "status: any status, with a message") {
  fault("status", {{"code", 503}, {"message", "later"}});
  auto answer = positions();
  CHECK(answer.status == 503);
  CHECK(answer.body["error"] == "InternalError");
  CHECK(answer.body["message"] == "later");
  fault("status", {{"code", 404}});
  CHECK(positions().body["error"] == "NotFoundError");
  CHECK(positions().status == 200);
}

TEST_CASE_FIXTURE(metaapi_fault_scene, "429 names the time to wait, twice") {
  fault("429", {{"retryAfterS", 7}});
  auto before = wall_ms();
  auto answer = positions();
  CHECK(answer.status == 429);
  CHECK(answer.header("retry-after") == "7");
  CHECK(answer.body["error"] == "TooManyRequestsError");
  CHECK(answer.body["id"].is_number());
  CHECK(answer.body["message"].is_string());
  auto until = to_ms(answer.body["metadata"]["recommendedRetryTime"]);
  CHECK(until >= before + 7000);
  CHECK(until <= wall_ms() + 7000);
  CHECK(metaapi.state()["refused"]["limit"] == 1);
}

TEST_CASE_FIXTURE(metaapi_fault_scene,
                  "500, drop and hang answer nothing of use") {
  fault("500");
  CHECK(positions().status == 500);
  fault("drop");
  CHECK_THROWS_AS(positions(), connection_lost);
  fault("hang", {{"ms", 100}});
  http.begin("GET", "/users/current/accounts/acc-1/positions", {},
             {{"auth-token", "test-token"}});
  CHECK_FALSE(http.readable(20ms));
  CHECK(http.peer_closes());
  CHECK(positions().body.size() == 1);
}

TEST_CASE_FIXTURE(metaapi_fault_scene, "malformed and truncated are no JSON") {
  fault("malformed");
  auto answer = positions();
  CHECK(answer.status == 200);
  CHECK_FALSE(json::accept(answer.text));
  fault("truncated");
  CHECK_THROWS_AS(positions(), connection_lost);
}

TEST_CASE_FIXTURE(metaapi_fault_scene,
                  "R22: what is no list of positions, with status 200") {
  fault("wrong_shape");
  auto answer = positions();
  CHECK(answer.status == 200);
  CHECK(answer.body.is_object());
  fault("empty_body");
  answer = positions();
  CHECK(answer.status == 200);
  CHECK(answer.header("content-length") == "0");
  fault("html");
  answer = positions();
  CHECK(answer.status == 200);
  CHECK(answer.header("content-type") == "text/html;charset=utf-8");
  CHECK(answer.text.starts_with("<!DOCTYPE html>"));
}

TEST_CASE_FIXTURE(metaapi_fault_scene,
                  "faults happen to deals, too, and to one account") {
  fault("500", {{"on", "deals"}});
  fault("html", {{"on", "deals"}});
  fault("drop", {{"accountId", "acc-2"}});
  metaapi.positions("acc-2", json::array());
  CHECK(positions().status == 200);
  CHECK(deals().status == 500);
  CHECK(deals().body.is_null());
  CHECK_THROWS_AS(positions("acc-2"), connection_lost);
  CHECK(metaapi.faults_left().empty());
}

TEST_CASE_FIXTURE(metaapi_fault_scene,
                  "chaos hits an account's calls by a seed") {
  json settings{{"seed", 3}, {"perMille", 500}, {"faults", {"500"}}};
  auto fates = [&] {
    metaapi.chaos(settings);
    std::string result;
    for (int i = 0; i < 30; ++i)
      result += positions().status == 200 ? '+' : '-';
    return result;
  };
  auto first = fates();
  CHECK(fates() == first);
  CHECK(first.find('+') != std::string::npos);
  CHECK(first.find('-') != std::string::npos);
}

TEST_CASE_FIXTURE(metaapi_fault_scene,
                  "a wrong rule is refused by what is wrong with it") {
  CHECK_THROWS_WITH_AS(fault("drop_request"), doctest::Contains("empty_body"),
                       std::runtime_error);
  CHECK_THROWS_WITH_AS(fault("drop", {{"on", "send"}}),
                       doctest::Contains("positions, deals"),
                       std::runtime_error);
}

TEST_CASE_FIXTURE(metaapi_fault_scene,
                  "a reset forgets accounts, faults and counts") {
  fault("500");
  positions("acc-9");
  metaapi.reset();
  CHECK(positions().status == 404);
  auto state = metaapi.state();
  CHECK(state["accounts"].empty());
  CHECK(state["requests"]["positions"] == 1);
  CHECK(state["refused"]["account"] == 1);
}

TEST_CASE_FIXTURE(metaapi_fault_scene,
                  "it comes back from being away; the next one is new") {
  http.hang_up();
  metaapi.away(50ms);
  CHECK(metaapi.state()["accounts"].size() == 1); // control calls wait
  CHECK(positions().body.size() == 1);
  auto port = metaapi.port();
  CHECK(metaapi.stop() == 0);
  CHECK_THROWS_AS(http.connect(), connection_lost);
  fake_metaapi next{{"test-token", port}};
  CHECK(positions().status == 404);
}
