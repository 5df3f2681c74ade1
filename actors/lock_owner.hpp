// The actor of one resource key: puts all its requests in one order, decides
// on its newest state, and answers when the decision is durable.
// Must not block: the store is only read, through its memory map.
#pragma once

#include "actors/internal.hpp"
#include "actors/waiting_calls.hpp"
#include "rules/position_rules.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <array>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace holdfast {

/// Whom an owner talks to.
struct owner_links {
  directory_actor directory;
  persistence_actor persistence;
  timer_actor timer;
  task_runner_actor runner;
  std::array<notifier_actor, all_channels.size()> notifiers; ///< by channel
};

// An owner's life:
//
//   (loaded) ──► serving ──retire──► gone          the directory forgets it
//                  │  └──a commit fails──► failed ──dismiss──► gone
//                  └──shut down──► draining ──all durable──► gone
class lock_owner : public owner_actor::base {
public:
  lock_owner(caf::actor_config& cfg, surroundings_ptr around, owner_links links,
             resource_state state);

  behavior_type make_behavior() override;
  void on_exit() override;
  const char* name() const override { return "lock_owner"; }

private:
  using promise = caf::response_promise;

  struct answer {
    promise to;
    caf::message what;
  };

  /// A transition that is not durable yet, and what is said when it is.
  struct pending {
    transition change;
    std::vector<answer> answers;
  };

  // -- requests (lock_owner.cpp) --------------------------------------------
  void acquire(const acquire_lock& cmd, const promise& to);
  void acquire_changed(transition&& change, const acquire_lock& cmd,
                       const promise& to);
  void join_entry(entry_id id, const acquire_lock& cmd, const promise& to);
  void renew(const renew_lock& cmd, const promise& to);
  void release(const release_lock& cmd, const promise& to);
  void force(const force_release& cmd, const promise& to);
  void take_up();
  void resolve(const resolve_lock& cmd, const promise& to);
  void update(const update_trade& cmd, const promise& to);
  void cancel(const cancel_entry& cmd, const promise& to);
  void watch(const watch_entry& cmd, const promise& to);
  void requeue(const requeue_dead_letter& cmd, const promise& to);
  void discard(const discard_dead_letter& cmd, const promise& to);
  /// Ends the actor if it has nothing to do; says whether it did.
  void retire();

  // -- work (lock_owner_tasks.cpp) ------------------------------------------
  void drive_tasks();
  void drive_task(const lock_record& flight);
  void end_task(const task_ended& done);
  void begin(const begin_effect& cmd, const promise& to);
  void watch(const watch_trade& cmd, const promise& to);
  void settle_trades(const transition& change);
  void rejoin(std::vector<wait_call> joiners);
  trade_id trade_under(lock_id id) const;
  std::optional<trade_record> find_trade(trade_id id) const;

  // -- its position (lock_owner_positions.cpp) -------------------------------
  void report(const report_position& cmd, const promise& to);
  void take_report(report_call call);
  void keep_heard(position_decision&& how, const report_call& call);
  void settle_reports(const transition& change);
  void answer_report(const report_call& call, const transition& change);
  void end_overdue_reports(std::int64_t now_us);
  void begin(const begin_message& cmd, const promise& to);
  void end(const end_message& cmd, const promise& to);
  void resolve(const resolve_message& cmd, const promise& to);
  void change(const change_alert& cmd, const promise& to);
  void requeue_message(const dead_letter& letter, const std::string& actor,
                       const promise& to);
  void tell_notifiers();

  // -- time (lock_owner_time.cpp) -------------------------------------------
  /// Ends the lease if it is over. Before every decision.
  void expire_if_due();
  void wake();
  void end_overdue_watches(std::int64_t now_us);
  void end_overdue_calls();
  void cancel_orphans();
  /// Asks to be woken when the next thing is due.
  void arm();
  void abandon(std::uint64_t caller);
  void leave_place(entry_id id, const std::string& reason);

  // -- durability (lock_owner_commit.cpp) -----------------------------------
  /// Applies the change, hands it to persistence, and settles the waiting
  /// calls that it concerns.
  void commit(transition&& change);
  void durable();
  void fail(const std::string& why);
  void settle_flight(const transition& change);
  void settle_entries(const transition& change);
  void tell_finished(entry_id id);
  /// Says it once everything decided so far is durable.
  void say(promise to, caf::message what);
  template <class T>
  void say(promise to, T what) {
    say(std::move(to), caf::make_message(std::move(what)));
  }
  void refuse(promise to, problem why);
  void deliver(answer& a);
  void give_up(const problem& why);
  void quit_when_drained();

  // -- what is counted (lock_owner_counts.cpp) ------------------------------
  /// Refuses a request for the lock.
  void refuse_acquire(promise to, problem why);
  void count(const caf::message& said);
  void count(const transition& durable);

  // -- whose it is (lock_owner_commit.cpp) ----------------------------------
  /// Why the lock must not be touched by a caller who is bound to one owner.
  std::optional<problem> foreign_lock(const std::string& bound_to,
                                      lock_id id) const;

  // -- what is known (lock_owner_commit.cpp) --------------------------------
  std::optional<lock_record> find_ended(lock_id id) const;
  std::optional<outcome_record> find_outcome(const std::string& key) const;
  std::optional<entry_record> find_entry(entry_id id) const;
  std::optional<dead_letter> find_dead_letter(dead_letter_id id) const;
  entry_view view(const entry_record& entry) const;
  /// The best of those who wait for the outcome of this key.
  std::optional<flight_joiner> best_joiner(const std::string& key) const;
  std::optional<flight_joiner> best_joiner() const; ///< of the holder's
  bool quiet() const;

  /// Runs `f`; a store that cannot be read becomes a refusal.
  template <class Answer, class F>
  caf::typed_response_promise<Answer> handle(F f);
  /// The handler of a command.
  template <class Command, class Answer>
  auto serve(void (lock_owner::*request)(const Command&, const promise&));

  surroundings_ptr around_;
  owner_links links_;
  resource_state state_;
  std::deque<pending> pending_;
  std::vector<wait_call> calls_;
  std::vector<watch_call> watches_;
  std::vector<trade_call> trade_watches_;
  std::vector<report_call> reports_; ///< in the order in which they came
  std::int64_t heard_written_ms_ = 0;
  std::int64_t armed_boot_us_ = 0; ///< 0: no timer is armed
  /// How far the attempts of a task have come.
  struct attempts {
    std::uint32_t durable = 0; ///< the attempt whose intent is durable
    std::uint32_t started = 0;
    std::uint32_t found = 0; ///< this one may have begun before
  };
  std::map<std::uint64_t, attempts> tasks_; ///< of flights, by lock number
  bool failed_ = false;
  bool draining_ = false;
};

namespace owner_impl {

/// Whether the node itself works under the lock.
inline bool runs_task(const resource_state& state) {
  return state.holder && state.holder->status == lock_status::active &&
         !state.holder->work.task.empty();
}

/// When half of its lease is over, a task's lock is renewed.
inline std::int64_t renewal_due(const lock_record& lock) {
  return lock.deadline_boot_us - lock.work.timeout_ms * 500;
}

} // namespace owner_impl

} // namespace holdfast
