// Every kind of fault is found and told in a sentence that names the row.
#include "sample.hpp"
#include "storage/verify.hpp"

#include <doctest/doctest.h>

#include <functional>

using namespace holdfast;
using sample::gone;
using sample::plain;
using sample::put;

namespace {

/// A store without faults: lock 1 of "a" holds with waiter 3, "b" was handed
/// over, "c" is in doubt, "d" has ended, a dead letter lies around.
struct scene {
  memory_store store{sample::tag};
  sample::world w;
  lock_record a;
  lock_record b;
  lock_record c;
  lock_record ended;
  entry_record waiting;
  entry_record granted;

  scene() {
    store.commit({w.grant("a", "ka"), w.enqueue("a", "kw"), w.grant("b"),
                  w.enqueue("b", "kb"), w.grant("c"), w.doubt("c"),
                  w.grant("d", "kd")});
    a = w.holder("a");
    c = w.holder("c");
    ended = w.holder("d");
    waiting = w.waiters("a").front();
    granted = w.waiters("b").front();
    store.commit({w.release("b"), w.release("d"), w.bury("x")});
    b = w.holder("b");
  }

  void change(std::vector<holdfast::write> writes) {
    store.commit({plain(std::move(writes))});
  }
  std::string version(const std::string& resource, std::uint64_t holder) {
    return encode(resource_record{resource.size(), holder});
  }
  /// The sentences, one per line.
  std::string faults() {
    std::string text;
    for (const auto& x : verify(store).faults)
      text += x + '\n';
    return text;
  }
};

std::string n(const lock_record& x) { return std::to_string(x.id.number); }
std::string key(const lock_record& x) { return number_key(x.id.number); }
std::string key(const entry_record& x) { return number_key(x.id.number); }

/// Breaks a fresh scene and looks for the sentence.
void finds(const std::string& sentence,
           const std::function<void(scene&)>& damage) {
  scene x;
  REQUIRE(x.faults() == "");
  damage(x);
  auto text = x.faults();
  INFO("looking for: " << sentence);
  INFO("found: " << text);
  CHECK(text.find(sentence) != std::string::npos);
}

} // namespace

TEST_CASE("faults between resources and locks are found") {
  finds("resource \"a\" is held by lock 999, which is not in locks",
        [](scene& x) {
          x.change({put(table::resources, "a", x.version("a", 999))});
        });
  finds("lock 1 is in locks but does not hold its resource \"a\"",
        [](scene& x) {
          x.change({put(table::resources, "a", x.version("a", 999))});
        });
  finds("which is of resource \"c\"", [](scene& x) {
    x.change({put(table::resources, "a", x.version("a", x.c.id.number))});
  });
  finds("does not hold its resource \"c\"",
        [](scene& x) { x.change({gone(table::resources, "c")}); });
  finds("resource \"a\" has waiters but no holder", [](scene& x) {
    x.change({put(table::resources, "a", x.version("a", 0)),
              gone(table::locks, key(x.a))});
  });
  finds("resource \"z\" is free but still has a record", [](scene& x) {
    x.change({put(table::resources, "z", x.version("z", 0))});
  });
  finds("resource \"c\" has version 0", [](scene& x) {
    x.change({put(table::resources, "c",
                  encode(resource_record{0, x.c.id.number}))});
  });
  finds("is in locks although it has ended", [](scene& x) {
    x.a.status = lock_status::released;
    x.change({put(table::locks, key(x.a), encode(x.a))});
  });
  finds("is both in locks and in history", [](scene& x) {
    auto copy = x.a;
    copy.status = lock_status::expired;
    x.change({put(table::history, key(x.a), encode(copy))});
  });
  finds("is in history although it has not ended", [](scene& x) {
    x.ended.status = lock_status::active;
    x.change({put(table::history, key(x.ended), encode(x.ended))});
  });
}

TEST_CASE("faults of the list of locks in doubt are found") {
  finds("is in doubt but not listed in in_doubt",
        [](scene& x) { x.change({gone(table::in_doubt, key(x.c))}); });
  finds("lock 1 is listed in in_doubt but is not in doubt",
        [](scene& x) { x.change({put(table::in_doubt, key(x.a), "")}); });
  finds("in_doubt lists lock 99, which is not in locks",
        [](scene& x) { x.change({put(table::in_doubt, number_key(99), "")}); });
}

TEST_CASE("M8: a waiter stranded on a free resource is found") {
  finds("waits although the resource has no record and no holder",
        [](scene& x) {
          x.change({gone(table::resources, "a"), gone(table::locks, key(x.a))});
        });
}

TEST_CASE("faults between waiters and entries are found") {
  finds("waits but is not in waiters of its resource \"a\"", [](scene& x) {
    x.change({gone(table::waiters, waiter_key("a", 5, x.waiting.id.number))});
  });
  finds(" of resource \"a\" is not in entries",
        [](scene& x) { x.change({gone(table::entries, key(x.waiting))}); });
  finds("is queued, but its entry does not wait", [](scene& x) {
    x.waiting.status = entry_status::cancelled;
    x.change({put(table::entries, key(x.waiting), encode(x.waiting))});
  });
  const auto* differs = "differs from its entry in resource, priority or "
                        "lasting";
  finds(differs, [](scene& x) {
    x.waiting.work.priority = 1;
    x.change({put(table::entries, key(x.waiting), encode(x.waiting))});
  });
  finds(differs, [](scene& x) {
    x.waiting.work.resource = "c";
    x.change({put(table::entries, key(x.waiting), encode(x.waiting))});
  });
  finds(differs, [](scene& x) {
    x.change({put(table::waiters, waiter_key("a", 5, x.waiting.id.number),
                  encode_lasting(false))});
  });
}

TEST_CASE("faults between entries and the locks they were granted are found") {
  finds("was granted but names no lock", [](scene& x) {
    auto entry = x.granted;
    entry.status = entry_status::granted;
    x.change({put(table::entries, key(entry), encode(entry))});
  });
  finds("was granted lock 1, which does not name it", [](scene& x) {
    auto entry = x.granted;
    entry.status = entry_status::granted;
    entry.granted = x.a.id;
    x.change({put(table::entries, key(entry), encode(entry))});
  });
  finds(", which does not name it", [](scene& x) {
    x.a.entry = x.waiting.id;
    x.change({put(table::locks, key(x.a), encode(x.a))});
  });
  finds("which is not in entries",
        [](scene& x) { x.change({gone(table::entries, key(x.granted))}); });
}

TEST_CASE("faults of outcomes are found") {
  auto outcome = [](const scene& x) {
    return outcome_record{
        "d",        "kd",      x.ended.work.fingerprint, lock_status::released,
        x.ended.id, x.w.now_ms};
  };
  auto place = [](scene& x, const outcome_record& o) {
    x.change({put(table::outcomes, sample::sha256_key("d", "kd"), encode(o))});
  };
  finds("stands under another key than its content's", [&](scene& x) {
    x.change({put(table::outcomes, sample::sha256_key("d", "other"),
                  encode(outcome(x)))});
  });
  finds("which is not in history",
        [](scene& x) { x.change({gone(table::history, key(x.ended))}); });
  finds("which is not in history", [&](scene& x) {
    auto o = outcome(x);
    o.lock = x.a.id;
    place(x, o);
  });
  const auto* differs = "whose resource, key, fingerprint or status differs";
  finds(differs, [&](scene& x) {
    auto o = outcome(x);
    o.status = lock_status::failed;
    place(x, o);
  });
  finds(differs, [&](scene& x) {
    auto o = outcome(x);
    o.fingerprint[0] ^= 1;
    place(x, o);
  });
  finds(differs, [&](scene& x) {
    x.ended.work.idempotency_key = "other";
    x.change({put(table::history, key(x.ended), encode(x.ended))});
  });
  finds("has a status that is no ending", [&](scene& x) {
    auto o = outcome(x);
    o.status = lock_status::active;
    place(x, o);
  });
}

TEST_CASE("faults of numbers and ids are found") {
  finds("lock 1 carries the number 77", [](scene& x) {
    auto k = key(x.a);
    x.a.id.number = 77;
    x.change({put(table::locks, k, encode(x.a))});
  });
  finds("above the last id", [](scene& x) {
    x.ended.id.number = 10'000;
    x.change({put(table::history, key(x.ended), encode(x.ended))});
  });
  finds("dead letter 10000 refers to number 10000, above", [](scene& x) {
    dead_letter letter;
    letter.id = {sample::tag, 10'000};
    letter.work = sample::work("x");
    x.change({put(table::dead_letters, number_key(10'000), encode(letter))});
  });
  finds("of another store", [](scene& x) {
    x.ended.id.store = 8;
    x.change({put(table::history, key(x.ended), encode(x.ended))});
  });
}

TEST_CASE("gaps in the journal are found, its purged beginning is none") {
  finds("journal row 5 follows row 3: rows are missing between them",
        [](scene& x) { x.change({gone(table::journal, number_key(4))}); });
  scene x;
  x.change({gone(table::journal, number_key(1)),
            gone(table::journal, number_key(2))});
  CHECK(x.faults() == "");
}

TEST_CASE("rows that cannot be read are found, and the rest is still checked") {
  for (auto t :
       {table::resources, table::locks, table::history, table::waiters,
        table::entries, table::outcomes, table::dead_letters, table::journal}) {
    scene x;
    x.change(
        {put(t, "12345678", "garbage!!"), gone(table::in_doubt, key(x.c))});
    auto text = x.faults();
    INFO(text);
    CHECK(text.find("the row of table " + std::string{to_string(t)} +
                    " with key 3132333435363738 cannot be checked") !=
          std::string::npos);
    CHECK(text.find("not listed in in_doubt") != std::string::npos);
  }
}

TEST_CASE("missing rows of meta are found") {
  for (const std::string name : {"format", "store_tag", "last_id"})
    finds("meta row " + name,
          [&](scene& x) { x.change({gone(table::meta, name)}); });
  finds("meta row format is not 3", [](scene& x) {
    x.change({put(table::meta, "format", {"\x09\0\0\0", 4})});
  });
  finds("store_tag is not the tag", [](scene& x) {
    x.change({put(table::meta, "store_tag", {"\x09\0\0\0", 4})});
  });
}

TEST_CASE("collecting stops at the number of faults asked for") {
  scene x;
  std::vector<holdfast::write> writes;
  for (std::uint64_t i = 1000; i < 1050; ++i)
    writes.push_back(put(table::history, number_key(i), "?"));
  x.change(writes);
  CHECK(verify(x.store, 7).faults.size() == 7);
}

TEST_CASE("progress is told up to the last row") {
  scene x;
  std::vector<holdfast::write> writes;
  for (std::uint64_t i = 0; i < 5000; ++i)
    writes.push_back(put(table::meta, "m" + std::to_string(i), ""));
  x.change(writes);
  std::vector<step> steps;
  for (int i = 0; i < 1000; ++i)
    steps.push_back(x.w.grant("r" + std::to_string(i)));
  x.store.commit(steps);
  std::uint64_t last = 0;
  std::uint64_t all = 0;
  int calls = 0;
  auto report = verify(x.store, 100, [&](auto done, auto total) {
    CHECK(done >= last);
    last = done;
    all = total;
    ++calls;
  });
  CHECK(report.ok());
  CHECK(calls > 2);
  CHECK(last == all);
  CHECK(report.rows == all);
}

TEST_CASE("a store on disk is verified like one in memory") {
  sample::on_lmdb s;
  sample::world w;
  s->commit({w.grant("a", "k"), w.enqueue("a"), w.release("a")});
  CHECK(verify(*s).ok());
  s->commit({plain({gone(table::resources, "a")})});
  auto report = verify(*s);
  REQUIRE(report.faults.size() == 1);
  CHECK(report.faults[0] ==
        "lock " + n(w.holder("a")) +
            " is in locks but does not hold its resource \"a\"");
}

namespace {

lock_record emergency(const scene& x) {
  auto lock = x.a;
  lock.id.number = 90;
  lock.entry = {};
  lock.beside = true;
  return lock;
}

effect_record effect_of(const lock_record& lock) {
  effect_record effect;
  effect.id = {lock.id.store, 91};
  effect.kind = "order";
  effect.resource = lock.work.resource;
  effect.lock = lock.id;
  effect.state = effect_state::sending;
  return effect;
}

} // namespace

TEST_CASE("faults of emergencies are found") {
  finds("emergency 90 is in beside although it has ended", [](scene& x) {
    auto lock = emergency(x);
    lock.status = lock_status::released;
    x.change({put(table::beside, key(lock), encode(lock))});
  });
  finds("emergency 90 works although its resource \"q\" has no record",
        [](scene& x) {
          auto lock = emergency(x);
          lock.work.resource = "q";
          x.change({put(table::beside, key(lock), encode(lock))});
        });
  finds("emergency 90 is also in locks or in history", [](scene& x) {
    auto lock = emergency(x);
    x.change({put(table::beside, key(lock), encode(lock)),
              put(table::history, key(lock), encode(lock))});
  });
}

TEST_CASE("M14: an effect that is not settled, and its lock, name each other") {
  finds("effect 91 is sending, but lock 999 does not work any more",
        [](scene& x) {
          auto effect = effect_of(x.a);
          effect.lock.number = 999;
          x.change({put(table::effects, number_key(91), encode(effect))});
        });
  finds("effect 91 is of lock 1, which does not name it", [](scene& x) {
    x.change({put(table::effects, number_key(91), encode(effect_of(x.a)))});
  });
}

TEST_CASE("a trade under way without its lock or entry is found") {
  auto trade_of_scene = [](scene& x, trade_status status) {
    auto trade = to_trade(x.a);
    trade.status = status;
    trade.lock.number = 999;
    trade.entry = {x.a.id.store, 998};
    x.change({put(table::trades, number_key(trade.id.number), encode(trade))});
  };
  finds("is queued, but its entry does not wait",
        [&](scene& x) { trade_of_scene(x, trade_status::queued); });
  finds("is executing, but its lock has ended",
        [&](scene& x) { trade_of_scene(x, trade_status::executing); });
  finds("is in_doubt, but its lock has ended",
        [&](scene& x) { trade_of_scene(x, trade_status::in_doubt); });
}
