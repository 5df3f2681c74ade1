// Signals told on the console, and the configuration of all that is told.
// Must not know how the node is built: only the contract's words.
#include "tests/integration/guarded_node.hpp"
#include "tests/integration/positions_scene.hpp"

#include <algorithm>

using namespace holdfast::test;

namespace {

const std::string console = "[telegram]\nenabled = true\n"
                            "transport = \"console\"\nchat_id = \"-100\"\n"
                            "templates.open = \"OPEN {pair} {type} "
                            "{entry} {comment}\"\n"
                            "templates.update = \"UPDATE {changes}\"\n"
                            "templates.close = \"CLOSE {exit} {pips}\"\n"
                            "templates.reply = \"REPLY {changes}\"\n";

std::size_t count(const std::string& text, const std::string& what) {
  std::size_t found = 0;
  for (auto at = text.find(what); at != std::string::npos;
       at = text.find(what, at + 1))
    ++found;
  return found;
}

struct told_scene {
  explicit told_scene(const std::string& more = {})
      : own({.more = console + more}), mine(own.process.port(), "acc-1") {}

  bool says(const std::string& what, std::size_t times = 1) const {
    return eventually(
        [&] { return count(own.process.output(), what) >= times; });
  }

  bool sent(const std::string& position_id) {
    return eventually([&] {
      return mine.signal_of(position_id)["telegram"]["state"] == "sent";
    });
  }

  on_own_node own;
  account mine;
};

finished_process check_config(const std::string& toml) {
  temp_dir dir;
  auto path = (dir.path() / "test.toml").string();
  write_file(path, "[node]\ndata_dir = \"" + (dir.path() / "data").string() +
                       "\"\n" + toml);
  return run_binary({"node", "--config", path, "--check-config"});
}

} // namespace

TEST_CASE("a signal is told once, edited when it changes, and told closed") {
  told_scene scene;
  auto& mine = scene.mine;
  mine.outcome("7", {{"comment", "a_b <c> $1"}});
  REQUIRE(scene.sent("7"));
  CHECK(scene.says("OPEN EURUSD BUY 1.1 a_b <c> $1"));
  auto telegram = mine.signal_of("7")["telegram"];
  CHECK(telegram["chatId"] == "-100");
  CHECK(telegram["messageId"].is_number_unsigned());
  CHECK(mine.positions().at(0)["telegramMessageId"] == telegram["messageId"]);
  for (int i = 0; i < 3; ++i)
    CHECK(mine.outcome("7", {{"comment", "a_b <c> $1"}}) == "duplicate");
  CHECK(mine.outcome("7", {{"stopLoss", "1.05"}}) == "updated");
  CHECK(scene.says("UPDATE"));
  CHECK(mine.report_one(mine.close_of("7", {{"closePrice", "1.102"}}))
            .at("outcome") == "closed");
  CHECK(scene.says("CLOSE 1.102"));
  auto kinds = mine.node.journal_kinds("position:acc-1:7");
  CHECK(std::ranges::count(kinds, "telegram_sent") == 1);
  REQUIRE(eventually([&] {
    auto now = mine.node.journal_kinds("position:acc-1:7");
    return std::ranges::count(now, "telegram_edited") == 2;
  }));
  CHECK(scene.own.process.stop() == 0);
  auto output = scene.own.process.output();
  CHECK(count(output, "OPEN EURUSD") == 1);
  CHECK(count(output, "CLOSE 1.102") == 1);
  CHECK(count(output, "REPLY") == 0);
}

TEST_CASE("what is told is in the ledger, under no lock") {
  told_scene scene;
  scene.mine.outcome("7");
  REQUIRE(scene.sent("7"));
  auto effects = scene.mine.node.all("/v1/effects");
  REQUIRE(effects.size() == 1);
  INFO(effects[0].dump());
  CHECK(effects[0]["kind"] == "telegram_send");
  CHECK(effects[0]["state"] == "done");
  CHECK(effects[0]["resourceId"] == "position:acc-1:7");
  CHECK_FALSE(effects[0].contains("lockId"));
  check_problem(scene.mine.node.http.post(
                    "/v1/effects/" + effects[0]["effectId"].get<std::string>() +
                        "/resolve",
                    {{"outcome", "done"}, {"reason", "seen"}}),
                409, "stale-lock");
}

TEST_CASE("R4: what was not told before a crash is told after it, once") {
  told_scene scene;
  auto array = json::array();
  for (int i = 0; i < 50; ++i)
    array.push_back(scene.mine.position(
        std::to_string(i), {{"comment", "nr-" + std::to_string(i) + "-"}}));
  scene.mine.report(array);
  scene.own.process.kill();
  auto before = scene.own.process.output();
  scene.own.process.start();
  scene.mine = account{scene.own.process.port(), "acc-1"};
  auto settled = [&] {
    auto all = scene.mine.signals();
    return all.size() == 50 && std::ranges::all_of(all, [](auto& signal) {
             auto state = signal["telegram"]["state"];
             return state == "sent" || state == "unknown";
           });
  };
  CHECK(eventually(settled, std::chrono::seconds{60}));
  auto text = before + scene.own.process.output();
  for (auto& signal : scene.mine.signals()) {
    auto number = signal["positionId"].get<std::string>();
    INFO(signal.dump());
    auto times = count(text, "nr-" + number + "-");
    if (signal["telegram"]["state"] == "sent")
      CHECK(times == 1);
    else
      CHECK(times <= 1);
  }
}

TEST_CASE("replies are told beside the edits, if they are wanted") {
  told_scene scene{"update_reply = true\nclose_reply = true\n"};
  auto& mine = scene.mine;
  mine.outcome("7");
  REQUIRE(scene.sent("7"));
  mine.outcome("7", {{"stopLoss", "1.05"}});
  CHECK(scene.says("REPLY", 1));
  mine.report_one(mine.close_of("7", {{"closePrice", "1.102"}}));
  CHECK(scene.says("REPLY", 2));
}

TEST_CASE("M19: who is bound to an owner reports that account alone") {
  guarded_node node;
  auto report = [&](const std::string& account, const std::string& token) {
    return node.call("POST", "/v1/positions", token,
                     json{{"accountId", account},
                          {"positionId", "7"},
                          {"symbol", "EURUSD"},
                          {"type", "BUY"},
                          {"volume", 1},
                          {"openPrice", 1}}
                         .dump());
  };
  CHECK(report("ann", ann_token).status == 200);
  check_problem(report("bob", ann_token), 403, "forbidden");
  check_problem(report("ann", read_token), 403, "forbidden");
  CHECK(report("bob", trade_token).body["results"][0]["outcome"] == "created");
  check_problem(node.call("POST", "/v1/positions/snapshot", ann_token,
                          R"({"accountId":"bob","positions":[]})"),
                403, "forbidden");
  auto signals = node.call("GET", "/v1/signals?status=active", read_token);
  CHECK(signals.body["items"].size() == 2);
}

TEST_CASE("--check-config says what is on, and no secret") {
  auto off = check_config("");
  INFO(off.output);
  CHECK(off.exit_code == 0);
  CHECK(off.output.find("telegram: off") != std::string::npos);
  auto on =
      check_config(console + "[signals]\n"
                             "webhook_url = \"https://app.example/s3cret\"\n");
  INFO(on.output);
  CHECK(on.exit_code == 0);
  CHECK(on.output.find("webhook: https://app.example\n") != std::string::npos);
  CHECK(on.output.find("s3cret") == std::string::npos);
}

TEST_CASE("what is on and has nobody to speak to is an error of 2") {
  struct {
    std::string toml;
    std::vector<std::string> words;
  } rows[] = {
      {"[telegram]\nenabled = true\n", {":4:", "telegram.chat_id"}},
      {"[telegram]\nenabled = true\nchat_id = -100\n",
       {"HOLDFAST_TELEGRAM_TOKEN", "telegram.token_file"}},
      {"[metaapi]\nenabled = true\naccount_id = \"a\"\n",
       {":4:", "metaapi.base_url"}},
      {"[metaapi]\nenabled = true\naccount_id = \"a\"\n"
       "base_url = \"http://127.0.0.1:1\"\n",
       {"HOLDFAST_METAAPI_TOKEN"}},
      {"[signals]\nwebhook_url = \"https://a\"\n"
       "webhook_secret_file = \"/nowhere\"\n",
       {"/nowhere"}},
      {"[telegram]\ntemplates.open = \"{prize}\"\n",
       {":4:", "telegram.templates.open", "prize"}},
      {"[pips]\nEURUSD = \"much\"\n", {":4:", "EURUSD"}},
      {"[telegram]\ntoken = \"s3cret\"\n", {":4:", "telegram.token"}},
  };
  for (auto& row : rows) {
    auto result = check_config(row.toml);
    INFO(row.toml, "\nwrote: ", result.output);
    CHECK(result.exit_code == 2);
    for (auto& word : row.words) {
      INFO("should say ", word);
      CHECK(result.output.find(word) != std::string::npos);
    }
    CHECK(result.output.find("s3cret") == std::string::npos);
  }
}
