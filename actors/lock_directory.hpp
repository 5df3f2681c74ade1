// One per engine: key -> owner. Delegates every command to the owner of its
// key, wakes owners that sleep, and puts idle ones to sleep.
// Must not wait for anything.
#pragma once

#include "actors/internal.hpp"
#include "actors/lock_owner.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <functional>
#include <list>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace holdfast {

/// The actors that the directory works with; handed over before any request.
struct directory_links {
  persistence_actor persistence;
  timer_actor timer;
  task_runner_actor runner;
  reader_actor reader;
  std::array<notifier_actor, all_channels.size()> notifiers; ///< by channel
};

// A key's life in the directory:
//
//   (asleep) ──command──► loading ──loaded──► serving ──idle──► retiring
//      ▲                     ▲                   ▲                │  │
//      │                     │                   └──still busy────┘  │
//      └─────────────────────┴──gone (commands held meanwhile)───────┘
class lock_directory : public directory_actor::base {
public:
  lock_directory(caf::actor_config& cfg, surroundings_ptr around,
                 std::shared_ptr<directory_links> links);

  behavior_type make_behavior() override;
  void on_exit() override;
  const char* name() const override { return "lock_directory"; }

private:
  enum class slot_state { loading, serving, retiring };

  /// A command held back: called with its owner, or with why there is none.
  using held_command =
      std::function<void(const owner_actor*, const problem& why)>;

  struct slot {
    slot_state state = slot_state::loading;
    owner_actor owner;
    std::vector<held_command> held;
    std::uint64_t used = 0; ///< the sweep in which it was last used
    std::list<const std::string*>::iterator rank;
  };
  using slots = std::unordered_map<std::string, slot>;

  // -- commands ---------------------------------------------------------------
  template <class Answer, class Command>
  caf::result<Answer> route(Command& cmd);
  template <class Answer, class Command>
  caf::result<Answer> route_lock(Command& cmd);
  template <class Answer, class Command>
  caf::result<Answer> route_entry(Command& cmd);
  template <class Answer, class Command>
  caf::result<Answer> route_dead_letter(Command& cmd);
  caf::result<trade_record> route_trade(watch_trade& cmd);
  caf::result<effect_record> route_effect(begin_effect& cmd);
  caf::result<position_reported> route_report(report_position& cmd);
  caf::result<effect_record> route_message(resolve_message& cmd);
  void abandon(abandon_wait& cmd);
  caf::result<force_released> release_owner(const force_release_owner& cmd);
  caf::result<bool> set_pause(const set_paused& cmd);

  /// Why nothing is accepted now, if so. What ends or extends a lock is let in
  /// up to twice the limit: waiting requests must not keep it out.
  std::optional<problem> closed(std::size_t in_flight_max) const;
  std::optional<std::string> resource_of_lock(lock_id id) const;
  std::optional<std::string> resource_of_entry(entry_id id) const;
  std::optional<std::string> resource_of_trade(trade_id id) const;
  std::optional<std::string> resource_of_effect(effect_id id) const;
  std::optional<std::string> resource_of_dead_letter(dead_letter_id id) const;

  // -- owners -----------------------------------------------------------------
  /// The key's slot, marked as used; loads the owner of a key asleep.
  slots::iterator use(const std::string& resource);
  void load(slots::iterator where);
  void loaded(resource_loaded& what);
  void wake(const std::string& resource);
  void tell_task_ended(task_ended& done);
  void retired(const owner_retired& what);
  void failed(const owner_failed& what);
  void retire(slots::iterator where);
  void sweep();
  void flush(slot& s);
  void refuse_held(slot& s, const problem& why);
  void forget(slots::iterator where);
  void retry_later(const std::string& resource);
  caf::result<bool> drain();

  surroundings_ptr around_;
  std::shared_ptr<directory_links> links_;
  slots slots_;
  std::list<const std::string*> used_; ///< least recently used first
  std::uint64_t sweeps_ = 0;
  bool draining_ = false;
  caf::typed_response_promise<bool> drained_;
};

} // namespace holdfast
