// The lock calls as functions, and the shape checks.
// Must not know how the node is built: only the contract's words.
#include "tests/integration/fixture.hpp"

#include <doctest/doctest.h>

#include <fstream>

namespace holdfast::test {

using namespace std::chrono_literals;

node_process& shared_node() {
  static node_process node;
  static bool used = false;
  if (!node.running() && !used)
    node.start();
  used = true;
  return node;
}

int stop_shared_node() {
  auto& node = shared_node();
  return node.running() ? node.stop() : 0;
}

void wait_until_past(const std::string& timestamp, int margin_ms) {
  auto end = to_ms(timestamp) + margin_ms;
  REQUIRE(eventually([&] { return wall_ms() > end; }, 30s));
}

json acquire_body(const std::string& resource, const std::string& owner,
                  const json& more) {
  json body{{"resourceId", resource}, {"ownerId", owner}};
  body.update(more);
  return body;
}

http_response api::acquire(const std::string& resource,
                           const std::string& owner, const json& more) {
  return http.post("/v1/locks", acquire_body(resource, owner, more));
}

void api::begin_acquire(const std::string& resource, const std::string& owner,
                        const json& more) {
  http.begin("POST", "/v1/locks", acquire_body(resource, owner, more).dump());
}

http_response api::renew(const json& lock, const json& more) {
  json body{{"fencingToken", lock.at("fencingToken")}};
  body.update(more);
  return http.post(
      "/v1/locks/" + lock.at("lockId").get<std::string>() + "/renew", body);
}

http_response api::release(const json& lock, const json& more) {
  json body{{"fencingToken", lock.at("fencingToken")}};
  body.update(more);
  return http.post(
      "/v1/locks/" + lock.at("lockId").get<std::string>() + "/release", body);
}

http_response api::cancel(const std::string& entry_id) {
  return http.del("/v1/queue/" + entry_id);
}

http_response api::force_release(const json& lock, const std::string& reason) {
  return http.del("/v1/locks/" + lock.at("lockId").get<std::string>() +
                  "?reason=" + percent_encoded(reason));
}

json api::granted(const std::string& resource, const std::string& owner,
                  const json& more) {
  auto answer = acquire(resource, owner, more);
  INFO("acquire answered ", answer.text);
  REQUIRE(answer.status == 201);
  REQUIRE(answer.body.at("outcome") == "granted");
  return answer.body.at("lock");
}

json api::queued(const std::string& resource, const std::string& owner,
                 const json& more) {
  auto answer = acquire(resource, owner, more);
  INFO("acquire answered ", answer.text);
  REQUIRE(answer.status == 202);
  REQUIRE(answer.body.at("outcome") == "queued");
  return answer.body.at("entry");
}

json api::lock(const std::string& lock_id) {
  auto answer = http.get("/v1/locks/" + lock_id);
  INFO("the lock: ", answer.text);
  REQUIRE(answer.status == 200);
  return answer.body;
}

json api::resource(const std::string& resource) {
  auto answer = http.get("/v1/resources/" + percent_encoded(resource));
  INFO("the resource: ", answer.text);
  REQUIRE(answer.status == 200);
  return answer.body;
}

json api::entry(const std::string& entry_id, int wait_ms) {
  auto query = wait_ms ? "?waitMs=" + std::to_string(wait_ms) : std::string{};
  auto answer = http.get("/v1/queue/" + entry_id + query);
  INFO("the entry: ", answer.text);
  REQUIRE(answer.status == 200);
  return answer.body;
}

json api::promoted(const std::string& entry_id) {
  auto found = entry(entry_id, 15000);
  INFO("the entry: ", found.dump());
  REQUIRE(found.at("status") == "granted");
  REQUIRE(found.contains("lock"));
  return found.at("lock");
}

std::vector<json> api::all(const std::string& target) {
  std::vector<json> items;
  std::string cursor;
  do {
    auto page = target + (target.find('?') == std::string::npos ? "?" : "&") +
                "limit=1000" +
                (cursor.empty() ? "" : "&cursor=" + percent_encoded(cursor));
    auto answer = http.get(page);
    INFO(page, " answered ", answer.text);
    REQUIRE(answer.status == 200);
    for (auto& item : answer.body.at("items"))
      items.push_back(item);
    cursor = answer.body.value("nextCursor", std::string{});
  } while (!cursor.empty());
  return items;
}

std::vector<json> api::journal(const std::string& resource) {
  auto target =
      "/v1/journal?limit=1000&resourceId=" + percent_encoded(resource);
  auto answer = http.get(target);
  INFO("the journal: ", answer.text);
  REQUIRE(answer.status == 200);
  return answer.body.at("items").get<std::vector<json>>();
}

std::vector<std::string> api::journal_kinds(const std::string& resource) {
  std::vector<std::string> kinds;
  for (auto& event : journal(resource))
    kinds.push_back(event.at("kind"));
  return kinds;
}

std::vector<json> api::dead_letters(const std::string& resource) {
  std::vector<json> found;
  for (auto& letter : all("/v1/dead-letters")) {
    if (letter.at("resourceId") == resource)
      found.push_back(letter);
  }
  return found;
}

bool waiting(api& node, const std::string& resource, std::size_t count) {
  return eventually(
      [&] { return node.resource(resource).at("queue").size() == count; });
}

void check_problem(http_response answer, int status, const std::string& code) {
  INFO("answer: ", answer.status, " ", answer.text.substr(0, 500));
  CHECK(answer.status == status);
  CHECK(answer.header("content-type").rfind("application/problem+json", 0) ==
        0);
  REQUIRE(answer.body.is_object());
  CHECK(answer.body["code"] == code);
  CHECK(answer.body["status"] == status);
  for (auto name : {"type", "title", "detail"}) {
    INFO("member ", name);
    REQUIRE(answer.body[name].is_string());
    CHECK_FALSE(answer.body[name].get<std::string>().empty());
  }
}

void check_problem_naming(http_response answer, int status,
                          const std::string& code,
                          const std::vector<std::string>& words) {
  check_problem(answer, status, code);
  auto detail = answer.body.value("detail", std::string{});
  for (const auto& word : words) {
    INFO("detail \"", detail, "\" should name ", word);
    CHECK(detail.find(word) != std::string::npos);
  }
}

void check_config_refused(const std::string& toml,
                          const std::vector<std::string>& words) {
  temp_dir dir;
  auto path = (dir.path() / "test.toml").string();
  std::ofstream{path} << toml;
  for (bool only_check : {true, false}) {
    std::vector<std::string> arguments{"node", "--config", path};
    if (only_check)
      arguments.emplace_back("--check-config");
    auto result = run_binary(arguments);
    INFO(toml, "\nwrote: ", result.output);
    CHECK(result.exit_code == 2);
    for (auto& word : words) {
      INFO("should say ", word);
      CHECK(mentions(result.output, word));
    }
  }
}

void check_lock_shape(json lock) {
  INFO("lock: ", lock.dump());
  REQUIRE(lock.is_object());
  for (auto name : {"lockId", "resourceId", "ownerId", "ownerType", "status"}) {
    INFO("member ", name);
    CHECK(lock[name].is_string());
  }
  for (auto name :
       {"fencingToken", "priority", "timeoutMs", "maxRetries", "attempts"}) {
    INFO("member ", name);
    CHECK(lock[name].is_number_unsigned());
  }
  for (auto name : {"transactionType", "transactionData", "idempotencyKey"}) {
    INFO("member ", name);
    CHECK(lock.contains(name));
  }
  CHECK(lock["fencingToken"] > 0);
  CHECK(lock["fencingToken"] < (std::int64_t{1} << 53));
  for (auto name : {"acquiredAt", "expiresAt"}) {
    INFO("member ", name);
    REQUIRE(lock[name].is_string());
    CHECK(is_timestamp(lock[name].get<std::string>()));
  }
  bool active = lock["status"] == "active";
  CHECK(lock.contains("releasedAt") != active);
  if (!active)
    CHECK(is_timestamp(lock.value("releasedAt", std::string{})));
}

} // namespace holdfast::test
