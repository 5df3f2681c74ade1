// SIGKILL at seeded moments under contention; then every resource's history,
// as its clients saw it, must have an order that one lock could go through.
// HOLDFAST_SEED repeats the choices, HOLDFAST_KILLS sets how many kills, and
// HOLDFAST_HISTORY names a file for the history (see check_history).
#include "tests/crash/kills.hpp"
#include "tests/crash/linear_load.hpp"
#include "tests/history/check.hpp"
#include "tests/support/environment.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>

using namespace holdfast::test;
using namespace std::chrono_literals;
using linear::call;
using linear::operation;
using linear::verdict;

namespace {

constexpr int bot_count = 10;

void start(node_process& node, arena& all) {
  node.start();
  all.port = node.port();
  std::cout << "HOLDFAST_SEED=" << all.seed << std::endl;
}

void keep(const linear::operations& all, const std::string& file) {
  std::ofstream{file} << linear::to_lines(all);
  std::cout << "the history is in " << file << std::endl;
}

void check_did_enough(const linear::operations& all) {
  auto seen = [&](call kind, verdict answer) {
    return std::ranges::count_if(all, [&](const operation& op) {
      return op.kind == kind && op.answer == answer;
    });
  };
  for (auto answer : {verdict::none, verdict::granted, verdict::queued,
                      verdict::replayed, verdict::held, verdict::in_progress})
    CHECK(seen(call::acquire, answer) > 10);
  for (auto answer : {verdict::none, verdict::done, verdict::stale})
    CHECK(seen(call::release, answer) > 10);
  CHECK(seen(call::renew, verdict::done) > 10);
  CHECK(seen(call::force, verdict::done) > 10);
  CHECK(seen(call::cancel, verdict::done) > 10);
  CHECK(std::ranges::count(all, "expired", &operation::status) > 10);
}

/// The last operation like this.
template <class F>
operation& one(linear::operations& all, F like) {
  auto found = std::find_if(all.rbegin(), all.rend(), like);
  REQUIRE(found != all.rend());
  return *found;
}

/// What a client saw, altered by hand: the check is not blind to it.
void check_sees_alterations(const linear::operations& seen) {
  auto altered = [&](auto like, auto alter) {
    auto all = seen;
    alter(one(all, like));
    CHECK(!linear::check(all).faults.empty());
  };
  auto answer_is = [](call kind, verdict answer) {
    return [=](const operation& op) {
      return op.kind == kind && op.answer == answer;
    };
  };
  altered(answer_is(call::acquire, verdict::queued),
          [](operation& op) { op.position += bot_count; });
  altered(answer_is(call::acquire, verdict::replayed),
          [](operation& op) { op.content += "0"; });
  altered(answer_is(call::acquire, verdict::held), [](operation& op) {
    op.answer = verdict::granted;
    op.lock = "lock-forged";
    op.token = 1;
  });
  altered([](const operation& op) { return op.status == "released"; },
          [](operation& op) { op.status = "active"; });
  altered(answer_is(call::release, verdict::stale),
          [](operation& op) { op.answer = verdict::done; });
}

} // namespace

TEST_CASE("what clients saw of each resource through many kills is what one "
          "lock could have done") {
  arena all{number_from("HOLDFAST_SEED", std::random_device{}())};
  auto kills = static_cast<int>(number_from("HOLDFAST_KILLS", 60));
  std::mt19937_64 random{all.seed};
  node_process node;
  start(node, all);
  {
    bots running{all, bot_count};
    for (int i = 0; i < kills; ++i) {
      pause(random, 80ms, 200ms);
      kill_and_start(node, random, [&] { all.record.died(); });
      all.port = node.port();
    }
    running.finish();
  }
  REQUIRE(comes_to_rest(node.port(), 20s)); // leases are at most 400 ms
  read_everything(all, all.record.all());

  auto seen = all.record.all();
  auto result = linear::check(seen);
  std::cout << kills << " kills, " << linear::describe(result) << std::endl;
  const char* file = std::getenv("HOLDFAST_HISTORY");
  if (file || !result.faults.empty())
    keep(seen, file ? file
                    : std::filesystem::temp_directory_path() /
                          ("holdfast-history-" + std::to_string(all.seed)));
  for (std::size_t i = 0; i < result.faults.size() && i < 10; ++i)
    MESSAGE(result.faults[i]);
  CHECK(result.faults.size() == 0);
  check_did_enough(seen);
  check_sees_alterations(seen);
}

TEST_CASE("a node whose directory is put back at a kill is found out") {
  arena all{number_from("HOLDFAST_SEED", std::random_device{}())};
  std::mt19937_64 random{all.seed};
  node_process node;
  start(node, all);
  temp_dir earlier;
  auto copied = earlier.path() / "data";
  {
    bots running{all, bot_count};
    pause(random, 200ms, 300ms);
    node.kill();
    all.record.died();
    std::filesystem::copy(node.data_dir(), copied,
                          std::filesystem::copy_options::recursive);
    node.start();
    all.port = node.port();
    pause(random, 100ms, 150ms);
    node.kill();
    all.record.died();
    std::filesystem::remove_all(node.data_dir());
    std::filesystem::copy(copied, node.data_dir(),
                          std::filesystem::copy_options::recursive);
    node.start();
    all.port = node.port();
    pause(random, 100ms, 150ms);
    running.finish();
  }
  auto result = linear::check(all.record.all());
  std::cout << linear::describe(result) << std::endl;
  CHECK(!result.faults.empty());
}
