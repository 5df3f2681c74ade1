// Follows orders that the node does not wait for any more: those that rest in
// the exchange's book, and those whose outcome is unknown. Asks the exchange,
// and tells the trade's owner what it says.
#pragma once

#include "actors/exchange.hpp"
#include "actors/internal.hpp"

#include <caf/actor_clock.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <map>
#include <string>
#include <vector>

namespace holdfast {

/// Follow this trade's order: its outcome is unknown, or it rests.
struct watch_order {
  trade_record trade;
};

/// Read the trades of this status once more, from here on.
struct load_open {
  trade_status status = trade_status::in_doubt;
  std::string cursor;
};

using order_watcher_actor =
    caf::typed_actor<caf::reacts_to<watch_order>, caf::reacts_to<load_open>,
                     caf::reacts_to<tick>>;

// An order's way here:
//
//   in doubt ── there it is ──► resolved as done ── rests? ──┐
//      └── surely not there ──► resolved as retry            ▼
//   rests ──── asked at growing intervals, each change told ── ended
class order_watcher : public order_watcher_actor::base {
public:
  /// Begins with the trades that the store has in doubt or resting. Orders
  /// that rest are followed for `follow_ms`.
  order_watcher(caf::actor_config& cfg, surroundings_ptr around,
                locks_actor locks, queries_actor queries,
                exchange_actor exchange, std::int64_t follow_ms);

  behavior_type make_behavior() override;
  void on_exit() override;
  const char* name() const override { return "order_watcher"; }

private:
  using time_point = caf::actor_clock::time_point;
  struct watched {
    trade_record trade;
    std::string client_order_id;
    std::string symbol;
    bool resting_type = false;
    time_point due;
    time_point until; ///< not followed any longer, unless in doubt
    std::int64_t interval_ms = 1000;
    bool asking = false;
  };

  void load(trade_status status, const std::string& cursor);
  void add(trade_record trade);
  void schedule();
  void ask_due();
  void ask(std::uint64_t trade, const watched& w);
  void heard(std::uint64_t trade, const order_report& report);
  void resolve(std::uint64_t trade, resolution outcome,
               const std::string& order, const std::string& reason);
  void update(std::uint64_t trade, const std::string& order);
  void look_again(std::uint64_t trade);
  void again(std::uint64_t trade, std::int64_t not_before_ms = 0);

  surroundings_ptr around_;
  locks_actor locks_;
  queries_actor queries_;
  exchange_actor exchange_;
  std::int64_t follow_ms_;
  std::map<std::uint64_t, watched> orders_; ///< by trade number
  std::size_t asking_ = 0;
  bool ticking_ = false;
};

} // namespace holdfast

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::watch_order)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::load_open)
