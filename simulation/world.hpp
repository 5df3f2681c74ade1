// A whole node on one thread, with virtual time and a seeded schedule: the
// real actors on a store that survives their crashes.
#pragma once

#include "actors/exchange.hpp"
#include "actors/feed_settings.hpp"
#include "actors/interfaces.hpp"
#include "actors/messenger.hpp"
#include "actors/notifier_settings.hpp"
#include "actors/position_source.hpp"
#include "rules/alert_rules.hpp"
#include "rules/lock_rules.hpp"
#include "rules/signal_text.hpp"
#include "rules/trade_rules.hpp"
#include "simulation/dice.hpp"
#include "simulation/faulty_store.hpp"
#include "simulation/journal_check.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <caf/send.hpp>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace holdfast {

struct crew;
struct surroundings;

} // namespace holdfast

namespace holdfast::simulation {

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
    message_settings messages = {};
    alert_settings alerts = {};
    /// Alerts are written every few seconds where something is wrong, and a
    /// commit that works may heal what should heal by itself: without them more
    /// is seen.
    bool watchdog = true;
    /// Checks the journal after every commit.
    bool check_commits = true;
    /// Hears a line of each step and each event; empty: nobody hears, and
    /// nothing is written. The same seed has the same lines.
    std::function<void(const std::string& line)> trace = {};
  };

  world() : world(settings{}) {}
  explicit world(settings s);
  ~world();
  world(const world&) = delete;
  world& operator=(const world&) = delete;

  /// Sends a request; it is on its way, and answered while the world runs.
  template <class T, class Handle, class Command>
  reply_ptr<T> ask(const Handle& to, Command cmd) {
    auto answer = std::make_shared<reply<T>>();
    do_later([=, this](caf::event_based_actor* self) {
      self->request(to, caf::infinite, cmd)
          .then(
              [=, this](const T& value) {
                answer->value = value;
                ++answers_;
              },
              [=, this](const caf::error& why) {
                answer->value = to_problem(why);
                ++answers_;
              });
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

  /// Runs one message of one actor, chosen by the seed; false when there is
  /// none.
  bool step();
  /// Time goes on to the next timers, though not all has been done that could
  /// be done before: messages take their time. False when there is none.
  bool tick();
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

  /// The node dies where it stands, with all that was given to `host`, and a
  /// new one starts on its disk. Calls under way are never answered.
  void crash();
  /// A crash, and the machine starts anew: another boot clock.
  void reboot();
  /// The node stops as on SIGTERM, and a new one starts.
  void restart();
  /// The wall clock jumps; leases must not care.
  void shift_wall(std::int64_t ms) { wall_shift_ms_ += ms; }

  /// Where requests go; another after each start of a node.
  const locks_actor& locks() const { return locks_; }
  const queries_actor& queries() const { return queries_; }
  const positions_actor& desk() const { return desk_; }
  /// The actors of the node that is up.
  const crew& node() const { return *crew_; }

  /// `actor` is of the host program's: it dies with the node.
  template <class Handle>
  Handle host(Handle actor) {
    hosted_.push_back(caf::actor_cast<caf::actor>(actor));
    return actor;
  }
  /// What `engine` does under the same names. To be done again whenever a node
  /// has started.
  void register_executor(std::string name, executor_actor work);
  void trade_on(exchange_actor exchange, order_patience patience = {});
  void notify_on(channel of, messenger_actor messenger, notifier_settings how);
  void feed_from(position_source_actor source, feed_settings how);

  /// How often the store was written to, by all lives of the node.
  std::size_t commit_count() const { return store_.commits(); }
  /// Locks that were granted.
  std::uint64_t grants() const { return journal_.grants(); }
  /// Positions that the store has.
  std::size_t position_count() const {
    return disk().read()->count(table::positions);
  }
  /// Steps so far, in all lives.
  std::uint64_t steps() const { return steps_; }
  /// Calls that have been answered.
  std::uint64_t answers() const { return answers_; }
  /// Virtual time since the beginning.
  std::int64_t elapsed_ms() const;
  /// Actors that live, of the host's too.
  std::size_t actors() const;

  /// All journal rows; `resource` empty: of everything.
  std::vector<journal_event> journal(const std::string& resource = {}) const;
  std::vector<event_kind> kinds(const std::string& resource) const;
  resource_state state(const std::string& resource) const;
  const std::shared_ptr<surroundings>& around() const { return around_; }
  /// Requests that the node has accepted and not answered.
  std::size_t in_flight() const;
  instant clock() const;
  /// Delayed messages that are still to come.
  std::size_t pending_timeouts() const;

  caf::actor_system& system() { return *system_; }
  faulty_store& storage() { return store_; }
  const faulty_store& storage() const { return store_; }
  const memory_store& disk() const { return store_.disk(); }
  dice& random() { return random_; }
  /// What was found wrong first, empty when all is well.
  const std::string& fault() const { return fault_; }
  /// Says that something is wrong: one sentence.
  void blame(const std::string& fault);
  /// After how many steps `fault` was found.
  std::uint64_t fault_step() const { return fault_step_; }
  /// A line in the trace.
  void note(std::string_view what);
  /// Holds the tables against each other, as `holdfast verify` does.
  void check_tables();
  std::vector<std::string> warnings;
  /// Called after every step.
  std::function<void()> on_step;

private:
  using job = std::function<void(caf::event_based_actor*)>;

  void do_later(job what);
  void spawn_callers();
  void start();
  void kill();
  void check_journal();
  bool run_chosen();
  caf::scheduler::test_coordinator& scheduler() const;

  settings settings_;
  faulty_store store_;
  dice random_;
  caf::actor_system_config config_;
  std::unique_ptr<caf::actor_system> system_;
  std::shared_ptr<surroundings> around_;
  std::unique_ptr<crew> crew_;
  locks_actor locks_;
  queries_actor queries_;
  positions_actor desk_;
  std::vector<caf::actor> hosted_;
  /// Several, so that the seed decides whose request comes first.
  std::vector<caf::actor> callers_;
  std::size_t next_caller_ = 0;
  std::int64_t boot_offset_us_ = 0;
  std::int64_t wall_shift_ms_ = 0;
  std::uint64_t boot_ = 1;
  std::uint64_t steps_ = 0;
  std::uint64_t answers_ = 0;
  std::string fault_;
  std::uint64_t fault_step_ = 0;
  // What the journal says so far.
  std::uint64_t seen_ = 0;
  journal_check journal_;
};

/// A request with sensible fields.
acquire_lock want(std::string resource, std::string owner,
                  std::string key = {});

} // namespace holdfast::simulation
