// Backup under load, restore, verify, export.
// Must not know how the node is built.
#include "tests/integration/fixture.hpp"
#include "tests/support/cli_process.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

using namespace holdfast::test;

namespace {

namespace fs = std::filesystem;

struct backup_scene : on_own_node {
  std::string at(const char* name) const {
    return (dir.path() / name).string();
  }
  std::string data() const { return process.data_dir().string(); }
  temp_dir dir;
};

/// Clients that acquire and release as fast as they can.
class load {
public:
  explicit load(std::uint16_t port) {
    for (auto i = 0; i < 4; ++i)
      threads_.emplace_back([this, port, i] {
        api node{port};
        auto name = unique("load:" + std::to_string(i));
        while (!over_)
          if (auto lock = node.acquire(name, "bot"); lock.status == 201) {
            node.release(lock.body["lock"]);
            ++cycles;
          }
      });
  }
  ~load() {
    over_ = true;
    for (auto& thread : threads_)
      thread.join();
  }
  std::atomic<int> cycles{0};

private:
  std::atomic<bool> over_{false};
  std::vector<std::thread> threads_;
};

} // namespace

TEST_CASE_FIXTURE(backup_scene, "a backup under load is whole; restored it "
                                "goes on with larger tokens, paused") {
  auto node = client();
  auto held = node.granted(resource, "bot-1", {{"timeoutMs", 600000}});
  node.queued(resource, "bot-2", {{"timeoutMs", 600000}});
  {
    load work{process.port()};
    for (auto i = 0; i < 5; ++i) {
      auto before = work.cycles.load();
      REQUIRE(eventually([&] { return work.cycles > before + 20; }));
      auto made = run_cli({"backup", at(("b" + std::to_string(i)).c_str()),
                           "--data-dir", data(), "--json"});
      INFO(made.out, made.err);
      REQUIRE(made.exit_code == 0);
      auto report = json::parse(made.out);
      CHECK(report["verified"] == true);
      CHECK(report["rows"] > 40);
      CHECK(
          report["bytes"] ==
          fs::file_size(report["directory"].get<std::string>() + "/data.mdb"));
      CHECK(run_cli({"verify", "--data-dir", data()}).exit_code == 0);
    }
    auto before = work.cycles.load();
    CHECK(eventually([&] { return work.cycles > before + 20; }));
  }
  auto newest = node.granted(unique("newest"), "bot-1");
  process.kill(); // lost, with all it granted after the backup

  auto restored = at("restored");
  auto result =
      run_cli({"restore", at("b4"), "--data-dir", restored, "--json"});
  INFO(result.out, result.err);
  REQUIRE(result.exit_code == 0);
  fs::remove_all(data());
  fs::rename(restored, data());
  process.start();
  auto again = client();
  CHECK(again.http.get("/v1/stats").body["paused"] == true);
  auto granted = again.granted(unique("after"), "bot-1");
  CHECK(granted["fencingToken"].get<std::int64_t>() >
        newest["fencingToken"].get<std::int64_t>() + (std::int64_t{1} << 31));
  CHECK(granted["fencingToken"].get<std::int64_t>() < std::int64_t{1} << 53);
  // A lock that was held is still held by the same, who can go on.
  CHECK(again.renew(held).status == 200);
  CHECK(again.release(held).status == 200);
  CHECK(again.resource(resource)["lock"]["ownerId"] == "bot-2");
  auto rows = again.all("/v1/journal");
  auto told = std::find_if(rows.begin(), rows.end(),
                           [](auto& row) { return row["kind"] == "paused"; });
  REQUIRE(told != rows.end());
  CHECK(told->at("actor") == "restore");
  CHECK(told->at("detail").contains("tokensAbove"));
  CHECK(run_cli({"resume"},
                {{"HOLDFAST_URL",
                  "http://127.0.0.1:" + std::to_string(process.port())}})
            .exit_code == 0);
  CHECK(process.stop() == 0);
  CHECK(run_cli({"verify", "--data-dir", data()}).exit_code == 0);
}

TEST_CASE_FIXTURE(backup_scene, "nothing is overwritten, and nothing half is "
                                "left") {
  CHECK(run_cli({"backup", at("b"), "--data-dir", data()}).exit_code == 0);
  auto again = run_cli({"backup", at("b"), "--data-dir", data()});
  CHECK(again.exit_code == 1);
  CHECK(again.err.find("not empty") != std::string::npos);
  CHECK(run_cli({"restore", at("b"), "--data-dir", data()}).exit_code == 1);
  CHECK(client().http.get("/readyz").status == 200);
  auto nowhere = run_cli({"restore", at("none"), "--data-dir", at("r")});
  CHECK(nowhere.exit_code == 1);
  CHECK(nowhere.err.find("no store") != std::string::npos);
  CHECK_FALSE(fs::exists(at("r") + "/data.mdb"));
  CHECK(run_cli({"restore", at("b"), "--data-dir", at("r")}).exit_code == 0);
  CHECK_FALSE(fs::exists(at("r") + "/unfinished"));
}

TEST_CASE_FIXTURE(backup_scene, "a damaged directory is told, not trusted") {
  auto node = client();
  for (auto i = 0; i < 200; ++i)
    node.granted(unique("many"), "bot-1");
  REQUIRE(run_cli({"backup", at("b"), "--data-dir", data()}).exit_code == 0);
  auto file = at("b") + "/data.mdb";
  fs::resize_file(file, fs::file_size(file) / 2);
  auto cut = run_cli({"verify", "--data-dir", at("b")});
  CHECK(cut.exit_code == 1);
  CHECK(cut.err.find("truncated") != std::string::npos);
  std::ofstream{file} << "no store at all";
  CHECK(run_cli({"verify", "--data-dir", at("b")}).exit_code == 1);
  CHECK(run_cli({"verify", "--data-dir", at("none")}).exit_code == 1);
}

TEST_CASE_FIXTURE(backup_scene, "export writes every row as a line of JSON") {
  auto node = client();
  auto lock = node.granted(resource, "bot-1", {{"idempotencyKey", "k"}});
  node.queued(resource, "bot-2");
  auto result = run_cli({"export", "--data-dir", data()});
  REQUIRE(result.exit_code == 0);
  auto checked =
      json::parse(run_cli({"verify", "--data-dir", data(), "--json"}).out);
  std::istringstream lines{result.out};
  std::size_t count = 0;
  auto found = false;
  for (std::string line; std::getline(lines, line); ++count) {
    auto row = json::parse(line);
    found = found ||
            (row["table"] == "locks" && row["key"] == lock["fencingToken"] &&
             row["value"]["lockId"] == lock["lockId"]);
  }
  CHECK(found);
  CHECK(checked["ok"] == true);
  CHECK(checked["rows"] == count);
}
