// Who may call what, with the real program: tokens, scopes, owners, SIGHUP.
// Must not know how the node is built: only the contract's words.
#include "tests/integration/guarded_node.hpp"

#include <doctest/doctest.h>

using namespace holdfast::test;

namespace {

struct row {
  std::string method;
  std::string target;
  int level; ///< 0 open, 1 read, 2 trade, 3 operate
};

const std::vector<row>& all_calls() {
  static const std::vector<row> rows{
      {"POST", "/v1/locks", 2},
      {"POST", "/v1/locks:batch", 2},
      {"POST", "/v1/locks/lock-1-1/renew", 2},
      {"POST", "/v1/locks/lock-1-1/release", 2},
      {"GET", "/v1/locks", 1},
      {"GET", "/v1/locks/lock-1-1", 1},
      {"DELETE", "/v1/locks/lock-1-1", 3},
      {"DELETE", "/v1/owners/x/locks", 3},
      {"GET", "/v1/resources/x", 1},
      {"GET", "/v1/queue", 1},
      {"GET", "/v1/queue/entry-1-1", 1},
      {"DELETE", "/v1/queue/entry-1-1", 2},
      {"GET", "/v1/dead-letters", 1},
      {"POST", "/v1/dead-letters/dead-1-1/requeue", 3},
      {"DELETE", "/v1/dead-letters/dead-1-1", 3},
      {"GET", "/v1/journal", 1},
      {"HEAD", "/v1/events", 1},
      {"GET", "/v1/session", 1},
      {"POST", "/v1/trades", 2},
      {"GET", "/v1/trades", 1},
      {"GET", "/v1/trades/trade-1-1", 1},
      {"GET", "/v1/effects", 1},
      {"GET", "/v1/effects/effect-1-1", 1},
      {"POST", "/v1/effects/effect-1-1/resolve", 3},
      {"POST", "/v1/positions", 2},
      {"POST", "/v1/positions/snapshot", 2},
      {"GET", "/v1/positions", 1},
      {"GET", "/v1/signals", 1},
      {"GET", "/v1/signals/signal-1-1", 1},
      {"GET", "/api/transaction-locks", 1},
      {"POST", "/api/transaction-locks", 1},
      {"DELETE", "/api/transaction-locks", 3},
      {"POST", "/api/mexc/trade", 2},
      {"POST", "/v1/pause", 3},
      {"POST", "/v1/resume", 3},
      {"GET", "/v1/stats", 1},
      {"HEAD", "/v1/stats", 1},
      {"GET", "/metrics", 1},
      {"GET", "/healthz", 0},
      {"GET", "/readyz", 0},
      {"GET", "/", 0},
      {"GET", "/app.js", 0},
      {"GET", "/docs", 0},
      {"GET", "/openapi.json", 0},
  };
  return rows;
}

} // namespace

TEST_CASE("M19: an emergency needs the operate scope, and a trade its own "
          "owner") {
  guarded_node node;
  json body{{"symbol", "BTCUSDT"}, {"side", "SELL"},   {"type", "MARKET"},
            {"quantity", "1"},     {"ownerId", "bot"}, {"emergency", true}};
  auto post = [&](const char* target, const std::string& token,
                  const json& what) {
    return node.call("POST", target, token, what.dump());
  };
  check_problem(post("/v1/trades", trade_token, body), 403, "forbidden");
  CHECK(post("/v1/trades", operate_token, body).status == 201);
  body["emergency"] = false;
  check_problem(post("/v1/trades", ann_token, body), 403, "forbidden");
  body["ownerId"] = "ann";
  CHECK(post("/v1/trades", ann_token, body).status == 201);
  json old{{"symbol", "BTCUSDT"}, {"side", "SELL"}, {"type", "MARKET"},
           {"quantity", "2"},     {"userId", "u"},  {"skipLock", true}};
  auto refused = post("/api/mexc/trade", trade_token, old);
  CHECK(refused.status == 403);
  CHECK(refused.body["success"] == false);
  CHECK(post("/api/mexc/trade", operate_token, old).status == 200);
}

TEST_CASE("R26: who may not report is told so, and what his scope lacks") {
  guarded_node node;
  auto body = R"({"accountId":"a","positionId":"1","symbol":"EURUSD",)"
              R"("type":"BUY","volume":"1","openPrice":"1.1"})";
  check_problem_naming(node.call("POST", "/v1/positions", read_token, body),
                       403, "forbidden", {"trade"});
  auto told = node.call("GET", "/v1/positions", read_token);
  CHECK(told.body["items"].empty());
  CHECK(node.call("POST", "/v1/positions", trade_token, body).status == 200);
}

TEST_CASE("R27: nobody writes or deletes what has happened") {
  guarded_node node;
  node.acquire(unique("trade:X"), "bot-1", trade_token);
  auto before = node.call("GET", "/v1/journal?limit=1000", read_token).body;
  for (auto method : {"POST", "PUT", "DELETE", "PATCH"}) {
    INFO(method);
    CHECK(node.call(method, "/v1/journal", operate_token, "{}").status == 405);
  }
  CHECK(node.call("GET", "/v1/journal?limit=1000", read_token).body == before);
}

/// In the words of the call: today's, or those of RFC 9457.
void refused_as(const row& call, const http_response& answer, int status,
                const std::string& code) {
  CHECK(answer.status == status);
  if (call.target.starts_with("/api/"))
    CHECK(answer.body.value("message", "") == code);
  else
    check_problem(answer, status, code);
}

TEST_CASE("M20, R27: every call needs its scope; health needs none") {
  guarded_node node;
  const std::pair<std::string, int> callers[] = {{"", 0},
                                                 {"no-such-token", 0},
                                                 {read_token, 1},
                                                 {trade_token, 2},
                                                 {operate_token, 3}};
  for (auto& call : all_calls())
    for (auto& caller : callers) {
      auto& token = caller.first;
      auto level = caller.second;
      auto answer = node.call(call.method, call.target, token,
                              call.method == "POST" ? "{}" : "");
      INFO(call.method, " ", call.target, " with level ", level, ": ",
           answer.text);
      if (level >= call.level) {
        CHECK(answer.status != 401);
        CHECK(answer.status != 403);
      } else if (level == 0) {
        CHECK(answer.status == 401);
        CHECK(answer.header("www-authenticate") == "Bearer");
        if (call.method != "HEAD")
          refused_as(call, answer, 401, "unauthorized");
      } else {
        refused_as(call, answer, 403, "forbidden");
      }
      CHECK(answer.header("access-control-allow-origin") == "");
    }
}

TEST_CASE("without tokens everybody on this machine may do everything") {
  on_own_node own;
  auto node = own.client();
  for (auto& call : all_calls()) {
    auto status =
        node.http
            .send(call.method, call.target, call.method == "POST" ? "{}" : "")
            .status;
    INFO(call.method, " ", call.target, ": ", status);
    CHECK(status != 401);
    CHECK(status != 403);
  }
}

TEST_CASE("M19: whose owner is in the token cannot act for another") {
  guarded_node node;
  auto resource = unique("position:acc-1");
  auto refused = node.call("POST", "/v1/locks", ann_token,
                           acquire_body(resource, "bob").dump());
  check_problem_naming(refused, 403, "forbidden", {"ann"});
  auto bobs = node.acquire(resource, "bob", trade_token);
  auto target = "/v1/locks/" + bobs.at("lockId").get<std::string>();
  auto token = json{{"fencingToken", bobs.at("fencingToken")}}.dump();
  check_problem(node.call("POST", target + "/renew", ann_token, token), 403,
                "forbidden");
  check_problem(node.call("POST", target + "/release", ann_token, token), 403,
                "forbidden");
  auto waiting = node.acquire(resource, "carl", trade_token);
  check_problem(
      node.call("DELETE",
                "/v1/queue/" + waiting.at("entryId").get<std::string>(),
                ann_token),
      403, "forbidden");
  auto now =
      node.call("GET", "/v1/resources/" + percent_encoded(resource), ann_token);
  CHECK(now.body["lock"]["lockId"] == bobs["lockId"]);
  CHECK(now.body["lock"]["expiresAt"] == bobs["expiresAt"]);
  CHECK(now.body["queue"].size() == 1);
  auto hers = node.acquire(unique(resource), "ann", ann_token);
  CHECK(node.release(hers, ann_token) == 200);
  CHECK(node.release(bobs, trade_token) == 200);
  // A lock that has ended is no business of hers either.
  CHECK(node.release(bobs, ann_token) == 403);
}

TEST_CASE("M19: what an operator does is journaled under his own name") {
  guarded_node node;
  auto resource = unique("trade:BTCUSDT");
  auto lock = node.acquire(resource, "bot-1", trade_token);
  auto forced =
      node.call("DELETE", "/v1/locks/" + lock.at("lockId").get<std::string>(),
                operate_token);
  CHECK(forced.body["released"] == 1);
  CHECK(node.call("POST", "/v1/pause", operate_token).status == 200);
  auto items =
      node.call("GET", "/v1/journal?limit=1000", read_token).body["items"];
  int acts = 0;
  for (auto& event : items)
    if (event["kind"] == "force_released" || event["kind"] == "paused") {
      CHECK(event["actor"] == "boss");
      ++acts;
    }
  CHECK(acts == 2);
}

TEST_CASE("SIGHUP takes in new tokens and revokes old ones") {
  guarded_node node;
  http_client connection{node.process.port()};
  auto status = [&](const std::string& token) {
    return connection
        .send("GET", "/v1/stats", "", {{"Authorization", "Bearer " + token}})
        .status;
  };
  CHECK(node.process.output().find("4 tokens loaded") != std::string::npos);
  CHECK(status(read_token) == 200);
  write_file(node.tokens(), "boss operate " + operate_hash + "\n");
  CHECK(status(read_token) == 200); // nobody has been told yet
  node.reload("1 tokens loaded");
  CHECK(status(read_token) == 401);
  CHECK(status(operate_token) == 200);
  write_file(node.tokens(), "boss operate " + operate_hash + "\nbroken line\n");
  node.reload("not reloaded");
  CHECK(node.process.output().find("tokens:2: ") != std::string::npos);
  CHECK(status(operate_token) == 200);
  CHECK(status(read_token) == 401);
  std::filesystem::remove(node.tokens());
  node.reload("not reloaded");
  CHECK(status(operate_token) == 200);
  write_file(node.tokens(), all_tokens());
  node.reload("4 tokens loaded");
  CHECK(status(read_token) == 200);
  CHECK(node.process.stop() == 0);
}

TEST_CASE("SIGHUP changes nothing where there is nothing to read again") {
  on_own_node own;
  ::kill(own.process.pid(), SIGHUP);
  CHECK(eventually([&] {
    return own.process.output().find("SIGHUP") != std::string::npos;
  }));
  CHECK(own.client().http.get("/v1/stats").status == 200);
  CHECK(own.process.stop() == 0);
}

TEST_CASE("beyond loopback a node without tokens does not start") {
  for (std::string address : {"0.0.0.0:0", "[::]:0"})
    check_config_refused("[node]\nlisten = \"" + address + "\"\n",
                         {"[auth] tokens_file"});
}

TEST_CASE("with tokens an address beyond loopback is a good configuration") {
  temp_dir dir;
  write_file(dir.path() / "tokens", all_tokens());
  auto path = (dir.path() / "test.toml").string();
  write_file(path, "[node]\nlisten = \"0.0.0.0:8080\"\n[auth]\ntokens_file = "
                   "\"" +
                       (dir.path() / "tokens").string() + "\"\n");
  auto result = run_binary({"node", "--config", path, "--check-config"});
  INFO(result.output);
  CHECK(result.exit_code == 0);
}

TEST_CASE("a bad tokens file is named, with the line, and never quoted") {
  temp_dir dir;
  auto tokens = (dir.path() / "tokens").string();
  auto auth = "[auth]\ntokens_file = \"" + tokens + "\"\n";
  check_config_refused(auth, {tokens, "No such file"});
  write_file(tokens, "bot trade " + trade_hash + "\n\nboss admin " +
                         operate_hash + "\n");
  check_config_refused(auth, {tokens + ":3: ", "read, trade or operate"});
  write_file(tokens, "bot trade " + trade_token + "\n");
  check_config_refused(auth, {tokens + ":1: ", "SHA-256"});
  auto toml = (dir.path() / "test.toml").string();
  write_file(toml, auth);
  auto result = run_binary({"node", "--config", toml});
  CHECK(result.output.find(trade_token) == std::string::npos);
}

TEST_CASE("a token stands in no log, no journal and no answer") {
  guarded_node node;
  auto lock = node.acquire(unique("trade:X"), "bot-1", trade_token);
  node.call("GET", "/v1/stats", read_token);
  node.call("DELETE", "/v1/locks/" + lock.at("lockId").get<std::string>(),
            operate_token);
  auto wrong = node.call("GET", "/v1/stats", "hf_wrong_abcdef");
  auto denied = node.call("POST", "/v1/pause", read_token);
  auto journal = node.call("GET", "/v1/journal?limit=1000", read_token);
  node.reload("tokens loaded");
  std::ifstream cmdline{"/proc/" + std::to_string(node.process.pid()) +
                        "/cmdline"};
  std::string arguments{std::istreambuf_iterator<char>{cmdline}, {}};
  CHECK(node.process.stop() == 0);
  auto everything = node.process.output() + wrong.text + denied.text +
                    journal.text + arguments;
  for (auto& secret : {read_token, trade_token, operate_token, ann_token,
                       read_hash, trade_hash, std::string{"hf_wrong_abcdef"}})
    CHECK(everything.find(secret) == std::string::npos);
  for (auto& entry :
       std::filesystem::directory_iterator{node.process.data_dir()}) {
    std::ifstream file{entry.path(), std::ios::binary};
    std::string bytes{std::istreambuf_iterator<char>{file}, {}};
    CHECK(bytes.find(trade_token) == std::string::npos);
    CHECK(bytes.find(operate_token) == std::string::npos);
  }
  CHECK(node.process.output().find("caller=bot") != std::string::npos);
}

TEST_CASE("a request's id is echoed and logged, in text and as JSON") {
  for (std::string format : {"text", "json"}) {
    guarded_node node{"", "log_format = \"" + format + "\"\n"};
    auto answer = node.call("GET", "/v1/stats", read_token, "",
                            {{"X-Request-Id", "order-77"}});
    CHECK(answer.header("x-request-id") == "order-77");
    auto given = node.call("GET", "/v1/nothing", "").header("x-request-id");
    CHECK(given.size() == 16);
    CHECK(node.process.stop() == 0);
    auto log = node.process.output();
    CHECK(log.find("id=order-77 caller=looker") != std::string::npos);
    CHECK(log.find("id=" + given + " caller=-") != std::string::npos);
  }
}

TEST_CASE("acquires that come too often do not keep a release out") {
  guarded_node node{"requests_per_s = 1\nburst = 5\n"};
  auto lock = node.acquire(unique("trade:Y"), "bot-1", trade_token);
  http_response refused;
  for (int i = 0; i < 50 && refused.status != 429; ++i)
    refused = node.call("POST", "/v1/locks", trade_token,
                        acquire_body(unique("trade:Y"), "bot-1").dump());
  check_problem(refused, 429, "rate-limited");
  CHECK(std::stoi(refused.header("retry-after")) >= 1);
  CHECK(node.release(lock, trade_token) == 200);
}

TEST_CASE("other names and other sites are refused") {
  guarded_node node{"", "hosts = [\"bot.example\"]\n"};
  auto status = [&](const std::string& host, const std::string& more = {}) {
    http_client client{node.process.port()};
    client.connect();
    client.send_raw("POST /v1/pause HTTP/1.1\r\nHost: " + host + "\r\n" +
                    "Authorization: Bearer " + operate_token + "\r\n" + more +
                    "Content-Length: 0\r\n\r\n");
    return client.finish().status;
  };
  auto port = std::to_string(node.process.port());
  CHECK(status("127.0.0.1:" + port) == 200);
  CHECK(status("10.1.2.3:" + port) == 200);
  CHECK(status("localhost:" + port) == 200);
  CHECK(status("bot.example") == 200);
  CHECK(status("evil.example:" + port) == 403);
  CHECK(status("bot.example", "Origin: https://bot.example\r\n") == 200);
  CHECK(status("bot.example", "Origin: https://evil.example\r\n") == 403);
  CHECK(status("bot.example", "Sec-Fetch-Site: cross-site\r\n") == 403);
  // A probe by the name of the service.
  http_client probe{node.process.port()};
  probe.connect();
  probe.send_raw("GET /readyz HTTP/1.1\r\nHost: holdfast.internal\r\n\r\n");
  CHECK(probe.finish().status == 200);
}

TEST_CASE("today's calls are refused in today's words, whoever refuses") {
  guarded_node node{"", ""};
  auto refused = [](const http_response& answer, int status) {
    INFO(answer.text);
    CHECK(answer.status == status);
    CHECK(answer.header("content-type") == "application/json");
    CHECK_FALSE(answer.body.value("success", true));
    CHECK(answer.body.value("error", "") != "");
    CHECK(answer.body.value("message", "") != "");
    CHECK_FALSE(answer.body.contains("detail"));
  };
  auto locks = "/api/transaction-locks";
  refused(node.call("GET", locks, ""), 401);
  refused(node.call("DELETE", std::string{locks} + "?lockId=x", read_token),
          403);
  auto put = node.call("PUT", locks, read_token);
  refused(put, 405);
  CHECK(put.body["message"] == "method-not-allowed");
  refused(node.call("GET", std::string{locks} + "?colour=red", read_token),
          400);
  refused(node.call("GET", "/api/nothing", read_token), 404);
  refused(node.call("POST", "/api/mexc/trade", trade_token,
                    std::string(70'000, ' ')),
          413);
  // Other calls keep to RFC 9457.
  check_problem(node.call("GET", "/v1/locks", ""), 401, "unauthorized");
}
