// A whole node on one thread, with virtual time and a seeded schedule: the
// real actors on a store that survives their crashes.
#pragma once

#include "actors/crew.hpp"
#include "storage/memory_store.hpp"
#include "world/journal_check.hpp"

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scheduler/test_coordinator.hpp>

#include <functional>
#include <memory>
#include <random>
#include <string>
#include <variant>
#include <vector>

namespace holdfast::test {

/// The store as one life of the node sees it: after `cut` nothing reaches the
/// disk any more. Calls `committed` after every commit.
class fenced_store : public store {
public:
  fenced_store(memory_store& disk, std::function<void()> committed)
      : disk_(disk), committed_(std::move(committed)) {}

  void cut() { cut_ = true; }
  void fail_reads_after(std::size_t n) { reads_left_ = n; }

  std::vector<commit_result> commit(const std::vector<step>& steps) override;
  purge_result purge(const purge_request& what) override;
  void probe() override;
  std::unique_ptr<snapshot> read() const override;
  std::uint64_t last_id() const override { return disk_.last_id(); }
  std::uint64_t last_seq() const override { return disk_.last_seq(); }
  std::uint32_t tag() const override { return disk_.tag(); }
  store_usage usage() const override { return disk_.usage(); }
  void copy_to(const std::string& dest) const override { disk_.copy_to(dest); }

private:
  memory_store& disk_;
  std::function<void()> committed_;
  bool cut_ = false;
  mutable std::size_t reads_left_ = SIZE_MAX;
};

/// What came of a call. Empty until it is answered; a crash leaves it empty.
template <class T>
struct reply {
  std::variant<std::monostate, T, problem> value;

  bool pending() const { return value.index() == 0; }
  bool ok() const { return value.index() == 1; }
  const T& operator*() const { return std::get<T>(value); }
  const T* operator->() const { return &std::get<T>(value); }
  errc code() const {
    auto* p = std::get_if<problem>(&value);
    return p ? p->code : errc::none;
  }
  const problem& why() const { return std::get<problem>(value); }
};

template <class T>
using reply_ptr = std::shared_ptr<reply<T>>;

/// A world begins with a node that is up.
class world {
public:
  struct settings {
    std::uint64_t seed = 1;
    lock_limits limits;
    std::int64_t idle_owner_ms = 60'000;
    std::int64_t cleanup_interval_ms = 300'000;
    std::size_t owners_max = 100'000;
    std::size_t in_flight_max = 65'536;
    /// Checks the journal and the tables after every commit.
    bool check_commits = true;
  };

  world() : world(settings{}) {}
  explicit world(settings s);
  ~world();

  /// Sends a request; it is on its way, and answered while the world runs.
  template <class T, class Handle, class Command>
  reply_ptr<T> ask(const Handle& to, Command cmd) {
    auto answer = std::make_shared<reply<T>>();
    do_later([=](caf::event_based_actor* self) {
      self->request(to, caf::infinite, cmd)
          .then(
              [=](const T& value) { answer->value = value; },
              [=](const caf::error& why) { answer->value = to_problem(why); });
    });
    return answer;
  }
  reply_ptr<acquire_answer> acquire(acquire_lock cmd) {
    return ask<acquire_answer>(locks(), std::move(cmd));
  }
  reply_ptr<lock_record> renew(const lock_record& lock,
                               std::int64_t timeout_ms = 0);
  reply_ptr<lock_record> release(const lock_record& lock,
                                 std::string result = {});
  reply_ptr<lock_record> fail(const lock_record& lock, std::string error);

  /// Runs one job, chosen by the seed; false when there is none.
  bool step();
  /// Runs until nothing is left to do at this moment.
  void settle();
  /// Lets virtual time pass, running what becomes due.
  void advance(std::int64_t ms);
  /// Time passes, and nothing that became due has come yet.
  void skip(std::int64_t ms);
  /// The machine sleeps: both clocks go on, what waits for time does not.
  void suspend(std::int64_t ms);
  /// Asks and settles; the answer is there unless it waits for time.
  template <class T>
  T now(const reply_ptr<T>& answer) {
    settle();
    if (answer->pending())
      throw std::runtime_error{"not answered"};
    if (!answer->ok())
      throw std::runtime_error{"refused: " + answer->why().detail};
    return **answer;
  }

  /// The node dies where it stands, and a new one starts on its disk.
  void crash();
  /// A crash, and the machine starts anew: another boot clock.
  void reboot();
  /// The node stops as on SIGTERM, and a new one starts.
  void restart();
  /// The wall clock jumps; leases must not care.
  void shift_wall(std::int64_t ms) { wall_shift_ms_ += ms; }

  locks_actor locks() const { return crew_.directory; }
  queries_actor queries() const { return crew_.reader; }
  positions_actor desk() const { return crew_.desk; }
  persistence_actor writer() const { return crew_.persistence; }
  void register_executor(std::string name, executor_actor work);
  void notify_on(channel of, messenger_actor messenger, notifier_settings how);
  /// How often the store was written to, by all lives of the node.
  std::size_t commit_count() const { return commits_; }
  /// Positions that the store has.
  std::size_t position_count() const {
    return disk_.read()->count(table::positions);
  }

  /// All journal rows; `resource` empty: of everything.
  std::vector<journal_event> journal(const std::string& resource = {}) const;
  std::vector<event_kind> kinds(const std::string& resource) const;
  resource_state state(const std::string& resource) const;
  const surroundings_ptr& around() const { return around_; }
  std::size_t in_flight() const { return around_->in_flight.load(); }
  instant clock() const;
  /// Delayed messages that are still to come.
  std::size_t pending_timeouts() const;
  /// The node cannot read its store, though it can write.
  void fail_reads(bool on) { store_->fail_reads_after(on ? 0 : SIZE_MAX); }
  /// The same, when it has read `n` times more.
  void fail_reads_after(std::size_t n) { store_->fail_reads_after(n); }

  caf::actor_system& system() { return *system_; }
  memory_store& disk() { return disk_; }
  const memory_store& disk() const { return disk_; }
  std::mt19937_64& random() { return random_; }
  /// What the checks found wrong, empty when all is well.
  const std::string& fault() const { return fault_; }
  void check_tables();
  std::vector<std::string> warnings;

private:
  using job = std::function<void(caf::event_based_actor*)>;

  void do_later(job what);
  void spawn_callers();
  void start();
  void kill();
  void check_journal();
  caf::scheduler::test_coordinator& scheduler() const;

  settings settings_;
  memory_store disk_;
  std::mt19937_64 random_;
  caf::actor_system_config config_;
  std::unique_ptr<caf::actor_system> system_;
  std::unique_ptr<fenced_store> store_;
  surroundings_ptr around_;
  crew crew_;
  /// Several, so that the seed decides whose request comes first.
  std::vector<caf::actor> callers_;
  std::size_t next_caller_ = 0;
  std::int64_t boot_offset_us_ = 0;
  std::int64_t wall_shift_ms_ = 0;
  std::uint64_t boot_ = 1;
  std::string fault_;
  std::size_t commits_ = 0;
  // What the journal says so far.
  std::uint64_t seen_ = 0;
  journal_check journal_;
};

/// A request with sensible fields.
acquire_lock want(std::string resource, std::string owner,
                  std::string key = {});

} // namespace holdfast::test
