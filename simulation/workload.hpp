// What is done to a node in a run, and what must hold: the part that whoever
// tests actors of their own writes.
#pragma once

#include "simulation/fault_counts.hpp"
#include "simulation/world.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast::simulation {

/// Clients of one kind, with what they were told. Several share one world.
/// Whatever is found wrong goes to `world::blame`. In `act` and `look` the node
/// may be failing in any way: only what was answered may be relied upon.
class workload {
public:
  explicit workload(world& in) : world_(in) {}
  virtual ~workload() = default;
  workload(const workload&) = delete;
  workload& operator=(const workload&) = delete;

  /// A node has started: register executors, exchanges, messengers.
  virtual void come() {}
  /// The node is dead: calls under way are never answered.
  virtual void broken() {}
  /// How many calls wait for an answer.
  virtual std::size_t unanswered() const { return 0; }
  /// One thing that a client, an operator or the outside does.
  virtual void act() = 0;
  /// After every step; has to be cheap.
  virtual void look() {}
  /// The faults of the outside stop; what a patient operator does about what
  /// they left. Called several times, with minutes in between.
  virtual void calm() {}
  /// All must have settled: what has to be true now.
  virtual void judge() {}
  /// Adds the faults that this workload's outside has made.
  virtual void count(fault_counts& to) const { (void)to; }

protected:
  dice& random() { return world_.random(); }
  /// A row of every record in `t` on the disk, in the order of the keys.
  void each_row(table t,
                const std::function<void(std::uint64_t number,
                                         std::string_view row)>& f) const;

  world& world_;
};

using workloads = std::vector<std::unique_ptr<workload>>;

/// A kind of run: who takes part, and on what a node.
struct recipe {
  std::string name;
  std::string about; ///< one line for people
  std::function<void(world::settings&)> tune;
  std::function<workloads(world&)> cast;
};

/// Those of Holdfast's own; "mixed" has all of them.
const std::vector<recipe>& recipes();
/// Null when there is none of this name.
const recipe* find_recipe(std::string_view name);

} // namespace holdfast::simulation
