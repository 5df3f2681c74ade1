// Wakes resources when something of them is due: one entry per resource,
// instead of a delayed message per lock that nobody could take back.
#pragma once

#include "actors/internal.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace holdfast {

class lease_timer : public timer_actor::base {
public:
  /// `first` is armed from the start: what recovery found.
  lease_timer(caf::actor_config& cfg, surroundings_ptr around,
              directory_actor directory, std::vector<arm_timer> first);

  behavior_type make_behavior() override;
  void on_exit() override;
  const char* name() const override { return "lease_timer"; }

private:
  void arm(arm_timer&& what);
  void disarm(const std::string& resource);
  void wake_due();
  void schedule();

  surroundings_ptr around_;
  directory_actor directory_;
  std::unordered_map<std::string, std::int64_t> due_;
  /// Points into the keys of `due_`, which stay where they are.
  using due_key = std::pair<std::int64_t, const std::string*>;
  /// What is due at one time goes by name, not by address: a simulated run
  /// must repeat.
  struct sooner {
    bool operator()(const due_key& a, const due_key& b) const {
      return a.first != b.first ? a.first < b.first : *a.second < *b.second;
    }
  };
  std::set<due_key, sooner> order_;
  /// The next tick that matters; 0: none is under way. Those that an earlier
  /// one overtook still come.
  std::int64_t scheduled_boot_us_ = 0;
  std::size_t ticks_under_way_ = 1; ///< the first one starts the timer
};

} // namespace holdfast
