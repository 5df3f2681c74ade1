// A broker's bridge that misbehaves in every way that an adapter can tell of.
#pragma once

#include "actors/position_source.hpp"
#include "simulation/world.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace holdfast::simulation {

/// Lives outside the node, as the broker does.
class faulty_bridge {
public:
  /// What the broker knows at this moment.
  struct broker {
    std::function<std::vector<position_event>()> open;
    /// Empty: the position has no closing deal.
    std::function<std::string(const std::string& position_id)> close_price;
  };

  /// `trouble`: of a hundred requests, so many meet a fault.
  faulty_bridge(world& in, broker truth, std::uint64_t trouble = 30);

  /// The node's way to it; spawn one for each start of a node, and give it to
  /// `world::feed_from`.
  position_source_actor connect();

  /// No more faults.
  void calm() { trouble_ = 0; }

  /// Faults made so far, by kind.
  const fault_counts& met() const { return met_; }

  // -- for the actor ----------------------------------------------------------

  struct answer {
    fetched_positions list;
    std::int64_t after_ms = 0;
  };
  answer list();
  fetched_close close_of(const std::string& position_id);

private:
  world& world_;
  broker truth_;
  std::uint64_t trouble_;
  fault_counts met_;
};

} // namespace holdfast::simulation
