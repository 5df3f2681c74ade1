// Recordings fed to a running node by `holdfast replay`.
// Must not know how the node is built.
#include "tests/integration/fixture.hpp"

#include <doctest/doctest.h>

#include <fstream>

using namespace holdfast::test;

namespace {

const std::string busy_hour =
    HOLDFAST_SOURCE_DIR "/config/samples/busy-hour.jsonl";

const std::string trades = HOLDFAST_SOURCE_DIR "/config/samples/trades.jsonl";

std::string url_of(const node_process& node) {
  return "http://127.0.0.1:" + std::to_string(node.port());
}

finished_process replay(const node_process& node, const std::string& file) {
  return run_binary({"replay", file, "--url", url_of(node), "--speed", "0",
                     "--check", "--json"});
}

struct recording {
  explicit recording(const std::string& text) { std::ofstream{path()} << text; }
  std::string path() const { return (dir.path() / "calls.jsonl").string(); }
  temp_dir dir;
};

} // namespace

TEST_CASE("every intent of a busy hour is done once, replayed twice or not") {
  node_process node;
  node.start();
  auto first = replay(node, busy_hour);
  INFO("it wrote: ", first.output);
  REQUIRE(first.exit_code == 0);
  auto summary = json::parse(first.output);
  CHECK(summary["check"]["ok"] == true);
  CHECK(summary["check"]["faults"] == json::array());
  CHECK(summary["check"]["once"] > 600);
  CHECK(summary["granted"] > 300);
  CHECK(summary["queued"] > 300);
  CHECK(summary["duplicates"] > 1000);
  CHECK_FALSE(summary["refused"].contains("unresolved"));

  auto second = replay(node, busy_hour);
  REQUIRE(second.exit_code == 0);
  auto again = json::parse(second.output);
  // Only what was given up the first time can be granted now.
  CHECK(again["granted"] < 50);
  CHECK(again["check"]["ok"] == true);
  CHECK(again["check"]["once"] >= summary["check"]["once"]);
  CHECK(again["replayed"] > 1500);
  CHECK(node.stop() == 0);
}

TEST_CASE("every intent of the recorded trades is one order, replayed twice "
          "or not, with a SIGKILL in between") {
  node_process node;
  node.start();
  auto first = replay(node, trades);
  INFO(first.output);
  CHECK(first.exit_code == 0);
  auto summary = json::parse(first.output);
  CHECK(summary.at("check").at("trades").at("executed") > 300);
  CHECK(summary.at("check").at("trades").at("without") > 5);
  node.kill();
  node.start();
  auto again = replay(node, trades);
  INFO(again.output);
  CHECK(again.exit_code == 0);
  CHECK(json::parse(again.output).at("check").at("trades").at("executed") ==
        summary.at("check").at("trades").at("executed"));
}

TEST_CASE("a malformed line is told by its number, and nothing is sent") {
  recording file{R"({"call":"POST /v1/locks","body":{"resourceId":"r",)"
                 R"("ownerId":"o","idempotencyKey":"k"}})"
                 "\n{\"cal\":1}\n"};
  auto result = replay(shared_node(), file.path());
  INFO("it wrote: ", result.output);
  CHECK(result.exit_code == 1);
  CHECK(result.output.find("calls.jsonl:2: ") != std::string::npos);
  auto missing = replay(shared_node(), file.path() + ".none");
  CHECK(missing.exit_code == 1);
  CHECK(missing.output.find("No such file") != std::string::npos);
}

TEST_CASE("a node that is not there is an error, refused calls are none") {
  recording file{"{\"call\":\"GET /v1/locks/nonsense\"}\n"};
  node_process node;
  node.start();
  auto refused = replay(node, file.path());
  CHECK(refused.exit_code == 0);
  CHECK(json::parse(refused.output)["refused"].size() == 1);
  CHECK(node.stop() == 0);
  auto gone = replay(node, file.path());
  CHECK(gone.exit_code == 1);
  CHECK(gone.output.find("line 1: no answer") != std::string::npos);
}

TEST_CASE("wrong usage is answered 2, help and version 0") {
  CHECK(run_binary({}).exit_code == 2);
  CHECK(run_binary({"nod"}).exit_code == 2);
  CHECK(run_binary({"node", "--confg", "x"}).exit_code == 2);
  CHECK(run_binary({"replay"}).exit_code == 2);
  CHECK(run_binary({"replay", "x", "--speed", "-1"}).exit_code == 2);
  CHECK(run_binary({"replay", busy_hour, "--url", "ftp://x"}).exit_code == 2);
  CHECK(run_binary({"--version"}).output.starts_with("holdfast "));
  for (auto command : {"node", "replay"}) {
    auto help = run_binary({command, "--help"});
    CHECK(help.exit_code == 0);
    CHECK(help.output.find("Exit codes:") != std::string::npos);
  }
}
