// Who may do what: tokens, scopes, the table of calls, and the way in.
#include "dashboard/page_files.hpp"
#include "gateway/routes.hpp"
#include "rules/sha256.hpp"
#include "tests/unit/contains.hpp"
#include "tests/unit/gateway/fake_service.hpp"

#include <doctest/doctest.h>

#include <map>
#include <set>

using namespace holdfast;
using namespace holdfast::test;

namespace {

token_table::entry entry(std::string name, scope level, std::string token,
                         std::string owner = {}) {
  return {sha256(token), std::make_shared<const identity>(
                             identity{std::move(name), level, owner})};
}

std::shared_ptr<const token_table> tokens() {
  return std::make_shared<const token_table>(std::vector{
      entry("looker", scope::read, "read-token"),
      entry("bot", scope::trade, "trade-token"),
      entry("boss", scope::operate, "operate-token"),
      entry("ann", scope::trade, "ann-token", "ann"),
      entry("head-of-ann", scope::operate, "ann-operate-token", "ann"),
  });
}

gateway_options with_tokens() {
  gateway_options options;
  options.tokens = tokens();
  return options;
}

std::string bearer(std::string_view token) {
  return "Authorization: Bearer " + std::string{token} + "\r\n";
}

/// The target of a row, with something in the place of "{}".
std::string target_of(const route_row& row) {
  std::string target{row.path};
  if (auto hole = target.find("{}"); hole != std::string::npos)
    target.replace(hole, 2, "lock-5f3a9c1e-42");
  return target;
}

std::string body_of(const route_row& row) {
  return row.body == body_rule::json ? "{}" : "";
}

constexpr auto acquire_for_ann = R"({"resourceId":"r","ownerId":"ann"})";
constexpr auto acquire_for_bob = R"({"resourceId":"r","ownerId":"bob"})";

} // namespace

TEST_CASE("scopes include those before them") {
  identity who{"x", scope::trade, ""};
  CHECK(who.may(scope::open));
  CHECK(who.may(scope::read));
  CHECK(who.may(scope::trade));
  CHECK_FALSE(who.may(scope::operate));
  scope level{};
  for (std::string text : {"read", "trade", "operate"}) {
    REQUIRE(from_string(text, level));
    CHECK(to_string(level) == text);
  }
  for (auto text : {"open", "Read", "", "admin", "trade "})
    CHECK_FALSE(from_string(text, level));
}

TEST_CASE("a token is found by its hash, and only as a whole") {
  auto table = tokens();
  REQUIRE(table->find("trade-token"));
  CHECK(table->find("trade-token")->name == "bot");
  for (auto token : {"", "trade-toke", "trade-token ", "Trade-token", "x"})
    CHECK_FALSE(table->find(token));
  CHECK_FALSE(table->find(std::string(token_table::token_bytes_max + 1, 'x')));
}

// Whoever adds a call adds it here as well, and so thinks about its scope.
TEST_CASE("every call has the scope that the contract gives it") {
  using enum scope;
  std::map<std::string, scope> wanted{
      {"POST /v1/locks", trade},
      {"POST /v1/locks:batch", trade},
      {"POST /v1/locks/{}/renew", trade},
      {"POST /v1/locks/{}/release", trade},
      {"GET /v1/locks", read},
      {"GET /v1/locks/{}", read},
      {"DELETE /v1/locks/{}", operate},
      {"DELETE /v1/owners/{}/locks", operate},
      {"GET /v1/resources/{}", read},
      {"GET /v1/queue", read},
      {"GET /v1/queue/{}", read},
      {"DELETE /v1/queue/{}", trade},
      {"GET /v1/dead-letters", read},
      {"POST /v1/dead-letters/{}/requeue", operate},
      {"DELETE /v1/dead-letters/{}", operate},
      {"GET /v1/journal", read},
      {"GET /v1/events", read},
      {"GET /v1/session", read},
      {"POST /v1/pause", operate},
      {"POST /v1/trades", trade},
      {"GET /v1/trades", read},
      {"GET /v1/trades/{}", read},
      {"GET /v1/effects", read},
      {"GET /v1/effects/{}", read},
      {"POST /v1/effects/{}/resolve", operate},
      {"POST /v1/positions", trade},
      {"POST /v1/positions/snapshot", trade},
      {"GET /v1/positions", read},
      {"GET /v1/signals", read},
      {"GET /v1/signals/{}", read},
      {"GET /api/transaction-locks", read},
      {"POST /api/transaction-locks", read},
      {"DELETE /api/transaction-locks", operate},
      {"POST /api/mexc/trade", trade},
      {"POST /v1/resume", operate},
      {"GET /v1/stats", read},
      {"GET /metrics", read},
      {"GET /healthz", open},
      {"GET /readyz", open},
  };
  for (auto& file : page_files())
    wanted.emplace("GET " + std::string{file.path}, open);
  std::set<std::string> seen;
  for (auto& row : route_table()) {
    auto name = std::string{row.method} + " " + std::string{row.path};
    INFO(name);
    auto found = wanted.find(name);
    REQUIRE(found != wanted.end());
    CHECK(found->second == row.access);
    CHECK(seen.insert(name).second);
    CHECK(find_route(row.method, target_of(row)) == &row);
  }
  CHECK(seen.size() == wanted.size());
}

TEST_CASE("every call is refused without a token, and below its scope") {
  gateway_world world{with_tokens()};
  const std::pair<scope, std::string> callers[] = {
      {scope::open, ""},
      {scope::read, bearer("read-token")},
      {scope::trade, bearer("trade-token")},
      {scope::operate, bearer("operate-token")}};
  for (auto& row : route_table())
    for (auto& caller : callers) {
      auto answer =
          world.call(row.method, target_of(row), body_of(row), caller.second);
      INFO(row.method, " ", row.path, " as ", to_string(caller.first), ": ",
           answer.body);
      if (caller.first >= row.access) {
        CHECK(answer.status != 401);
        CHECK(answer.status != 403);
      } else {
        CHECK(answer.status == (caller.first == scope::open ? 401 : 403));
        CHECK(answer.has_header("WWW-Authenticate: Bearer") ==
              (caller.first == scope::open));
        CHECK(contains(answer.body, caller.first == scope::open
                                        ? R"(:"unauthorized")"
                                        : R"(:"forbidden")"));
      }
      CHECK(answer.header("Access-Control-Allow-Origin") == "");
    }
}

TEST_CASE("without tokens every caller may do everything, as local") {
  gateway_world world;
  for (auto& row : route_table()) {
    auto answer = world.call(row.method, target_of(row), body_of(row));
    INFO(row.method, " ", row.path, ": ", answer.body);
    CHECK(answer.status != 401);
    CHECK(answer.status != 403);
  }
  CHECK(world.service.await<set_paused>().actor == "local");
}

TEST_CASE("a caller is told who he is") {
  gateway_world world{with_tokens()};
  auto who = [&](std::string_view token) {
    return world.call("GET", "/v1/session", "", bearer(token)).body;
  };
  CHECK(who("read-token") == R"({"name":"looker","scope":"read"})");
  CHECK(who("trade-token") == R"({"name":"bot","scope":"trade"})");
  CHECK(who("operate-token") == R"({"name":"boss","scope":"operate"})");
  CHECK(who("ann-token") ==
        R"({"name":"ann","scope":"trade","ownerId":"ann"})");
  CHECK(gateway_world{}.call("GET", "/v1/session").body ==
        R"({"name":"local","scope":"operate"})");
}

TEST_CASE("a token that is nobody's is refused, however it is written") {
  gateway_world world{with_tokens()};
  auto status = [&](std::string_view header) {
    return world.call("GET", "/v1/stats", "", header).status;
  };
  CHECK(status("Authorization: bearer read-token\r\n") == 200);
  CHECK(status("Authorization: Bearer   read-token\r\n") == 200);
  for (auto value : {"read-token", "Basic read-token", "Bearer", "Bearer ",
                     "Bearer read-token x", "Bearer READ-TOKEN",
                     "Bearer read-toke", "Bearerread-token"})
    CHECK(status("Authorization: " + std::string{value} + "\r\n") == 401);
  CHECK(status(bearer("read-token") + bearer("read-token")) == 401);
  CHECK(status(bearer(std::string(10'000, 'x'))) == 401);
  CHECK(world.call("HEAD", "/v1/stats", "", bearer("read-token")).status ==
        200);
  CHECK(world.call("HEAD", "/v1/stats").status == 401);
}

TEST_CASE("an unknown path is 404 and a wrong method 405, to anybody") {
  gateway_world world{with_tokens()};
  CHECK(world.call("GET", "/v1/nothing").status == 404);
  CHECK(world.call("PUT", "/v1/locks", "{}").status == 405);
}

TEST_CASE("a body is not read before its sender is known") {
  gateway_world world{with_tokens()};
  auto client = world.client();
  client.send("POST /v1/locks:batch HTTP/1.1\r\nHost: localhost\r\n"
              "Content-Type: application/json\r\nExpect: 100-continue\r\n"
              "Content-Length: 4000000\r\n\r\n");
  auto answer = client.receive(); // not 100 Continue
  CHECK(answer.status == 401);
  CHECK(answer.has_header("Connection: close"));
}

TEST_CASE("a refused request that is complete leaves its connection open") {
  gateway_world world{with_tokens()};
  auto client = world.client();
  CHECK(client.call("POST", "/v1/locks", acquire_for_ann).status == 401);
  CHECK(client.call("HEAD", "/v1/stats").status == 401);
  CHECK(client.call("POST", "/v1/locks", acquire_for_ann, bearer("ann-token"))
            .status == 201);
}

TEST_CASE("M19: who is bound to an owner cannot act in another's name") {
  gateway_world world{with_tokens()};
  auto token = bearer("ann-token");
  CHECK(world.call("POST", "/v1/locks", acquire_for_ann, token).status == 201);
  auto answer = world.call("POST", "/v1/locks", acquire_for_bob, token);
  CHECK(answer.status == 403);
  CHECK(contains(answer.body, "acts for the owner 'ann' alone"));
  auto batch = world.call("POST", "/v1/locks:batch",
                          R"({"requests":[)" + std::string{acquire_for_bob} +
                              "," + acquire_for_ann + "]}",
                          token);
  CHECK(batch.status == 200);
  CHECK(contains(batch.body, R"({"results":[{"status":403)"));
  CHECK(contains(batch.body, R"({"status":201)"));
  for (auto& cmd : {world.service.await<acquire_lock>(1),
                    world.service.await<acquire_lock>(2)})
    CHECK(cmd.owner_id == "ann");
  CHECK(world.service.times<acquire_lock>() == 2);
}

TEST_CASE("what an owner-bound caller may touch is decided by the lock") {
  gateway_world world{with_tokens()};
  auto token = bearer("ann-operate-token");
  auto lock = "/v1/locks/lock-5f3a9c1e-42";
  world.call("POST", std::string{lock} + "/renew", R"({"fencingToken":42})",
             token);
  world.call("POST", std::string{lock} + "/release", R"({"fencingToken":42})",
             token);
  world.call("DELETE", lock, "", token);
  world.call("DELETE", "/v1/queue/entry-5f3a9c1e-7", "", token);
  world.call("GET", "/v1/queue/entry-5f3a9c1e-7", "", token);
  world.call("POST", "/v1/dead-letters/dead-0000abcd-9/requeue", "", token);
  world.call("DELETE", "/v1/dead-letters/dead-0000abcd-9", "", token);
  CHECK(world.service.await<renew_lock>().bound_to == "ann");
  CHECK(world.service.await<release_lock>().bound_to == "ann");
  CHECK(world.service.await<force_release>().bound_to == "ann");
  CHECK(world.service.await<cancel_entry>().bound_to == "ann");
  CHECK(world.service.await<watch_entry>().bound_to == "ann");
  CHECK(world.service.await<requeue_dead_letter>().bound_to == "ann");
  CHECK(world.service.await<discard_dead_letter>().bound_to == "ann");
  CHECK(world.call("DELETE", "/v1/owners/ann/locks", "", token).status == 200);
  CHECK(world.call("DELETE", "/v1/owners/bob/locks", "", token).status == 403);
  CHECK(world.call("POST", "/v1/pause", "", token).status == 403);
  CHECK(world.service.times<set_paused>() == 0);
}

TEST_CASE("who may only look does not claim a lock by looking") {
  gateway_world world{with_tokens()};
  auto look = [&](std::string_view token) {
    world.call("GET", "/v1/queue/entry-5f3a9c1e-7", "", bearer(token));
  };
  look("read-token");
  CHECK_FALSE(world.service.await<watch_entry>(1).claims);
  look("trade-token");
  CHECK(world.service.await<watch_entry>(2).claims);
}

TEST_CASE("an operator's act carries the name of his token") {
  gateway_world world{with_tokens()};
  auto token = bearer("operate-token");
  world.call("DELETE", "/v1/locks/lock-5f3a9c1e-42", "", token);
  world.call("DELETE", "/v1/owners/bob/locks", "", token);
  world.call("DELETE", "/v1/queue/entry-5f3a9c1e-7", "", token);
  world.call("POST", "/v1/dead-letters/dead-0000abcd-9/requeue", "", token);
  world.call("DELETE", "/v1/dead-letters/dead-0000abcd-9", "", token);
  world.call("POST", "/v1/pause", "", token);
  CHECK(world.service.await<force_release>().actor == "boss");
  CHECK(world.service.await<force_release>().bound_to == "");
  CHECK(world.service.await<force_release_owner>().actor == "boss");
  CHECK(world.service.await<cancel_entry>().actor == "boss");
  CHECK(world.service.await<requeue_dead_letter>().actor == "boss");
  CHECK(world.service.await<discard_dead_letter>().actor == "boss");
  CHECK(world.service.await<set_paused>().actor == "boss");
}

TEST_CASE("a revoked token does not work for the next request") {
  gateway_world world{with_tokens()};
  auto client = world.client();
  auto status = [&] {
    return client.call("GET", "/v1/stats", "", bearer("read-token")).status;
  };
  CHECK(status() == 200);
  world.http->use_tokens(std::make_shared<const token_table>());
  CHECK(status() == 401);
  world.http->use_tokens(tokens());
  CHECK(status() == 200);
}

TEST_CASE("who asks too often is told when to ask again, but may release") {
  auto options = with_tokens();
  options.rate = {0.001, 2};
  gateway_world world{options};
  auto acquire = [&](std::string_view token) {
    return world.call("POST", "/v1/locks", acquire_for_ann, bearer(token));
  };
  CHECK(acquire("trade-token").status == 201);
  CHECK(acquire("trade-token").status == 201);
  auto refused = acquire("trade-token");
  CHECK(refused.status == 429);
  CHECK(contains(refused.body, R"("code":"rate-limited")"));
  CHECK(std::stoi(refused.header("Retry-After")) > 900);
  CHECK(acquire("ann-token").status == 201); // others are not concerned
  auto release = [&] {
    return world
        .call("POST", "/v1/locks/lock-5f3a9c1e-42/release",
              R"({"fencingToken":42})", bearer("trade-token"))
        .status;
  };
  CHECK(release() == 200);
  CHECK(release() == 200);
  CHECK(release() == 429);
  CHECK(world.call("GET", "/healthz", "", bearer("trade-token")).status == 200);
}

TEST_CASE("a request under a foreign name is refused, unless it asks for "
          "health") {
  for (auto& options : {gateway_options{}, with_tokens()}) {
    gateway_world world{options};
    auto client = world.client();
    auto ask = [&](const std::string& line) {
      client.send(line + " HTTP/1.1\r\nHost: evil.example\r\n\r\n");
      return client.receive();
    };
    for (auto line : {"GET /v1/locks", "GET /", "GET /metrics", "GET /nothing",
                      "POST /healthz"}) {
      INFO(line);
      auto answer = ask(line);
      CHECK(answer.status == 403);
      CHECK(contains(answer.body, R"("code":"forbidden")"));
      CHECK(contains(answer.body, "evil.example"));
    }
    CHECK(ask("GET /healthz").status == 200);
    CHECK(ask("GET /readyz").status == 200);
  }
}

TEST_CASE("a page of another site changes nothing, and reads nothing that "
          "needs no token") {
  auto foreign = "Origin: http://evil.example\r\n";
  auto own = "Origin: http://localhost\r\n";
  auto cross = "Sec-Fetch-Site: cross-site\r\n";
  gateway_world anonymous;
  for (auto header : {foreign, cross}) {
    CHECK(anonymous.call("POST", "/v1/pause", "", header).status == 403);
    CHECK(anonymous.call("GET", "/v1/locks", "", header).status == 403);
    CHECK(anonymous.call("GET", "/healthz", "", header).status == 200);
  }
  CHECK(anonymous.call("POST", "/v1/pause", "", own).status == 200);
  CHECK(anonymous.service.times<set_paused>() == 1);
  gateway_world known{with_tokens()};
  auto token = bearer("operate-token");
  CHECK(known.call("POST", "/v1/pause", "", foreign + token).status == 403);
  CHECK(known.call("GET", "/v1/locks", "", foreign + token).status == 200);
  CHECK(known.call("POST", "/v1/pause", "", own + token).status == 200);
}
