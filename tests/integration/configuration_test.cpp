// The configuration file: what is checked, what is refused, how it is said.
// Must not know how the node is built: only the contract's words.
#include "tests/integration/fixture.hpp"

#include <doctest/doctest.h>

#include <fstream>

using namespace holdfast::test;

namespace {

struct config_file {
  explicit config_file(const std::string& text) {
    std::ofstream{path()} << text;
  }
  std::string path() const { return (dir.path() / "test.toml").string(); }
  finished_process check() const {
    return run_binary({"node", "--config", path(), "--check-config"});
  }

  temp_dir dir;
};

} // namespace

TEST_CASE("--check-config ends with 0 for a good file, and starts nothing") {
  temp_dir data;
  auto directory = (data.path() / "data").string();
  config_file file{"[node]\n"
                   "data_dir = \"" +
                   directory +
                   "\"\n"
                   "listen = \"127.0.0.1:0\"\n"
                   "map_size_gib = 0.5\n"
                   "log_level = \"info\"\n"
                   "log_format = \"json\"\n"
                   "[locks]\n"
                   "timeout_ms = 30000\n"
                   "timeout_max_ms = 3600000\n"
                   "queue_depth_max = 1000\n"
                   "max_retries = 3\n"
                   "retry_base_ms = 200\n"
                   "retry_max_ms = 30000\n"
                   "outcome_retention_s = 86400\n"
                   "journal_retention_s = 2592000\n"
                   "cleanup_interval_s = 300\n"
                   "idle_owner_s = 60\n"};
  auto result = file.check();
  INFO("it wrote: ", result.output);
  CHECK(result.exit_code == 0);
  CHECK(result.output.find("listening on") == std::string::npos);
  CHECK_FALSE(std::filesystem::exists(directory));
}

TEST_CASE("an empty file is a good configuration") {
  CHECK(config_file{""}.check().exit_code == 0);
}

TEST_CASE("an unknown key is refused by key and line") {
  check_config_refused("[node]\n\n# a comment\ndata_dirr = \"x\"\n",
                       {"data_dirr", "4"});
  check_config_refused("[locks]\ntimeout = 5\n", {"timeout", "2"});
  check_config_refused("[limits]\n\nwibble = 5\n", {"wibble", "3"});
  check_config_refused("\n[lokcs]\ntimeout_ms = 5\n", {"lokcs", "2"});
  check_config_refused("\n\ntop = 5\n", {"top", "3"});
}

TEST_CASE("a wrong type or range is refused by key and line") {
  check_config_refused("[locks]\ntimeout_ms = \"long\"\n", {"timeout_ms", "2"});
  check_config_refused("[locks]\n\ntimeout_ms = -1\n", {"timeout_ms", "3"});
  check_config_refused("[locks]\nqueue_depth_max = 1.5\n",
                       {"queue_depth_max", "2"});
  check_config_refused("[node]\nlog_format = \"xml\"\n", {"log_format", "2"});
  check_config_refused("[node]\nmap_size_gib = -1\n", {"map_size_gib", "2"});
  check_config_refused("[node]\nlisten = \"nowhere\"\n", {"listen", "2"});
  check_config_refused("[node]\nlisten = \"127.0.0.1:99999\"\n",
                       {"listen", "2"});
}

TEST_CASE("broken TOML is refused by line") {
  check_config_refused("[node]\ndata_dir = \n", {"2"});
}

TEST_CASE("a configuration file that is missing is an error of 2") {
  temp_dir dir;
  auto path = (dir.path() / "none.toml").string();
  auto result = run_binary({"node", "--config", path, "--check-config"});
  CHECK(result.exit_code == 2);
  CHECK(result.output.find("none.toml") != std::string::npos);
}

TEST_CASE("without a tokens file the node refuses to listen beyond loopback") {
  auto result = config_file{"[node]\nlisten = \"0.0.0.0:0\"\n"}.check();
  INFO("it wrote: ", result.output);
  CHECK(result.exit_code == 2);
}

TEST_CASE("the locks section sets the default and the longest lease") {
  on_own_node own{
      {.locks = "timeout_ms = 7000\ntimeout_max_ms = 9000\nmax_retries = 1"}};
  auto node = own.client();
  auto lock = node.granted(own.resource, "bot-1");
  CHECK(lock["timeoutMs"] == 7000);
  CHECK(lock["maxRetries"] == 1);
  check_problem_naming(
      node.acquire(own.resource, "bot-1", {{"timeoutMs", 9001}}), 400,
      "invalid", {"timeoutMs", "9000"});
  CHECK(node.granted(unique(own.resource), "bot-1",
                     {{"timeoutMs", 9000}})["timeoutMs"] == 9000);
}

TEST_CASE("idle owners retire without losing anything") {
  on_own_node own{{.locks = "idle_owner_s = 1"}};
  auto node = own.client();
  auto lock = node.granted(own.resource, "bot-1", {{"idempotencyKey", "k"}});
  CHECK(node.release(lock, {{"result", 1}}).status == 200);
  auto held = node.granted(unique(own.resource), "bot-1");
  auto start = to_ms(lock["acquiredAt"].get<std::string>());
  for (int i = 0; i < 4; ++i) { // around the moment of retirement
    CHECK(eventually([&] { return wall_ms() > start + 900 + i * 100; }));
    auto replay =
        node.acquire(own.resource, "bot-1", {{"idempotencyKey", "k"}});
    CHECK(replay.status == 200);
    CHECK(replay.body["result"] == 1);
  }
  CHECK(eventually([&] { return wall_ms() > start + 3000; }));
  CHECK(node.acquire(own.resource, "bot-1", {{"idempotencyKey", "k"}})
            .body["result"] == 1);
  check_problem(node.acquire(held["resourceId"], "b", {{"onLocked", "reject"}}),
                409, "held");
  CHECK(node.release(held).status == 200);
}
