// SIGKILL at seeded random moments under concurrent load; afterwards the full
// history of every client against the node's own account.
// HOLDFAST_SEED repeats a seed, HOLDFAST_KILLS changes the number of kills.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include "tests/crash/checker.hpp"
#include "tests/crash/collect.hpp"
#include "tests/crash/load.hpp"
#include "tests/support/node_process.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <iostream>

using namespace holdfast::test;
using namespace std::chrono_literals;

namespace {

constexpr int clients = 16;

std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
  const char* text = std::getenv(variable);
  return text ? std::strtoull(text, nullptr, 10) : otherwise;
}

/// The kills: each after a while of load, some while the node still starts.
void kill_often(node_process& node, world& all, int kills) {
  std::mt19937_64 random{all.seed};
  auto pause = [&](int low_ms, int high_ms) {
    auto range =
        std::uniform_int_distribution<int>{low_ms * 1000, high_ms * 1000};
    std::this_thread::sleep_for(std::chrono::microseconds{range(random)});
  };
  for (int i = 0; i < kills; ++i) {
    pause(100, 250);
    node.kill();
    if (random() % 8 == 0) {
      node.launch();
      pause(0, 60);
      node.kill();
    }
    node.start();
    all.port = node.port();
  }
}

/// Every lock is released or runs out and every waiter is served: nothing may
/// be left after the longest lease.
bool comes_to_rest(std::uint16_t port) {
  auto deadline = std::chrono::steady_clock::now() + 40s;
  while (open_work(port) != 0) {
    if (std::chrono::steady_clock::now() > deadline)
      return false;
    std::this_thread::sleep_for(20ms);
  }
  return true;
}

template <class F>
std::ptrdiff_t count(const history& calls, F condition) {
  return std::count_if(calls.begin(), calls.end(), condition);
}

} // namespace

TEST_CASE("no acknowledged work is lost or done twice when the node is killed "
          "again and again") {
  world all{number_from("HOLDFAST_SEED", std::random_device{}())};
  auto kills = static_cast<int>(number_from("HOLDFAST_KILLS", 100));
  std::cout << "HOLDFAST_SEED=" << all.seed << std::endl;

  node_process node;
  node.start();
  all.port = node.port();
  history calls;
  {
    load running{all, clients};
    kill_often(node, all, kills);
    calls = running.finish();
  }
  CHECK(comes_to_rest(node.port()));
  node.kill();
  node.start();
  auto state = collect(node.port(), calls);
  auto violations = checker{calls, state}.violations();
  for (std::size_t i = 0; i < violations.size() && i < 20; ++i)
    MESSAGE(violations[i]);
  CHECK(violations.size() == 0);

  auto unknown = count(calls, [](auto& c) { return c.status == 0; });
  auto granted = count(calls, [](auto& c) { return c.status == 201; });
  auto queued = count(calls, [](auto& c) { return c.status == 202; });
  auto replayed = count(calls, [](auto& c) {
    return c.kind == call_kind::acquire && c.status == 200;
  });
  auto released = count(calls, [](auto& c) {
    return c.kind == call_kind::release && c.status == 200;
  });
  auto promoted = count(calls, [](auto& c) {
    return c.kind == call_kind::read_entry && !c.lock_id.empty();
  });
  auto recovered =
      count(calls, [](auto& c) { return c.kind == call_kind::read_lock; });
  std::cout << kills << " kills, " << calls.size() << " calls: " << unknown
            << " unknown, " << granted << " granted, " << queued << " queued, "
            << promoted << " promoted, " << recovered << " recovered, "
            << replayed << " replayed, " << released << " released; "
            << state.journal.size() << " journal rows, " << state.locks.size()
            << " locks" << std::endl;
  // A run that did too little proves nothing.
  for (auto seen : {unknown, granted, queued, promoted, replayed, released})
    CHECK(seen > kills / 2);
}
