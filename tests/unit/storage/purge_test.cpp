// What the janitor may remove, and what never; run against every store.
#include "sample.hpp"
#include "storage/verify.hpp"

#include <doctest/doctest.h>

using namespace holdfast;

TYPE_TO_STRING(sample::in_memory);
TYPE_TO_STRING(sample::in_simulation);
TYPE_TO_STRING(sample::on_lmdb);

#define EVERY_STORE sample::in_memory, sample::in_simulation, sample::on_lmdb

namespace {

/// Removes all that ended before `ms`, in calls of `max_rows` rows.
struct purged {
  std::uint64_t removed = 0;
  int calls = 0;
};

purged purge_in_parts(store& s, purge_request what) {
  purged sum;
  while (true) {
    auto done = s.purge(what);
    sum.removed += done.removed;
    ++sum.calls;
    if (!done.more)
      return sum;
    REQUIRE(sum.calls < 1000);
    what.history_from = done.history_from;
    what.entries_from = done.entries_from;
    what.dead_letters_from = done.dead_letters_from;
  }
}

purge_request ended_before(std::int64_t ms) {
  purge_request what;
  what.ended_before_ms = ms;
  return what;
}

std::uint64_t count(const store& s, table t) { return s.read()->count(t); }

bool has_outcome(const store& s, const std::string& resource,
                 const std::string& key) {
  return s.read()
      ->get(table::outcomes, sample::sha256_key(resource, key))
      .has_value();
}

} // namespace

TEST_CASE_TEMPLATE("an ended lock goes with the outcome that names it", S,
                   EVERY_STORE) {
  S s;
  sample::world w;
  s->commit({w.grant("a", "k"), w.release("a")});
  CHECK(s->purge(ended_before(w.now_ms)).removed == 0);
  CHECK(has_outcome(*s, "a", "k"));
  auto done = s->purge(ended_before(w.now_ms + 1));
  CHECK(done.removed == 2);
  CHECK_FALSE(done.more);
  CHECK(count(*s, table::history) == 0);
  CHECK_FALSE(has_outcome(*s, "a", "k"));
  CHECK(verify(*s).ok());
}

TEST_CASE_TEMPLATE("an outcome that names a younger lock stays", S,
                   EVERY_STORE) {
  S s;
  sample::world w;
  s->commit({w.grant("a", "k"), w.release("a")});
  w.now_ms = 2'000;
  s->commit({w.grant("a", "k"), w.release("a")});
  CHECK(s->purge(ended_before(1'500)).removed == 1);
  CHECK(count(*s, table::history) == 1);
  CHECK(has_outcome(*s, "a", "k"));
  CHECK(verify(*s).ok());
}

TEST_CASE_TEMPLATE("locks that ended later than younger ones are skipped", S,
                   EVERY_STORE) {
  S s;
  sample::world w;
  s->commit({w.grant("slow", "k1"), w.grant("fast", "k2"), w.release("fast")});
  w.now_ms = 5'000;
  s->commit({w.release("slow")});
  CHECK(s->purge(ended_before(2'000)).removed == 2);
  CHECK(has_outcome(*s, "slow", "k1"));
  CHECK_FALSE(has_outcome(*s, "fast", "k2"));
  CHECK(verify(*s).ok());
}

TEST_CASE_TEMPLATE("what holds, waits or is in doubt is never touched", S,
                   EVERY_STORE) {
  S s;
  sample::world w;
  s->commit({w.grant("a", "k1"), w.enqueue("a", "k2"), w.grant("b"),
             w.enqueue("b", "k3"), w.release("b"), w.grant("c"), w.doubt("c")});
  // b was handed over: its entry is granted, and its new lock still holds.
  auto before = sample::rows_of(*s, table::entries);
  auto all = ended_before(w.now_ms + 1'000'000);
  CHECK(s->purge(all).removed == 1);
  CHECK(count(*s, table::locks) == 3);
  CHECK(count(*s, table::waiters) == 1);
  CHECK(sample::rows_of(*s, table::entries) == before);
  CHECK(verify(*s).ok());
}

TEST_CASE_TEMPLATE("a granted entry goes once its lock has ended long ago", S,
                   EVERY_STORE) {
  S s;
  sample::world w;
  s->commit({w.grant("a"), w.enqueue("a", "k"), w.release("a")});
  w.now_ms = 9'000;
  s->commit({w.release("a")});
  s->purge(ended_before(5'000));
  CHECK(count(*s, table::entries) == 1);
  CHECK(verify(*s).ok());
  s->purge(ended_before(9'001));
  CHECK(count(*s, table::entries) == 0);
  CHECK(count(*s, table::history) == 0);
  CHECK(verify(*s).ok());
}

TEST_CASE_TEMPLATE("a cancelled entry goes with its outcome", S, EVERY_STORE) {
  S s;
  sample::world w;
  s->commit({w.grant("a"), w.enqueue("a", "k"), w.cancel("a")});
  CHECK(s->purge(ended_before(w.now_ms)).removed == 0);
  CHECK(s->purge(ended_before(w.now_ms + 1)).removed == 2);
  CHECK(count(*s, table::entries) == 0);
  CHECK_FALSE(has_outcome(*s, "a", "k"));
  CHECK(verify(*s).ok());
}

TEST_CASE_TEMPLATE("a cancelled entry leaves a later outcome of its key", S,
                   EVERY_STORE) {
  S s;
  sample::world w;
  s->commit({w.grant("a"), w.enqueue("a", "k"), w.cancel("a")});
  SUBCASE("of another cancelled entry") {
    w.now_ms = 5'000;
    s->commit({w.enqueue("a", "k"), w.cancel("a")});
    CHECK(s->purge(ended_before(2'000)).removed == 1);
    CHECK(count(*s, table::entries) == 1);
  }
  SUBCASE("of a lock") {
    w.now_ms = 5'000;
    s->commit({w.release("a"), w.grant("a", "k"), w.release("a")});
    CHECK(s->purge(ended_before(2'000)).removed == 1);
    CHECK(count(*s, table::entries) == 0);
  }
  CHECK(has_outcome(*s, "a", "k"));
  CHECK(verify(*s).ok());
}

TEST_CASE_TEMPLATE("dead letters go by their own age", S, EVERY_STORE) {
  S s;
  sample::world w;
  s->commit({w.bury("a")});
  w.now_ms = 2'000;
  s->commit({w.bury("a")});
  purge_request what;
  what.dead_before_ms = 2'000;
  CHECK(s->purge(what).removed == 1);
  CHECK(count(*s, table::dead_letters) == 1);
  CHECK(verify(*s).ok());
}

TEST_CASE_TEMPLATE("the journal loses its oldest rows, never the last one", S,
                   EVERY_STORE) {
  S s;
  sample::world w;
  s->commit({w.grant("a"), w.grant("b")});
  w.now_ms = 2'000;
  s->commit({w.grant("c"), w.grant("d")});
  w.now_ms = 1'500; // the wall clock was set back
  s->commit({w.grant("e")});
  purge_request what;
  what.journal_before_ms = 2'000;
  CHECK(s->purge(what).removed == 2);
  CHECK(sample::rows_of(*s, table::journal).front() == number_key(3));
  what.journal_before_ms = 1'000'000;
  CHECK(purge_in_parts(*s, what).removed == 2);
  CHECK(count(*s, table::journal) == 1);
  CHECK(s->last_seq() == 5);
  s->commit({w.grant("f")});
  CHECK(s->last_seq() == 6);
  CHECK(verify(*s).ok());
}

TEST_CASE_TEMPLATE("each call looks at so many rows per table and tells where "
                   "to go on",
                   S, EVERY_STORE) {
  S s;
  sample::world w;
  s->commit({w.grant("held"), w.enqueue("held")});
  for (int i = 0; i < 25; ++i) {
    auto name = std::to_string(i);
    s->commit({w.grant(name, "k"), w.release(name), w.bury(name)});
  }
  auto what = ended_before(w.now_ms + 1);
  what.dead_before_ms = what.journal_before_ms = w.now_ms + 1;
  what.max_rows = 10;
  auto first = s->purge(what);
  CHECK(first.more);
  CHECK(count(*s, table::history) == 15);
  CHECK(count(*s, table::dead_letters) == 15);
  CHECK(count(*s, table::journal) == 67);
  CHECK(verify(*s).ok());
  what.history_from = first.history_from;
  what.entries_from = first.entries_from;
  what.dead_letters_from = first.dead_letters_from;
  auto rest = purge_in_parts(*s, what);
  CHECK(rest.calls == 7);
  CHECK(count(*s, table::history) == 0);
  CHECK(count(*s, table::outcomes) == 0);
  CHECK(count(*s, table::dead_letters) == 0);
  CHECK(count(*s, table::journal) == 1);
  CHECK(count(*s, table::entries) == 1);
  CHECK(verify(*s).ok());
}

TEST_CASE_TEMPLATE("rows that stay do not stop a purge", S, EVERY_STORE) {
  S s;
  sample::world w;
  w.now_ms = 9'000;
  for (int i = 0; i < 12; ++i)
    s->commit({w.grant(std::to_string(i)), w.release(std::to_string(i))});
  w.now_ms = 1'000;
  s->commit({w.grant("old"), w.release("old")});
  auto what = ended_before(2'000);
  what.max_rows = 5;
  auto sum = purge_in_parts(*s, what);
  CHECK(sum.removed == 1);
  CHECK(sum.calls == 3);
  CHECK(count(*s, table::history) == 12);
}

TEST_CASE_TEMPLATE("a purge of an empty store removes nothing", S,
                   EVERY_STORE) {
  S s;
  auto what = ended_before(1'000'000);
  what.max_rows = 0;
  auto done = s->purge(what);
  CHECK(done.removed == 0);
  CHECK_FALSE(done.more);
}
