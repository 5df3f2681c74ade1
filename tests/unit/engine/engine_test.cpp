// The facade on real threads and a real LMDB directory.
#include "engine/engine.hpp"
#include "engine/system_time.hpp"
#include "storage/verify.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <doctest/doctest.h>

#include <atomic>
#include <filesystem>
#include <future>
#include <latch>
#include <map>
#include <thread>

using namespace holdfast;
using namespace std::chrono_literals;

namespace {

namespace fs = std::filesystem;

/// A directory that goes away with the test.
class scratch {
public:
  scratch() {
    auto name = (fs::temp_directory_path() / "holdfast-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()));
    path_ = name;
  }
  ~scratch() { fs::remove_all(path_); }
  std::string dir(const std::string& name) const { return path_ / name; }

private:
  fs::path path_;
};

struct host {
  host() : config(prepared()), system(config) {}
  static caf::actor_system_config& prepared() {
    static thread_local std::unique_ptr<caf::actor_system_config> cfg;
    cfg = std::make_unique<caf::actor_system_config>();
    init_types(*cfg);
    cfg->set("scheduler.max-threads", std::size_t{2});
    return *cfg;
  }
  caf::actor_system_config& config;
  caf::actor_system system;
};

options on(const std::string& dir) {
  options opts;
  opts.data_dir = dir;
  opts.map_bytes = std::uint64_t{64} << 20;
  return opts;
}

/// One engine on a directory of its own.
struct lone_engine {
  scratch tmp;
  host h;
  engine hf{h.system, on(tmp.dir("a"))};
};

acquire_lock want(std::string resource, std::string owner) {
  acquire_lock cmd;
  cmd.resource = std::move(resource);
  cmd.owner_id = std::move(owner);
  return cmd;
}

template <class T, class Handle, class Command>
std::variant<T, problem> ask(caf::actor_system& sys, const Handle& to,
                             Command cmd) {
  caf::scoped_actor self{sys};
  std::variant<T, problem> result;
  self->request(to, std::chrono::seconds{20}, std::move(cmd))
      .receive([&](T& value) { result = std::move(value); },
               [&](const caf::error& why) { result = to_problem(why); });
  return result;
}

template <class T>
T good(std::variant<T, problem> answer) {
  if (auto* p = std::get_if<problem>(&answer))
    FAIL("refused: " << p->detail);
  return std::get<T>(std::move(answer));
}

template <class T>
errc code(const std::variant<T, problem>& answer) {
  auto* p = std::get_if<problem>(&answer);
  return p ? p->code : errc::none;
}

executor_actor::behavior_type count_tasks(executor_actor::pointer,
                                          std::atomic<int>* done) {
  return {[done](const run_task&) {
    ++*done;
    return task_result{task_result::done, "1", {}, 0};
  }};
}

exchange_actor::behavior_type trade_or_throw(exchange_actor::pointer,
                                             int orders) {
  return {[orders](const place_order&) mutable -> order_report {
            if (--orders < 0)
              throw std::runtime_error{"a defect of the adapter"};
            return {order_report::rejected, {}, "1", "no", 0};
          },
          [](const find_order&) -> order_report { return {}; },
          [](const cancel_order&) -> order_report { return {}; }};
}

} // namespace

TEST_CASE("a lock survives the engine, on the same directory") {
  scratch tmp;
  host h;
  lock_record lock;
  {
    engine hf{h.system, on(tmp.dir("a"))};
    lock =
        good(ask<acquire_answer>(h.system, hf.locks(), want("r", "ann"))).lock;
  }
  engine hf{h.system, on(tmp.dir("a"))};
  auto again =
      good(ask<lock_record>(h.system, hf.queries(), get_lock{lock.id}));
  CHECK(again.status == lock_status::active);
  auto next = good(ask<acquire_answer>(h.system, hf.locks(), want("s", "ann")));
  CHECK(next.lock.token() > lock.token());
  CHECK(verify(hf.storage()).ok());
}

TEST_CASE("several engines live in one process, one per directory") {
  scratch tmp;
  host h;
  engine a{h.system, on(tmp.dir("a"))};
  engine b{h.system, on(tmp.dir("b"))};
  CHECK(good(ask<acquire_answer>(h.system, a.locks(), want("r", "ann")))
            .outcome == acquire_outcome::granted);
  CHECK(good(ask<acquire_answer>(h.system, b.locks(), want("r", "bob")))
            .outcome == acquire_outcome::granted);
  try {
    engine c{h.system, on(tmp.dir("a"))};
    FAIL("a second engine was let in");
  } catch (const storage_error& why) {
    CHECK(why.code == storage_errc::locked);
    CHECK(std::string{why.what()}.find(tmp.dir("a")) != std::string::npos);
  }
}

TEST_CASE_FIXTURE(
    lone_engine,
    "an engine that no thread works for is not alive, until one does") {
  CHECK(hf.is_alive(10s));
  auto workers = h.system.scheduler().num_workers();
  // The actors': one may wake when this test is over already.
  auto busy =
      std::make_shared<std::latch>(static_cast<std::ptrdiff_t>(workers));
  auto go_on = std::make_shared<std::latch>(1);
  for (std::size_t i = 0; i < workers; ++i)
    h.system.spawn(
        [busy, go_on](caf::event_based_actor*, std::size_t) {
          busy->count_down();
          go_on->wait();
        },
        i);
  busy->wait();
  auto alive = hf.is_alive(50ms);
  go_on->count_down(); // a failed check may end the test, and must not hang it
  CHECK_FALSE(alive);
  CHECK(hf.is_alive(10s));
}

TEST_CASE_FIXTURE(lone_engine,
                  "an engine that has lost one of its parts is not alive") {
  CHECK(hf.is_alive(10s));
  SUBCASE("its reader") {
    caf::anon_send_exit(hf.queries(), caf::exit_reason::kill);
  }
  SUBCASE("its directory") {
    caf::anon_send_exit(hf.locks(), caf::exit_reason::kill);
  }
  CHECK_FALSE(hf.is_alive(10s));
}

TEST_CASE_FIXTURE(lone_engine,
                  "an engine is not alive whose exchange has ended, until it "
                  "gets another") {
  auto broken = h.system.spawn(trade_or_throw, 0);
  hf.trade_on(broken);
  CHECK(hf.is_alive(10s));
  caf::scoped_actor self{h.system};
  self->monitor(broken);
  self->send(broken, place_order{});
  self->receive([](const caf::down_msg&) {});
  CHECK_FALSE(hf.is_alive(10s));
  auto whole = h.system.spawn(trade_or_throw, 1);
  hf.trade_on(whole);
  CHECK(hf.is_alive(10s));
  hf.stop();
  self->send_exit(whole, caf::exit_reason::user_shutdown);
}

TEST_CASE("a lock of one store is not found in another") {
  scratch tmp;
  host h;
  engine a{h.system, on(tmp.dir("a"))};
  engine b{h.system, on(tmp.dir("b"))};
  auto lock =
      good(ask<acquire_answer>(h.system, a.locks(), want("r", "ann"))).lock;
  good(ask<acquire_answer>(h.system, b.locks(), want("r", "bob")));
  CHECK(code(ask<lock_record>(h.system, b.locks(),
                              renew_lock{{}, lock.id, lock.token(), 0})) ==
        errc::not_found);
}

TEST_CASE_FIXTURE(lone_engine, "stopping answers everybody who waits") {
  auto lock =
      good(ask<acquire_answer>(h.system, hf.locks(), want("r", "ann"))).lock;
  std::vector<std::future<errc>> waiting;
  waiting.reserve(8);
  for (int i = 0; i < 8; ++i)
    waiting.push_back(std::async(std::launch::async, [this, i] {
      auto cmd = want("r", "o" + std::to_string(i));
      cmd.otherwise = when_locked::wait;
      return code(ask<acquire_answer>(h.system, hf.locks(), cmd));
    }));
  // All eight stand in the queue before the stop.
  while (good(ask<stats>(h.system, hf.queries(), get_stats{})).queue_length < 8)
    std::this_thread::yield();
  auto locks = hf.locks();
  hf.stop();
  for (auto& answer : waiting)
    CHECK(answer.get() == errc::shutting_down);
  CHECK(code(ask<acquire_answer>(h.system, locks, want("x", "late"))) ==
        errc::shutting_down);
  hf.stop();
}

TEST_CASE("an executor of the host's does the work under the lock") {
  scratch tmp;
  host h;
  std::atomic<int> done = 0;
  auto executor = h.system.spawn(count_tasks, &done);
  {
    engine hf{h.system, on(tmp.dir("a"))};
    hf.register_executor("my.task", executor);
    auto cmd = want("r", "ann");
    cmd.task = "my.task";
    cmd.idempotency_key = "k";
    auto lock = good(ask<acquire_answer>(h.system, hf.locks(), cmd)).lock;
    cmd.otherwise = when_locked::wait;
    auto outcome = good(ask<acquire_answer>(h.system, hf.locks(), cmd));
    CHECK(outcome.outcome == acquire_outcome::replayed);
    CHECK(outcome.lock.id == lock.id);
    CHECK(outcome.lock.result == "1");
  }
  CHECK(done == 1);
  caf::anon_send_exit(executor, caf::exit_reason::user_shutdown);
}

TEST_CASE("executors may come while the engine stops") {
  scratch tmp;
  host h;
  std::atomic<int> tasks = 0;
  auto executor = h.system.spawn(count_tasks, &tasks);
  {
    engine hf{h.system, on(tmp.dir("a"))};
    std::atomic<int> times = 0;
    std::atomic<bool> over = false;
    std::thread host_thread{[&] {
      while (!over) {
        hf.register_executor("my.task", executor);
        ++times;
      }
    }};
    while (times < 100)
      std::this_thread::yield();
    hf.stop();
    over = true;
    host_thread.join();
  }
  caf::anon_send_exit(executor, caf::exit_reason::user_shutdown);
}

TEST_CASE("under concurrent load tokens rise in journal order, and no "
          "resource has two holders") {
  scratch tmp;
  host h;
  auto opts = on(tmp.dir("a"));
  opts.owners_max = 4; // owners fall asleep and wake all the time
  engine hf{h.system, opts};
  std::vector<std::thread> clients;
  clients.reserve(6);
  for (int c = 0; c < 6; ++c)
    clients.emplace_back([&h, &hf, c] {
      for (int i = 0; i < 60; ++i) {
        auto cmd =
            want("r" + std::to_string((c + i) % 8), "c" + std::to_string(c));
        cmd.otherwise = i % 3 ? when_locked::wait : when_locked::reject;
        auto answer = ask<acquire_answer>(h.system, hf.locks(), cmd);
        if (auto* granted = std::get_if<acquire_answer>(&answer))
          good(ask<lock_record>(
              h.system, hf.locks(),
              release_lock{
                  {}, granted->lock.id, granted->lock.token(), false, {}, {}}));
      }
    });
  for (auto& c : clients)
    c.join();
  std::uint64_t last = 0;
  std::map<std::string, std::uint64_t> holders;
  read_journal all;
  all.limit = 100'000;
  auto rows = good(ask<journal_page>(h.system, hf.queries(), all)).items;
  for (const auto& row : rows) {
    if (row.kind == event_kind::granted) {
      CHECK(row.lock.number > last);
      last = row.lock.number;
      CHECK(holders[row.resource] == 0);
      holders[row.resource] = row.lock.number;
    } else if (row.kind == event_kind::released) {
      CHECK(holders[row.resource] == row.lock.number);
      holders[row.resource] = 0;
    }
  }
  CHECK(last > 0);
  CHECK(verify(hf.storage()).ok());
}

TEST_CASE("options that make no sense are refused by name") {
  scratch tmp;
  host h;
  auto opts = on(tmp.dir("a"));
  opts.locks.timeout_ms = opts.locks.timeout_max_ms + 1;
  CHECK_THROWS_WITH_AS((engine{h.system, opts}),
                       doctest::Contains("timeout_ms"), std::invalid_argument);
}

TEST_CASE("the boot clock rises, and the boot has a name") {
  auto time = make_system_time();
  auto a = time->now();
  auto b = time->now();
  CHECK(b.boot_us >= a.boot_us);
  CHECK(a.wall_ms > 1'700'000'000'000);
  CHECK(time->boot_id() != 0);
}
