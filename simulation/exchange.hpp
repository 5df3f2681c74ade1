// An exchange that misbehaves in every way that an exchange adapter can tell
// of, and whose book is the judge.
#pragma once

#include "actors/exchange.hpp"
#include "simulation/world.hpp"

#include <cstdint>
#include <map>
#include <string>

namespace holdfast::simulation {

/// Lives outside the node: what it has accepted stays, whatever becomes of the
/// node. An order that is sent again though it is there is blamed at once. All
/// times are virtual.
class faulty_exchange {
public:
  struct order {
    place_order asked;
    /// From then on it is filled, all of it; until then not at all, or half.
    std::int64_t fills_at_ms = 0;
    bool half_at_once = false;
    bool cancelled = false;
    unsigned times = 1; ///< how often it was sent and accepted
  };

  /// `trouble`: of a hundred requests, so many meet a fault. An order that is
  /// lost or late has arrived or not `late_ms` after it was sent, at the
  /// latest; the node's `order_patience::reconcile_ms` has to be longer.
  explicit faulty_exchange(world& in, std::uint64_t trouble = 50,
                           std::int64_t late_ms = 10'000);

  /// The node's way to it; spawn one for each start of a node, and give it to
  /// `world::trade_on`, or send it orders yourself.
  exchange_actor connect();

  /// No more faults.
  void calm() { trouble_ = 0; }

  /// Accepted orders by their client order ids.
  const std::map<std::string, order>& book() const { return book_; }
  /// May an order of this id still arrive?
  bool on_its_way(const std::string& client_order_id) const;
  /// The order as the exchange tells it: JSON as in `order_report::order`.
  std::string tell(const std::string& client_order_id) const;
  /// Faults made so far, by kind.
  const fault_counts& met() const { return met_; }

  // -- for the actor ----------------------------------------------------------

  /// A report, and how long the answer takes.
  struct answer {
    order_report report;
    std::int64_t after_ms = 0;
  };
  answer place(const place_order& what);
  answer find(const find_order& what);
  answer cancel(const cancel_order& what);

private:
  struct late_order {
    place_order asked;
    std::int64_t at_ms = 0;
    bool lost = false;
  };

  void accept(const place_order& what);
  void arrive();
  order_report seen(const std::string& id) const;
  bool fault(const char* kind);

  world& world_;
  std::uint64_t trouble_;
  std::int64_t late_ms_;
  std::map<std::string, order> book_;
  std::map<std::string, late_order> late_;
  fault_counts met_;
};

} // namespace holdfast::simulation
