// Seeded worlds: contended locks with duplicates, expiries, cancels, sleeping
// owners, failing stores and crashes of the node, checked after every commit.
#include "world/world.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <map>
#include <set>

using namespace holdfast;
using namespace holdfast::test;

namespace {

/// One run: random clients on few keys, and what they were told.
class contention {
public:
  explicit contention(std::uint64_t seed) : world_(make_settings(seed)) {}

  /// Empty when every promise was kept.
  std::string run(int actions) {
    for (int i = 0; i < actions && fault().empty(); ++i)
      act();
    world_.disk().heal();
    finish();
    return fault();
  }

private:
  static world::settings make_settings(std::uint64_t seed) {
    world::settings s;
    s.seed = seed;
    s.idle_owner_ms = 500;
    s.owners_max = 2;
    s.limits.queue_depth_max = 4;
    s.cleanup_interval_ms = 10'000;
    return s;
  }

  std::uint64_t pick(std::uint64_t n) { return world_.random()() % n; }
  bool chance(int percent) { return pick(100) < std::uint64_t(percent); }
  std::string fault() const { return fault_.empty() ? world_.fault() : fault_; }

  void act() {
    switch (pick(12)) {
    case 0:
    case 1:
    case 2:
    case 3:
      acquire();
      break;
    case 4:
    case 5:
      end_one();
      break;
    case 6:
      renew_one();
      break;
    case 7:
      touch_entry();
      break;
    case 8:
      force_or_abandon();
      break;
    case 9:
      world_.advance(std::int64_t(pick(1500)));
      break;
    case 10:
      trouble();
      break;
    default:
      for (auto n = pick(30); n > 0 && world_.step(); --n) {
      }
    }
    listen();
  }

  void acquire() {
    auto owner = "o" + std::to_string(pick(3));
    auto cmd = want("r" + std::to_string(pick(3)), owner);
    if (chance(70)) {
      // The owner belongs to the key, so that duplicates are true ones.
      auto key = pick(6);
      cmd.idempotency_key = "k" + std::to_string(key);
      cmd.owner_id = "o" + std::to_string(key % 3);
    }
    cmd.otherwise = static_cast<when_locked>(pick(3));
    cmd.priority = static_cast<std::uint8_t>(1 + pick(3));
    cmd.timeout_ms = std::int64_t(1 + pick(3000));
    cmd.wait_ms = std::int64_t(1 + pick(2000));
    cmd.caller = ++callers_;
    calls_.push_back({cmd, world_.acquire(cmd)});
  }

  void end_one() {
    if (locks_.empty())
      return;
    auto& lock = locks_[pick(locks_.size())];
    auto result = std::to_string(lock.token());
    if (chance(75))
      ends_.push_back({lock, world_.release(lock, result)});
    else
      fails_.push_back(world_.fail(lock, "no"));
  }

  void renew_one() {
    if (!locks_.empty())
      fails_.push_back(world_.renew(locks_[pick(locks_.size())],
                                    std::int64_t(1 + pick(2000))));
  }

  void touch_entry() {
    if (entries_.empty())
      return;
    auto id = entries_[pick(entries_.size())];
    if (chance(50))
      views_.push_back(world_.ask<entry_view>(world_.locks(),
                                              cancel_entry{{}, id, "client"}));
    else
      views_.push_back(world_.ask<entry_view>(
          world_.locks(),
          watch_entry{{}, id, std::int64_t(pick(1000)), ++callers_}));
  }

  void force_or_abandon() {
    if (chance(60) && !calls_.empty()) {
      auto& call = calls_[pick(calls_.size())];
      caf::anon_send(world_.locks(),
                     abandon_wait{call.cmd.resource, call.cmd.caller});
    } else if (!locks_.empty()) {
      forced_.push_back(world_.ask<force_released>(
          world_.locks(),
          force_release{{}, locks_[pick(locks_.size())].id, "op", "why"}));
    }
  }

  void trouble() {
    switch (pick(6)) {
    case 0:
      forget_calls();
      world_.disk().heal(); // on a failing disk no node starts
      world_.crash();
      break;
    case 1:
      forget_calls();
      world_.disk().heal();
      world_.restart();
      break;
    case 2:
      world_.disk().fail_with(storage_errc::disk_full);
      break;
    case 3:
      world_.disk().commit_then_fail(1 + pick(2));
      break;
    case 4:
      world_.shift_wall(std::int64_t(pick(7'200'000)) - 3'600'000);
      break;
    default:
      world_.disk().heal();
    }
  }

  /// Calls that a crash leaves unanswered; their outcome stays unknown.
  void forget_calls() {
    listen();
    calls_.clear();
    ends_.clear();
    fails_.clear();
    views_.clear();
    forced_.clear();
  }

  /// Takes in what has been answered, and checks it.
  void listen() {
    std::erase_if(calls_, [&](auto& call) {
      if (call.answer->pending())
        return false;
      if (call.answer->ok())
        heard(call.cmd, **call.answer);
      return true;
    });
    std::erase_if(ends_, [&](auto& end) {
      if (end.answer->pending())
        return false;
      if (end.answer->ok())
        released(end.lock, **end.answer);
      return true;
    });
  }

  void heard(const acquire_lock& cmd, const acquire_answer& answer) {
    const auto& lock = answer.lock;
    switch (answer.outcome) {
    case acquire_outcome::granted:
      if (!granted_.insert(lock.token()).second)
        fault_ = "lock " + to_string(lock.id) + " was given to two calls";
      locks_.push_back(lock);
      break;
    case acquire_outcome::queued:
      entries_.push_back(answer.entry.record.id);
      break;
    case acquire_outcome::replayed:
      if (lock.status != lock_status::released)
        fault_ = "replayed a lock that did not succeed";
      note_outcome(cmd.resource + '/' + cmd.idempotency_key, lock);
    }
  }

  void released(const lock_record& lock, const lock_record& answer) {
    if (answer.status == lock_status::released &&
        !lock.work.idempotency_key.empty())
      note_outcome(lock.work.resource + '/' + lock.work.idempotency_key,
                   answer);
  }

  void note_outcome(const std::string& key, const lock_record& lock) {
    auto [i, fresh] = outcomes_.try_emplace(key, lock.token(), lock.result);
    if (!fresh && i->second != std::pair{lock.token(), lock.result})
      fault_ = "two outcomes for " + key;
  }

  /// When faults stop, everything settles.
  void finish() {
    world_.advance(20'000);
    listen();
    if (!fault().empty())
      return;
    world_.check_tables();
    if (!calls_.empty() || !ends_.empty())
      fault_ = "a request was never answered";
    for (const auto& more :
         {unanswered(fails_), unanswered(views_), unanswered(forced_)})
      if (more)
        fault_ = "a request was never answered";
    if (world_.in_flight() != 0)
      fault_ = std::to_string(world_.in_flight()) + " requests in flight";
    auto from = world_.disk().read();
    if (from->count(table::locks) != 0 || from->count(table::waiters) != 0)
      fault_ = "locks or waiters are left though all leases are over";
    for (auto id : entries_)
      if (!from->get(table::entries, [&] {
            std::string key(8, '\0');
            for (int i = 0; i < 8; ++i)
              key[std::size_t(7 - i)] = char(id.number >> (8 * i));
            return key;
          }()))
        fault_ = "acknowledged entry " + to_string(id) + " is lost";
  }

  template <class T>
  static bool unanswered(const std::vector<T>& replies) {
    for (const auto& r : replies)
      if (r->pending())
        return true;
    return false;
  }

  struct call {
    acquire_lock cmd;
    reply_ptr<acquire_answer> answer;
  };
  struct end {
    lock_record lock;
    reply_ptr<lock_record> answer;
  };

  world world_;
  std::string fault_;
  std::uint64_t callers_ = 0;
  std::vector<call> calls_;
  std::vector<end> ends_;
  std::vector<reply_ptr<lock_record>> fails_;
  std::vector<reply_ptr<entry_view>> views_;
  std::vector<reply_ptr<force_released>> forced_;
  std::vector<lock_record> locks_;
  std::vector<entry_id> entries_;
  std::set<std::uint64_t> granted_;
  std::map<std::string, std::pair<std::uint64_t, std::string>> outcomes_;
};

} // namespace

TEST_CASE("a thousand seeds of contended locks keep every promise") {
  // HOLDFAST_SEED repeats one run; HOLDFAST_SEEDS sets how many.
  const auto* one = std::getenv("HOLDFAST_SEED");
  const auto* many = std::getenv("HOLDFAST_SEEDS");
  std::uint64_t first = one ? std::strtoull(one, nullptr, 10) : 1;
  std::uint64_t count = one    ? 1
                        : many ? std::strtoull(many, nullptr, 10)
                               : 1000;
  for (auto seed = first; seed < first + count; ++seed) {
    CAPTURE(seed);
    REQUIRE(contention{seed}.run(120) == "");
  }
}
