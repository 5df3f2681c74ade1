// SIGKILL at seeded random moments under concurrent load; afterwards the full
// history of every client against the node's own account.
// HOLDFAST_SEED repeats a seed, HOLDFAST_KILLS changes the number of kills.
#include "tests/crash/checker.hpp"
#include "tests/crash/collect.hpp"
#include "tests/crash/kills.hpp"
#include "tests/crash/load.hpp"
#include "tests/support/environment.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <iostream>

using namespace holdfast::test;
using namespace std::chrono_literals;

namespace {

constexpr int clients = 16;

/// The kills: each after a while of load, some while the node still starts.
void kill_often(node_process& node, world& all, int kills) {
  std::mt19937_64 random{all.seed};
  for (int i = 0; i < kills; ++i) {
    pause(random, 100ms, 250ms);
    kill_and_start(node, random, [] {});
    all.port = node.port();
  }
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
    running.finish();
    calls = calls_of(running);
  }
  // Nothing may be left after the longest lease.
  CHECK(comes_to_rest(node.port(), 40s));
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
