// Looks around every few seconds and has alerts told: each once when it begins
// to fire and once when it is over, whatever fails or restarts in between. What
// fires is in the store; what is seen and not written down is seen again.
// Must not know who is told, or how.
#pragma once

#include "actors/internal.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <vector>

namespace holdfast {

class watchdog : public watchdog_actor::base {
public:
  watchdog(caf::actor_config& cfg, surroundings_ptr around,
           directory_actor locks, reader_actor facts);

  behavior_type make_behavior() override;
  void on_exit() override;
  const char* name() const override { return "watchdog"; }

private:
  bool load();
  void look();
  void judge(const alert_facts& facts);
  void tell(std::size_t which, bool firing);
  void sleep();

  surroundings_ptr around_;
  directory_actor locks_;
  reader_actor facts_;
  std::vector<alert_watch> watches_; ///< empty: what fires was not read yet
  std::size_t telling_ = 0;          ///< changes that are not durable yet
};

} // namespace holdfast
