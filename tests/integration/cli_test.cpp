// The commands that look at a node and operate it, from outside.
// Must not know how the node is built.
#include "tests/integration/fixture.hpp"
#include "tests/support/cli_process.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <sstream>
#include <sys/stat.h>

using namespace holdfast::test;

namespace {

struct cli_scene : on_own_node {
  std::map<std::string, std::string> env() const {
    return {
        {"HOLDFAST_URL", "http://127.0.0.1:" + std::to_string(process.port())}};
  }

  cli_result run(const std::vector<std::string>& arguments) const {
    return run_cli(arguments, env());
  }

  json run_json(std::vector<std::string> arguments) const {
    arguments.emplace_back("--json");
    auto result = run(arguments);
    INFO(result.err);
    REQUIRE(result.exit_code == 0);
    CHECK(result.err.empty());
    return json::parse(result.out);
  }
};

} // namespace

TEST_CASE_FIXTURE(cli_scene, "locks, queue and show tell what the API tells") {
  auto node = client();
  auto lock = node.granted(resource, "bot-1");
  node.queued(resource, "bot-2");
  auto other = node.granted(unique("cli:b"), "bot-3");

  CHECK(run_json({"locks"}) == node.http.get("/v1/locks").body);
  auto filtered = run_json({"locks", "--owner", "bot-1", "--status", "active"});
  REQUIRE(filtered["items"].size() == 1);
  CHECK(filtered["items"][0]["lockId"] == lock["lockId"]);
  auto all = run_json({"locks", "--limit", "1", "--all"});
  CHECK(all == json{{"items", {other, lock}}});
  CHECK(run_json({"queue"}) == node.http.get("/v1/queue").body);
  CHECK(run_json({"show", resource}) == node.resource(resource));

  auto table = run({"locks", "--limit", "1"});
  CHECK(table.exit_code == 0);
  CHECK(mentions(table.out, "RESOURCE"));
  CHECK(mentions(table.out, other["lockId"]));
  CHECK(mentions(table.err, "--all"));
  auto shown = run({"show", resource});
  CHECK(mentions(shown.out, "bot-1"));
  CHECK(mentions(shown.out, "bot-2"));
}

TEST_CASE_FIXTURE(cli_scene, "a lock is released by its token or by force") {
  auto node = client();
  auto lock = node.granted(resource, "bot-1");
  auto id = lock["lockId"].get<std::string>();
  auto token = std::to_string(lock["fencingToken"].get<int>());
  CHECK(run({"release", id, "--fencing-token", "999"}).exit_code == 3);
  CHECK(run({"release", id}).exit_code == 2);
  CHECK(run({"release", id, "--fencing-token", token, "--result", "{"})
            .exit_code == 2);
  auto released = run_json(
      {"release", id, "--fencing-token", token, "--result", R"({"a":1.50})"});
  CHECK(released["status"] == "released");
  CHECK(node.lock(id)["result"] == json{{"a", 1.5}});

  node.granted(resource, "bot-2");
  CHECK(run({"release", resource, "--force"}).exit_code == 2);
  CHECK(run_json({"release", resource, "--force", "--reason", "gone"}) ==
        json{{"released", 1}});
  CHECK(node.journal(resource).back()["kind"] == "force_released");
  auto again = run({"release", resource, "--force", "--reason", "gone"});
  CHECK(again.exit_code == 3);
  CHECK(mentions(again.err, "Nobody holds"));
}

TEST_CASE_FIXTURE(cli_scene, "a node is paused, resumed and counted") {
  CHECK(run_json({"pause"}) == json{{"paused", true}});
  CHECK(run_json({"stats"})["paused"] == true);
  CHECK(run({"health"}).out == "ready\n");
  CHECK(run_json({"health"})["ready"] == true);
  CHECK(run_json({"resume"}) == json{{"paused", false}});
  CHECK(mentions(run({"stats"}).out, "commit.opsPerCommit"));
}

TEST_CASE_FIXTURE(cli_scene, "dead letters are listed, requeued, discarded") {
  auto node = client();
  auto bury = [&] {
    auto held = node.granted(resource, "bot-1", {{"timeoutMs", 5000}});
    node.queued(resource, "bot-2", {{"timeoutMs", 1}});
    node.release(held);
    REQUIRE(eventually([&] { return !node.dead_letters(resource).empty(); }));
    return node.dead_letters(resource)[0]["deadLetterId"].get<std::string>();
  };
  auto id = bury();
  CHECK(run_json({"dead-letters"})["items"][0]["deadLetterId"] == id);
  CHECK(run_json({"dead-letters", "requeue", id}).contains("entryId"));
  REQUIRE(eventually([&] {
    auto letters = node.dead_letters(resource);
    return letters.size() == 1 && letters[0]["deadLetterId"] != id;
  }));
  id = node.dead_letters(resource)[0]["deadLetterId"];
  CHECK(run_json({"dead-letters", "discard", id}) == json{{"discarded", id}});
  CHECK(run({"dead-letters", "discard", id}).exit_code == 3);
  CHECK(mentions(run({"dead-letters"}).out, "none"));
}

TEST_CASE_FIXTURE(cli_scene, "the journal is read, cut and followed") {
  auto node = client();
  auto all = node.http.get("/v1/journal").body;
  CHECK(run_json({"journal"}) == all);
  cli_process follower{{"journal", "--follow", "--json"}, env()};
  // It has found the end of the journal once an event comes through.
  REQUIRE(eventually([&] {
    node.release(node.granted(resource, "bot-1"));
    return !follower.out().empty();
  }));
  std::istringstream lines{follower.out()};
  std::string line;
  REQUIRE(std::getline(lines, line));
  auto first = json::parse(line);
  CHECK(first["resourceId"] == resource);
  follower.signal(SIGTERM);
  CHECK(follower.wait() == 128 + SIGTERM);

  auto last = run_json({"journal", "--last", "2"})["items"];
  auto journal = node.journal(resource);
  REQUIRE(last.size() == 2);
  CHECK(last[1] == journal.back());
  auto mine =
      run_json({"journal", "--resource", resource, "--limit", "1", "--all"});
  CHECK(mine["items"] == json(journal));
  CHECK(mentions(run({"journal", "--last", "1"}).out, "released"));
}

TEST_CASE_FIXTURE(cli_scene, "resource names cannot drive the terminal") {
  // Control characters never get in; direction marks do.
  auto node = client();
  node.granted(resource + "\u202Etxt", "bot-1");
  auto table = run({"locks"});
  CHECK(mentions(table.out, "\\u{202e}txt"));
  CHECK_FALSE(mentions(table.out, "\u202E"));
  CHECK(mentions(run({"locks", "--json"}).out, "\u202E"));
}

TEST_CASE_FIXTURE(cli_scene, "a refusal is 3, a wrong request 2, silence 1") {
  auto trades = run({"trades", "--json"});
  CHECK((trades.exit_code == 0 || trades.exit_code == 3));
  CHECK(json::parse(trades.out).is_object());
  CHECK(run({"show", std::string(300, 'x')}).exit_code == 2);
  CHECK(run({"locks", "--limit", "0"}).exit_code == 2);
  CHECK(run({"locks", "--url", "nonsense"}).exit_code == 2);
  CHECK(run({"locks", "--token-file", "/nonexistent"}).exit_code == 2);
  CHECK(run({"locks", "--ca-file", "/nonexistent"}).exit_code == 2);
  CHECK(run({"help", "nonsense"}).exit_code == 2);
  REQUIRE(process.stop() == 0);
  auto silent = run({"locks"});
  CHECK(silent.exit_code == 1);
  CHECK(mentions(silent.err, "no answer"));
  CHECK(run({"lock", "k", "--", "true"}).exit_code == 1);
}

TEST_CASE_FIXTURE(cli_scene, "bench measures a node and leaves nothing held") {
  auto found =
      run_json({"bench", "--duration", "300ms", "--clients", "1", "8"});
  REQUIRE(found["rounds"].size() == 4);
  for (auto& round : found["rounds"]) {
    INFO(round.dump());
    CHECK(round["cyclesPerSecond"] > 0);
    CHECK(round["nodeCpuUsPerCycle"] > 0);
    CHECK(round["acquireP99Us"] >= round["acquireP50Us"]);
  }
  auto stats = run_json({"stats"});
  CHECK(stats["activeLocks"] == 0);
  CHECK(stats["queueLength"] == 0);
  CHECK(run({"bench", "--clients", "0"}).exit_code == 2);
}

TEST_CASE("a token is made once and its line added") {
  temp_dir dir;
  auto file = (dir.path() / "tokens").string();
  auto made = run_cli({"token", "new", "bot", "--scope", "trade", "--owner",
                       "bot-1", "--append", file, "--json"});
  REQUIRE(made.exit_code == 0);
  auto answer = json::parse(made.out);
  std::ifstream in{file};
  std::string line;
  REQUIRE(std::getline(in, line));
  CHECK(line == answer["line"]);
  CHECK(line.starts_with("bot trade "));
  CHECK(line.ends_with(" bot-1"));
  CHECK_FALSE(mentions(line, answer["token"]));
  CHECK(run_cli({"token", "new", "bot", "--scope", "read", "--append", file})
            .exit_code == 2);
  CHECK(run_cli({"token", "new", "x", "--scope", "all"}).exit_code == 2);
}

TEST_CASE("completion knows every command") {
  for (auto shell : {"bash", "zsh", "fish"}) {
    auto script = run_cli({"completion", shell});
    CHECK(script.exit_code == 0);
    for (auto word : {"dead-letters", "requeue", "idempotency-key"})
      CHECK(mentions(script.out, word));
  }
  CHECK(run_cli({"completion", "tcsh"}).exit_code == 2);
}
