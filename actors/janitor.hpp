// Removes what is too old. Expiry never waits for it.
#pragma once

#include "actors/internal.hpp"

#include <caf/typed_event_based_actor.hpp>

namespace holdfast {

class janitor : public janitor_actor::base {
public:
  janitor(caf::actor_config& cfg, surroundings_ptr around,
          persistence_actor persistence);

  behavior_type make_behavior() override;
  void on_exit() override;
  const char* name() const override { return "janitor"; }

private:
  void sleep();
  void clean(purge_request what);

  surroundings_ptr around_;
  persistence_actor persistence_;
};

} // namespace holdfast
