// `holdfast lock`: the command is over before its lease is, whatever dies.
// Must not know how the node is built.
#include "tests/integration/fixture.hpp"
#include "tests/support/cli_process.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <iterator>

using namespace holdfast::test;
using namespace std::chrono_literals;

namespace {

struct lock_scene {
  lock_scene() { process.start(); }

  std::string url() const {
    return "http://127.0.0.1:" + std::to_string(process.port());
  }

  std::vector<std::string> lock(const std::vector<std::string>& options,
                                const std::vector<std::string>& command) {
    std::vector<std::string> all{"lock", resource, "--url", url()};
    all.insert(all.end(), options.begin(), options.end());
    all.push_back("--");
    all.insert(all.end(), command.begin(), command.end());
    return all;
  }

  /// Writes the wall clock into `beats` every few milliseconds, deaf to TERM,
  /// from a process below the one that was started.
  std::vector<std::string> deaf_beat() {
    return {"sh", "-c",
            "trap '' TERM; sh -c 'trap \"\" TERM; while :; do date +%s%3N >> " +
                beats() + "; sleep 0.01; done'; :"};
  }

  std::string beats() const { return (dir.path() / "beats").string(); }

  std::vector<std::int64_t> beat_times() const {
    std::ifstream in{beats()};
    return {std::istream_iterator<std::int64_t>{in}, {}};
  }

  bool beating(std::size_t count = 3) {
    return eventually([&] { return beat_times().size() >= count; });
  }

  std::int64_t lease_end() {
    return to_ms(client().resource(resource)["lock"]["expiresAt"]);
  }

  api client() const { return api{process.port(), 5s}; }

  /// No beat came after `end_ms`, and no more are coming.
  void check_over_by(std::int64_t end_ms) {
    REQUIRE(eventually([&] { return wall_ms() > end_ms + 200; }, 30s));
    auto times = beat_times();
    REQUIRE_FALSE(times.empty());
    INFO("last beat ", times.back() - end_ms, " ms after the lease's end");
    CHECK(times.back() <= end_ms);
  }

  temp_dir dir;
  node_process process;
  std::string resource = unique("cli:lock");
};

} // namespace

TEST_CASE_FIXTURE(lock_scene, "a command runs under its lock and its status "
                              "is passed on") {
  auto result =
      run_cli(lock({}, {"sh", "-c",
                        "echo $HOLDFAST_LOCK_ID $HOLDFAST_FENCING_TOKEN "
                        "$HOLDFAST_RESOURCE; exit 0"}));
  CHECK(result.exit_code == 0);
  auto locks = client().all("/v1/locks");
  REQUIRE(locks.size() == 1);
  auto token = std::to_string(locks[0]["fencingToken"].get<int>());
  CHECK(result.out == locks[0]["lockId"].get<std::string>() + ' ' + token +
                          ' ' + resource + '\n');
  CHECK(locks[0]["status"] == "released");

  CHECK(run_cli(lock({}, {"sh", "-c", "exit 7"})).exit_code == 7);
  CHECK(run_cli(lock({}, {"sh", "-c", "kill -9 $$"})).exit_code == 137);
  CHECK(run_cli(lock({}, {"/nonexistent"})).exit_code == 127);
  CHECK(run_cli(lock({}, {"/etc/passwd"})).exit_code == 126);
  CHECK(run_cli(lock({}, {"echo", "[a,b]", "--", "--json"})).out ==
        "[a,b] -- --json\n");
  // It does not keep the connection to the node open.
  CHECK(run_cli(lock({}, {"sh", "-c",
                          "find /proc/self/fd -lname 'socket:*' </dev/null"}))
            .out.empty());
  auto kinds = client().journal_kinds(resource);
  CHECK(std::count(kinds.begin(), kinds.end(), "failed") == 4);
  CHECK(std::count(kinds.begin(), kinds.end(), "released") == 3);
}

TEST_CASE_FIXTURE(lock_scene, "a command that takes longer than its lease "
                              "keeps its lock") {
  cli_process cli{lock(
      {"--ttl", "1s"},
      {"sh", "-c", "while [ ! -e " + beats() + " ]; do sleep 0.05; done"})};
  REQUIRE(eventually(
      [&] { return client().resource(resource)["locked"] == true; }));
  auto first = lease_end();
  REQUIRE(eventually([&] { return wall_ms() > first + 500; }));
  CHECK(client().resource(resource)["locked"] == true);
  std::ofstream{beats()} << "0\n";
  CHECK(cli.wait() == 0);
}

TEST_CASE_FIXTURE(lock_scene, "what was done before is not done again") {
  auto once =
      lock({"--idempotency-key", "k"}, {"sh", "-c", "echo done >> " + beats()});
  CHECK(run_cli(once).exit_code == 0);
  auto again = run_cli(once);
  CHECK(again.exit_code == 0);
  CHECK(json::parse(again.out) == json{{"exitStatus", 0}});
  std::ifstream in{beats()};
  CHECK(std::string{std::istreambuf_iterator<char>{in}, {}} == "done\n");
}

TEST_CASE_FIXTURE(lock_scene, "a lock that is not obtained is exit code 3") {
  client().granted(resource, "other");
  CHECK(run_cli(lock({"--no-wait"}, {"true"})).exit_code == 3);
  auto waited = run_cli(lock({"--wait", "50ms", "--json"}, {"true"}));
  CHECK(waited.exit_code == 3);
  CHECK(json::parse(waited.out)["code"] == "wait-timeout");
  CHECK(run_cli(lock({"--wait", "1h"}, {"true"})).exit_code == 2);
  CHECK(run_cli(lock({"--ttl", "10"}, {"true"})).exit_code == 2);
  CHECK(run_cli(lock({"--ttl", "900ms"}, {"true"})).exit_code == 2);
  CHECK(run_cli({"lock", resource}).exit_code == 2);
}

TEST_CASE_FIXTURE(lock_scene, "a caller killed in the queue leaves it") {
  auto holder = client().granted(resource, "other");
  auto node = client();
  {
    cli_process cli{lock({}, {"true"})};
    REQUIRE(waiting(node, resource, 1));
    cli.signal(SIGKILL);
    CHECK(waiting(node, resource, 0));
  }
  cli_process polite{lock({}, {"true"})};
  REQUIRE(waiting(node, resource, 1));
  polite.signal(SIGTERM);
  CHECK(polite.wait() == 128 + SIGTERM);
  CHECK(waiting(node, resource, 0));
}

TEST_CASE_FIXTURE(lock_scene, "signals are passed on to the command") {
  cli_process cli{lock({}, {"sh", "-c",
                            "trap 'exit 42' INT; echo 1 > " + beats() +
                                "; while :; do sleep 0.02; done"})};
  REQUIRE(beating(1));
  cli.signal(SIGINT);
  CHECK(cli.wait() == 42);
}

TEST_CASE_FIXTURE(lock_scene, "when the node dies the command is dead before "
                              "its lease ends") {
  cli_process cli{lock({"--ttl", "1s"}, deaf_beat())};
  REQUIRE(beating());
  process.freeze(); // so that the end below is the last that was granted
  process.thaw();
  auto end = lease_end();
  process.kill();
  CHECK(cli.wait() == 4);
  CHECK(cli.err().find("lock lost") != std::string::npos);
  check_over_by(end + 400); // a renewal may have passed between the two calls
}

TEST_CASE_FIXTURE(lock_scene, "when the node freezes the command is dead "
                              "before its lease ends") {
  cli_process cli{lock({"--ttl", "1s"}, deaf_beat())};
  REQUIRE(beating());
  process.freeze();
  CHECK(cli.wait() == 4);
  auto over = wall_ms();
  process.thaw();
  auto lock = client().all("/v1/locks").at(0);
  // The node's clock ran on: the lease was never longer than this.
  check_over_by(to_ms(lock["expiresAt"]));
  CHECK(over <= to_ms(lock["expiresAt"]) + 100);
}

TEST_CASE_FIXTURE(lock_scene, "a command told to end has its grace") {
  cli_process cli{
      lock({"--ttl", "2s", "--grace", "1s"},
           {"sh", "-c",
            "trap 'echo 2 >> " + beats() + "; exit 0' TERM; echo 1 >> " +
                beats() + "; while :; do sleep 0.02; done"})};
  REQUIRE(beating(1));
  process.freeze();
  CHECK(cli.wait() == 4);
  CHECK(beat_times() == std::vector<std::int64_t>{1, 2});
  process.thaw();
}

TEST_CASE_FIXTURE(lock_scene, "a node that comes back in time is found again") {
  cli_process cli{lock(
      {"--ttl", "6s"},
      {"sh", "-c", "while [ ! -e " + beats() + " ]; do sleep 0.05; done"})};
  REQUIRE(eventually(
      [&] { return client().resource(resource)["locked"] == true; }));
  auto port = process.port();
  process.kill();
  node_config same_port;
  same_port.node = "listen = \"127.0.0.1:" + std::to_string(port) + '"';
  process.reconfigure(same_port);
  process.start();
  auto first = lease_end();
  REQUIRE(eventually([&] { return lease_end() > first; }));
  std::ofstream{beats()} << "0\n";
  CHECK(cli.wait() == 0);
  CHECK(client().all("/v1/locks").at(0)["status"] == "released");
}

TEST_CASE_FIXTURE(lock_scene, "a lock taken by force ends the command at "
                              "once") {
  cli_process cli{lock({"--ttl", "3s"}, deaf_beat())};
  REQUIRE(beating());
  auto node = client();
  auto lock = node.resource(resource)["lock"];
  REQUIRE(node.force_release(lock, "test").status == 200);
  auto forced = wall_ms();
  CHECK(cli.wait() == 4);
  // Known at the next renewal, a third of the lease later at most.
  check_over_by(forced + 1500);
}

TEST_CASE_FIXTURE(lock_scene, "when the caller is stopped the command still "
                              "ends before its lease") {
  cli_process cli{lock({"--ttl", "1s"}, deaf_beat())};
  REQUIRE(beating());
  cli.signal(SIGSTOP);
  auto stopped = wall_ms();
  auto node = client();
  REQUIRE(
      eventually([&] { return node.resource(resource)["locked"] == false; }));
  auto lock = node.all("/v1/locks").at(0);
  CHECK(lock["status"] == "expired");
  check_over_by(std::min(to_ms(lock["expiresAt"]), stopped + 1000));
  cli.signal(SIGCONT);
  CHECK(cli.wait() == 4);
}

TEST_CASE_FIXTURE(lock_scene, "when the caller is killed the command dies, "
                              "with all that it started") {
  cli_process cli{lock({"--ttl", "30s"}, deaf_beat())};
  REQUIRE(beating());
  cli.signal(SIGKILL);
  auto killed = wall_ms();
  CHECK(cli.wait() == 128 + SIGKILL);
  check_over_by(killed + 100);
}
