// What every store promises; run against each of them.
#include "sample.hpp"
#include "storage/verify.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <thread>

using namespace holdfast;
using sample::gone;
using sample::plain;
using sample::put;

TYPE_TO_STRING(sample::in_memory);
TYPE_TO_STRING(sample::in_simulation);
TYPE_TO_STRING(sample::on_lmdb);

#define EVERY_STORE sample::in_memory, sample::in_simulation, sample::on_lmdb

namespace {

using commit_results = std::vector<commit_result>;
constexpr auto committed = commit_result::committed;
constexpr auto conflict = commit_result::conflict;

/// A step that sets the version of `resource` from `base` to `version`.
step versioned(const std::string& resource, std::uint64_t base,
               std::uint64_t version) {
  step s;
  s.resource = resource;
  s.base = base;
  s.writes.push_back(put(table::resources, resource,
                         encode(resource_record{version, version})));
  return s;
}

std::uint64_t version_in(const store& s, const std::string& resource) {
  auto view = s.read();
  auto value = view->get(table::resources, resource);
  return value ? decode_resource(*value).version : 0;
}

std::vector<std::string> keys(const snapshot& view, table t,
                              std::string_view from, bool back = false) {
  std::vector<std::string> found;
  auto row = [&](std::string_view key, std::string_view) {
    found.emplace_back(key);
    return true;
  };
  if (back)
    view.scan_back(t, from, row);
  else
    view.scan(t, from, row);
  return found;
}

using texts = std::vector<std::string>;

} // namespace

TEST_CASE_TEMPLATE("what was committed is read back", S, EVERY_STORE) {
  S s;
  auto results = s->commit({plain({put(table::meta, "paused", "yes"),
                                   put(table::in_doubt, number_key(1), "")})});
  CHECK(results == commit_results{committed});
  auto view = s->read();
  CHECK(view->get(table::meta, "paused") == "yes");
  CHECK(view->get(table::in_doubt, number_key(1)) == "");
  CHECK_FALSE(view->get(table::meta, "absent"));
  CHECK_FALSE(view->get(table::in_doubt, "paused"));
}

TEST_CASE_TEMPLATE("a write replaces, and an erasure of nothing is nothing", S,
                   EVERY_STORE) {
  S s;
  s->commit({plain({put(table::meta, "a", "1"), gone(table::meta, "b")})});
  s->commit({plain({put(table::meta, "a", "22"), put(table::meta, "b", "3"),
                    gone(table::meta, "b")})});
  auto view = s->read();
  CHECK(view->get(table::meta, "a") == "22");
  CHECK_FALSE(view->get(table::meta, "b"));
}

TEST_CASE_TEMPLATE("a call without steps does nothing", S, EVERY_STORE) {
  S s;
  CHECK(s->commit({}).empty());
  CHECK(s->last_seq() == 0);
}

TEST_CASE_TEMPLATE("a step on an old version is refused on its own", S,
                   EVERY_STORE) {
  S s;
  s->commit({versioned("a", 0, 5), versioned("b", 0, 6)});
  auto stale = versioned("a", 4, 7);
  stale.events = {"never"};
  stale.max_id = 99;
  stale.writes.push_back(put(table::meta, "stale", "1"));
  auto results = s->commit({versioned("b", 6, 8), stale, versioned("c", 0, 9)});
  CHECK(results == commit_results{committed, conflict, committed});
  CHECK(version_in(*s, "a") == 5);
  CHECK(version_in(*s, "b") == 8);
  CHECK(version_in(*s, "c") == 9);
  CHECK(s->last_seq() == 0);
  CHECK(s->last_id() == 0);
  CHECK_FALSE(s->read()->get(table::meta, "stale"));
}

TEST_CASE_TEMPLATE("a resource without record has version 0", S, EVERY_STORE) {
  S s;
  CHECK(s->commit({versioned("a", 1, 2)}) == commit_results{conflict});
  CHECK(s->commit({versioned("a", 0, 2)}) == commit_results{committed});
  CHECK(s->commit({versioned("a", 0, 3)}) == commit_results{conflict});
  step free;
  free.resource = "a";
  free.base = 2;
  free.writes.push_back(gone(table::resources, "a"));
  CHECK(s->commit({free}) == commit_results{committed});
  CHECK(s->commit({versioned("a", 0, 4)}) == commit_results{committed});
}

TEST_CASE_TEMPLATE("M2: of two steps on one version the second is refused", S,
                   EVERY_STORE) {
  S s;
  s->commit({versioned("a", 0, 1)});
  CHECK(s->commit({versioned("a", 1, 2), versioned("a", 1, 3)}) ==
        commit_results{committed, conflict});
  CHECK(version_in(*s, "a") == 2);
}

TEST_CASE_TEMPLATE("a step may build on an earlier one of the same call", S,
                   EVERY_STORE) {
  S s;
  CHECK(s->commit({versioned("a", 0, 1), versioned("a", 1, 2),
                   versioned("a", 2, 3)}) ==
        commit_results{committed, committed, committed});
  CHECK(version_in(*s, "a") == 3);
}

TEST_CASE_TEMPLATE("journal rows are numbered in the order of the steps", S,
                   EVERY_STORE) {
  S s;
  step one;
  one.events = {"a", "b"};
  step two;
  two.events = {"c"};
  s->commit({one, two});
  s->commit({two, one});
  CHECK(s->last_seq() == 6);
  CHECK(sample::rows_of(*s, table::journal) ==
        texts{number_key(1), "a", number_key(2), "b", number_key(3), "c",
              number_key(4), "c", number_key(5), "a", number_key(6), "b"});
}

TEST_CASE_TEMPLATE("the largest id is remembered", S, EVERY_STORE) {
  S s;
  step x;
  x.max_id = 10;
  step y;
  y.max_id = 7;
  s->commit({x, y});
  CHECK(s->last_id() == 10);
  s->commit({y});
  CHECK(s->last_id() == 10);
}

TEST_CASE_TEMPLATE("a snapshot does not see later commits", S, EVERY_STORE) {
  S s;
  s->commit(
      {plain({put(table::meta, "a", "old"), put(table::meta, "b", "x")})});
  auto before = s->read();
  auto seen = before->get(table::meta, "a");
  for (int i = 0; i < 50; ++i)
    s->commit({plain({put(table::meta, "a", std::string(3000, 'n')),
                      put(table::meta, "c" + std::to_string(i), "y"),
                      gone(table::meta, "b")})});
  CHECK(seen == "old");
  CHECK(before->get(table::meta, "a") == "old");
  CHECK(before->get(table::meta, "b") == "x");
  CHECK(keys(*before, table::meta, "a").front() == "a");
  CHECK_FALSE(before->get(table::meta, "c0"));
  auto after = s->read();
  CHECK(after->get(table::meta, "a")->size() == 3000);
  CHECK_FALSE(after->get(table::meta, "b"));
  CHECK(after->count(table::meta) == before->count(table::meta) + 49);
}

TEST_CASE_TEMPLATE("a scan starts at the first key not less than its start", S,
                   EVERY_STORE) {
  S s;
  s->commit({plain(
      {put(table::waiters, "b", "2"), put(table::waiters, "d", "4"),
       put(table::waiters, "c\xff", "3"), put(table::waiters, "a", "1")})});
  auto view = s->read();
  CHECK(keys(*view, table::waiters, {}) == texts{"a", "b", "c\xff", "d"});
  CHECK(keys(*view, table::waiters, "b") == texts{"b", "c\xff", "d"});
  CHECK(keys(*view, table::waiters, "bb") == texts{"c\xff", "d"});
  CHECK(keys(*view, table::waiters, "e").empty());
  CHECK(keys(*view, table::locks, {}).empty());
  CHECK(view->count(table::waiters) == 4);
}

TEST_CASE_TEMPLATE("a backward scan starts at the last key less than its start",
                   S, EVERY_STORE) {
  S s;
  s->commit(
      {plain({put(table::waiters, "b", "2"), put(table::waiters, "d", "4"),
              put(table::waiters, "c", "3"), put(table::waiters, "a", "1")})});
  auto view = s->read();
  CHECK(keys(*view, table::waiters, {}, true) == texts{"d", "c", "b", "a"});
  CHECK(keys(*view, table::waiters, "c", true) == texts{"b", "a"});
  CHECK(keys(*view, table::waiters, "cc", true) == texts{"c", "b", "a"});
  CHECK(keys(*view, table::waiters, "z", true) == texts{"d", "c", "b", "a"});
  CHECK(keys(*view, table::waiters, "a", true).empty());
  CHECK(keys(*view, table::locks, {}, true).empty());
}

TEST_CASE_TEMPLATE("a scan ends when its row answers false", S, EVERY_STORE) {
  S s;
  s->commit({plain({put(table::waiters, "a", ""), put(table::waiters, "b", ""),
                    put(table::waiters, "c", "")})});
  auto view = s->read();
  int rows = 0;
  auto twice = [&](auto, auto) { return ++rows < 2; };
  view->scan(table::waiters, {}, twice);
  CHECK(rows == 2);
  rows = 0;
  view->scan_back(table::waiters, {}, twice);
  CHECK(rows == 2);
}

TEST_CASE_TEMPLATE("other rows can be read from within a scan", S,
                   EVERY_STORE) {
  S s;
  s->commit({plain({put(table::waiters, "a", "1"), put(table::meta, "a", "2"),
                    put(table::meta, "b", "3")})});
  auto view = s->read();
  texts found;
  view->scan(table::waiters, {}, [&](auto key, auto) {
    found.emplace_back(*view->get(table::meta, key));
    view->scan(table::meta, "b", [&](auto, auto value) {
      found.emplace_back(value);
      return false;
    });
    return true;
  });
  CHECK(found == texts{"2", "3"});
}

TEST_CASE_TEMPLATE("a key that cannot be stored fails the call as a whole", S,
                   EVERY_STORE) {
  S s;
  auto good = versioned("a", 0, 1);
  good.events = {"event"};
  good.max_id = 5;
  for (auto size : {0, 512}) {
    auto bad = plain({put(table::meta, std::string(size, 'k'), "v")});
    CHECK(sample::failure_of([&] {
            s->commit({good, bad});
          }).code == storage_errc::io);
  }
  CHECK(version_in(*s, "a") == 0);
  CHECK(s->last_seq() == 0);
  CHECK(s->last_id() == 0);
  CHECK(
      s->commit({good, plain({put(table::meta, std::string(511, 'k'), "")})}) ==
      commit_results{committed, committed});
  CHECK(s->last_seq() == 1);
}

TEST_CASE_TEMPLATE("rows put and erased in any order stay in order", S,
                   EVERY_STORE) {
  // Some tables are appended to where possible; the order must not suffer.
  S s;
  for (auto t : {table::locks, table::history, table::entries}) {
    s->commit({plain({put(t, number_key(5), "5"), put(t, number_key(7), "7"),
                      put(t, number_key(6), "6"), put(t, number_key(7), "77"),
                      gone(t, number_key(7)), put(t, number_key(7), "777")})});
    s->commit({plain({put(t, number_key(1), "1"), put(t, number_key(8), "8"),
                      gone(t, number_key(8))})});
    s->commit({plain({put(t, number_key(8), "88")})});
    CHECK(sample::rows_of(*s, t) ==
          texts{number_key(1), "1", number_key(5), "5", number_key(6), "6",
                number_key(7), "777", number_key(8), "88"});
  }
}

TEST_CASE_TEMPLATE("a probe commits and leaves no trace in the journal", S,
                   EVERY_STORE) {
  S s;
  s->probe();
  s->probe();
  CHECK(s->last_seq() == 0);
  CHECK(verify(*s).ok());
}

TEST_CASE_TEMPLATE("the tag and the use of room are told", S, EVERY_STORE) {
  S s;
  CHECK(s->tag() == sample::tag);
  auto before = s->usage();
  std::vector<holdfast::write> writes;
  for (std::uint64_t i = 0; i < 100; ++i)
    writes.push_back(
        put(table::history, number_key(i), std::string(1000, 'x')));
  s->commit({plain(writes)});
  auto full = s->usage();
  CHECK(full.used_bytes >= before.used_bytes + 100'000);
  CHECK(full.used_bytes < full.limit_bytes);
  for (auto& w : writes)
    w.value.reset();
  s->commit({plain(writes)});
  CHECK(s->usage().used_bytes < before.used_bytes + 10'000);
}

TEST_CASE_TEMPLATE("readers on other threads see whole commits only", S,
                   EVERY_STORE) {
  S s;
  constexpr std::uint64_t commits = 300;
  s->commit(
      {plain({put(table::meta, "a", "0"), put(table::outcomes, "b", "0")})});
  std::vector<std::thread> readers;
  std::atomic<bool> torn{false};
  std::atomic<bool> back{false};
  for (int i = 0; i < 3; ++i)
    readers.emplace_back([&] {
      std::uint64_t last = 0;
      while (last < commits) {
        auto view = s->read();
        auto a = std::string{*view->get(table::meta, "a")};
        torn = torn || a != *view->get(table::outcomes, "b");
        auto n = std::stoull(a);
        back = back || n < last;
        last = n;
      }
    });
  for (std::uint64_t n = 1; n <= commits; ++n)
    s->commit({plain({put(table::meta, "a", std::to_string(n)),
                      put(table::outcomes, "b", std::to_string(n))})});
  for (auto& x : readers)
    x.join();
  CHECK_FALSE(torn);
  CHECK_FALSE(back);
}

TEST_CASE_TEMPLATE("a life of locks leaves a store without faults", S,
                   EVERY_STORE) {
  S s;
  sample::world w;
  std::vector<step> steps{
      w.grant("a", "k1"),   w.enqueue("a", "k2"), w.enqueue("a"), w.grant("b"),
      w.enqueue("b", "k3"), w.cancel("b"),        w.release("a"), w.doubt("b"),
      w.bury("c"),          w.grant("c", "k1")};
  for (auto result : s->commit(steps))
    CHECK(result == committed);
  auto report = verify(*s);
  for (const auto& fault : report.faults)
    MESSAGE(fault);
  CHECK(report.ok());
  CHECK(report.rows > 20);
}
