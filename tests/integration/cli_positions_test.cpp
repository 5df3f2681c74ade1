// Positions, signals and messages on the command line, from outside.
// Must not know how the node is built.
#include "tests/integration/positions_scene.hpp"
#include "tests/support/cli_process.hpp"

using namespace holdfast::test;

namespace {

struct cli_account : on_own_node {
  cli_account()
      : on_own_node({.more = "[telegram]\nenabled = true\n"
                             "transport = \"console\"\nchat_id = -100\n"}),
        mine(process.port(), "acc-1") {
    mine.outcome("7");
    mine.outcome("8");
    mine.report_one(mine.close_of("8", {{"closePrice", "1.102"}}));
    account{process.port(), "acc-2"}.outcome("7");
    REQUIRE(eventually([&] {
      for (auto& signal : mine.node.all("/v1/signals"))
        if (signal["telegram"]["state"] != "sent")
          return false;
      return mine.node.all("/v1/effects?state=pending").empty();
    }));
  }

  cli_result run(const std::vector<std::string>& arguments) const {
    return run_cli(arguments,
                   {{"HOLDFAST_URL",
                     "http://127.0.0.1:" + std::to_string(process.port())}});
  }

  json run_json(std::vector<std::string> arguments) const {
    arguments.emplace_back("--json");
    auto result = run(arguments);
    INFO(result.err);
    REQUIRE(result.exit_code == 0);
    CHECK(result.err.empty());
    return json::parse(result.out);
  }

  account mine;
};

} // namespace

TEST_CASE_FIXTURE(cli_account, "positions and signals tell what the API "
                               "tells") {
  auto& http = mine.node.http;
  CHECK(run_json({"positions"}) == http.get("/v1/positions").body);
  CHECK(run_json({"positions", "--account", "acc-1", "--status",
                  "completed"})["items"]
            .size() == 2);
  CHECK(run_json({"signals", "--all"}) == http.get("/v1/signals").body);
  auto closed = run_json(
      {"signals", "--account", "acc-1", "--status", "closed"})["items"];
  REQUIRE(closed.size() == 1);
  CHECK(closed[0]["positionId"] == "8");

  auto table = run({"signals", "--status", "closed"});
  CHECK(table.exit_code == 0);
  for (auto word : {"SIGNAL", "PIPS", "EURUSD", "1.102", "20", "sent"}) {
    INFO(word);
    CHECK(mentions(table.out, word));
  }
  CHECK(mentions(run({"positions", "--account", "acc-2"}).out, "acc-2"));
  CHECK(mentions(run({"signals", "--account", "nobody"}).out, "none"));
  CHECK(run({"signals", "--status", "failed"}).exit_code == 2);
  CHECK(run({"positions", "--status", "active"}).exit_code == 2);
}

TEST_CASE_FIXTURE(cli_account, "messages are effects that can be looked at "
                               "and spoken of") {
  auto found = run_json({"effects", "--state", "done"})["items"];
  REQUIRE(found.size() >= 4);
  CHECK(found[0]["kind"].get<std::string>().starts_with("telegram_"));
  CHECK(mentions(run({"effects"}).out, "telegram_send"));
  auto settled = run({"resolve", found[0]["effectId"], "--outcome", "done",
                      "--reference", "4711", "--reason", "seen"});
  CHECK(settled.exit_code == 3);
  CHECK(mentions(settled.err, "done"));
}

TEST_CASE("completion knows positions and signals") {
  for (auto shell : {"bash", "zsh", "fish"}) {
    auto script = run_cli({"completion", shell});
    CHECK(script.exit_code == 0);
    for (auto word : {"positions", "signals", "account"})
      CHECK(mentions(script.out, word));
  }
}
