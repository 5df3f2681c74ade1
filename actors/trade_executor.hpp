// The executor of trades: writes the order down, asks the exchange for it, and
// says what came of it. Holds nothing that a restart would miss.
#pragma once

#include "actors/exchange.hpp"
#include "actors/interfaces.hpp"

#include <caf/response_promise.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

namespace holdfast {

/// One attempt on its way through the executor.
struct trade_attempt {
  lock_id lock;
  bool recovered = false; ///< its order may be out already
  place_order order;
  caf::typed_response_promise<task_result> to;
};

/// An executor that can put an attempt off.
using trade_executor_actor =
    executor_actor::extend<caf::reacts_to<trade_attempt>>;

// A trade's attempt:
//
//   run_task ──► begin_effect ──durable──► place_order ──► done │ rejected │
//                    │                         ▲           try again later │
//                    └─recovered─► find_order ─┘           unknown
//                                       surely not there
class trade_executor : public trade_executor_actor::base {
public:
  /// `ledger` takes `begin_effect`.
  trade_executor(caf::actor_config& cfg, locks_actor ledger,
                 exchange_actor exchange);

  behavior_type make_behavior() override;
  void on_exit() override;
  const char* name() const override { return "trade_executor"; }

private:
  void begin(const trade_attempt& what);
  void reconcile(const trade_attempt& what);
  void place(const trade_attempt& what);

  locks_actor ledger_;
  exchange_actor exchange_;
};

} // namespace holdfast

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::trade_attempt)
