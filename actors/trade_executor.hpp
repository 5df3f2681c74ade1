// The executor of trades: writes the order down, asks the exchange for it, and
// says what came of it. Holds nothing that a restart would miss.
#pragma once

#include "actors/exchange.hpp"
#include "actors/internal.hpp"
#include "actors/order_watcher.hpp"
#include "rules/trade_rules.hpp"

#include <caf/actor_clock.hpp>
#include <caf/response_promise.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <memory>
#include <vector>

namespace holdfast {

/// One attempt on its way through the executor.
struct trade_attempt {
  enum class step : std::uint8_t {
    begin,     ///< write down, then send or ask
    reconcile, ///< is there an order?
    settle,    ///< there is: has it ended?
  };

  trade_record trade;
  place_order order;
  bool ask_first = false; ///< its order may be out already
  bool first = true;      ///< nothing was tried before
  caf::typed_response_promise<task_result> to;

  step next = step::begin;
  bool sent = false;       ///< by this attempt
  bool cancelling = false; ///< the exchange is asked to end it
  unsigned questions = 0;
  caf::actor_clock::time_point until; ///< of the step that asks
};

using trade_attempt_ptr = std::shared_ptr<trade_attempt>;

/// An executor that can put an attempt off, and be stopped.
using trade_executor_actor =
    executor_actor::extend<caf::reacts_to<trade_attempt_ptr>,
                           caf::replies_to<finish_sending>::with<bool>>;

// A trade's attempt:
//
//   run_task ──► begin_effect ──durable──► place_order ──► ended │ rejected │
//                    │                      ▲    │          not sent: again
//                    │   surely not there ──┘    ├─ open ──► settle: asked
//                    │         │                 │           until it ends,
//                    └─may be──► find_order ◄─unknown        then cancelled
//                      there         └─ in vain ──► unknown, order_watcher
class trade_executor : public trade_executor_actor::base {
public:
  /// `ledger` takes `begin_effect`. What cannot be waited for under the lock
  /// is handed to `watcher`.
  trade_executor(caf::actor_config& cfg, surroundings_ptr around,
                 locks_actor ledger, exchange_actor exchange,
                 order_watcher_actor watcher, order_patience patience);

  behavior_type make_behavior() override;
  void on_exit() override;
  const char* name() const override { return "trade_executor"; }

private:
  caf::result<task_result> run(const run_task& task);
  void go_on(const trade_attempt_ptr& what);
  void begin(const trade_attempt_ptr& what);
  void place(const trade_attempt_ptr& what);
  void placed(const trade_attempt_ptr& what, const order_report& report);
  void refused(const trade_attempt_ptr& what, const order_report& report);
  void reconcile(const trade_attempt_ptr& what);
  void missing(const trade_attempt_ptr& what);
  void accepted(const trade_attempt_ptr& what, const std::string& order);
  void settle(const trade_attempt_ptr& what);
  void ask_again(const trade_attempt_ptr& what, const order_report& heard);
  void give_up(const trade_attempt_ptr& what, const std::string& why);
  void answer(const trade_attempt_ptr& what, task_result result);

  surroundings_ptr around_;
  locks_actor ledger_;
  exchange_actor exchange_;
  order_watcher_actor watcher_;
  order_patience patience_;
  std::size_t sending_ = 0;
  bool stopping_ = false;
  std::vector<caf::typed_response_promise<bool>> finished_;
};

} // namespace holdfast

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::trade_attempt_ptr)
