// What is published of an engine: passes on what clients ask, and nothing of
// what the engine's parts say to each other. Gives up what a client waited for
// when the client is gone.
// Must not know how connections are made.
#pragma once

#include "remote/interface.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <cstdint>
#include <set>
#include <string>
#include <unordered_map>

namespace holdfast {

/// One per published engine. Requests that do not wait are delegated and leave
/// nothing behind here; the answer goes straight to the client.
class remote_gate : public gate_actor::base {
public:
  remote_gate(caf::actor_config& cfg, locks_actor locks, queries_actor queries);

  behavior_type make_behavior() override;
  void on_exit() override;
  const char* name() const override { return "remote_gate"; }

  /// For `forward_all`.
  template <class Answer, class Command>
  caf::result<Answer> forward(Command& cmd);
  void tell(const abandon_wait& cmd);

private:
  /// A call that waits. Clients choose their own `caller` numbers, so each is
  /// given one here that nobody else in this process uses.
  struct open_wait {
    caf::actor_addr client;
    std::uint64_t theirs = 0;
    std::string resource; ///< empty for a watch: only its entry is known
    entry_id entry;
    bool for_locks = true;
    bool gone = false; ///< the client
  };

  template <class Answer, class Command>
  caf::result<Answer> wait_for(Command& cmd);
  template <class Answer>
  bool may_deliver(std::uint64_t number, const Answer& answer);
  void give_up(std::uint64_t number, const open_wait& call);
  void give_back(const lock_record& lock);
  void forget(std::uint64_t number);
  void end_when_settled();
  void client_gone(const caf::actor_addr& client);

  locks_actor locks_;
  queries_actor queries_;
  std::uint64_t last_number_ = 0;
  std::unordered_map<std::uint64_t, open_wait> waits_;
  std::set<caf::actor_addr> watched_;
  bool closing_ = false;
};

} // namespace holdfast
