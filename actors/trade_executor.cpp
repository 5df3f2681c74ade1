#include "actors/trade_executor.hpp"

#include "actors/internal.hpp"
#include "messages/json_text.hpp"
#include "messages/json_writer.hpp"
#include "rules/trade_rules.hpp"

#include <algorithm>

namespace holdfast {

namespace {

/// How long an attempt is put off while the ledger cannot be written.
constexpr std::chrono::milliseconds begin_again_after{250};
/// How long while the node is paused.
constexpr std::chrono::milliseconds paused_again_after{500};
constexpr std::int64_t question_min_ms = 200;
constexpr std::int64_t quiet_max_ms = 5000;

/// What is known of a failure, for the ledger and the trade.
std::string failure_json(errc code, const std::string& exchange_code,
                         const std::string& message) {
  std::string text;
  json_writer to{text};
  to.begin_object().member("code", to_string(code));
  if (!exchange_code.empty())
    to.member("exchangeCode", exchange_code);
  to.member("message", message).end_object();
  return text;
}

task_result to_result(const order_report& report) {
  task_result result;
  result.error = report.message;
  switch (report.kind) {
  case order_report::accepted:
    result.kind = task_result::done;
    result.result = report.order;
    result.error.clear();
    return result;
  case order_report::rejected:
    result.kind = task_result::failed;
    result.failure = failure_json(errc::order_rejected, report.exchange_code,
                                  report.message);
    return result;
  case order_report::unavailable:
    result.kind = task_result::retryable;
    result.retry_after_ms = report.retry_after_ms;
    result.failure =
        failure_json(errc::exchange_unavailable, {}, report.message);
    return result;
  case order_report::not_found:
  case order_report::unknown:
    break;
  }
  result.kind = task_result::unknown;
  result.failure = failure_json(errc::outcome_unknown, {}, report.message);
  return result;
}

std::string intent_of(const place_order& order) {
  std::string text;
  json_writer to{text};
  to.begin_object().member("clientOrderId", order.client_order_id);
  auto member = [&](std::string_view name, const std::string& value) {
    if (!value.empty())
      to.member(name, value);
  };
  member("symbol", order.symbol);
  member("side", order.side);
  member("type", order.type);
  member("quantity", order.quantity);
  member("quoteQuantity", order.quote_quantity);
  member("price", order.price);
  to.end_object();
  return text;
}

} // namespace

trade_executor::trade_executor(caf::actor_config& cfg, surroundings_ptr around,
                               locks_actor ledger, exchange_actor exchange,
                               order_watcher_actor watcher,
                               order_patience patience)
    : trade_executor_actor::base(cfg), around_(std::move(around)),
      ledger_(std::move(ledger)), exchange_(std::move(exchange)),
      watcher_(std::move(watcher)), patience_(patience) {}

void trade_executor::on_exit() {
  let_go(ledger_);
  let_go(exchange_);
  let_go(watcher_);
  finished_.clear();
}

trade_executor::behavior_type trade_executor::make_behavior() {
  return {
      [this](const run_task& task) { return run(task); },
      [this](const trade_attempt_ptr& what) { go_on(what); },
      [this](const finish_sending&) -> caf::result<bool> {
        stopping_ = true;
        if (sending_ == 0)
          return true;
        finished_.push_back(make_response_promise<bool>());
        return finished_.back();
      },
  };
}

caf::result<task_result> trade_executor::run(const run_task& task) {
  const auto& work = task.lock.work;
  auto terms = read_terms(work.data);
  if (!terms) {
    auto why = "the data of the transaction is no trade: symbol, side and type "
               "are needed";
    return task_result{
        task_result::failed, {}, why, 0, failure_json(errc::invalid, {}, why)};
  }
  auto what = std::make_shared<trade_attempt>();
  what->trade = to_trade(task.lock);
  what->order = {client_order_id(work.resource, work.idempotency_key,
                                 what->trade.id.number),
                 std::move(terms->symbol),
                 std::move(terms->side),
                 std::move(terms->type),
                 std::move(terms->quantity),
                 std::move(terms->quote_quantity),
                 std::move(terms->price)};
  // The node that a backup was taken of may have sent it afterwards.
  what->ask_first =
      task.recovered || what->trade.id.number < around_->restored_below;
  what->first = !what->ask_first && task.lock.attempts == 1;
  what->to = make_response_promise<task_result>();
  begin(what);
  return what->to;
}

void trade_executor::go_on(const trade_attempt_ptr& what) {
  if (stopping_)
    return; // it stands in the ledger: the next start asks for it
  switch (what->next) {
  case trade_attempt::step::begin:
    return begin(what);
  case trade_attempt::step::reconcile:
    return reconcile(what);
  case trade_attempt::step::settle:
    return settle(what);
  }
}

/// The token is checked, and the intent durable, before anything is sent.
void trade_executor::begin(const trade_attempt_ptr& what) {
  request(ledger_, caf::infinite,
          begin_effect{{}, what->trade.lock, "order", intent_of(what->order)})
      .then(
          [this, what](const effect_record&) {
            what->until = clock().now() +
                          std::chrono::milliseconds(patience_.reconcile_ms);
            if (what->ask_first)
              reconcile(what);
            else
              place(what);
          },
          [this, what](const caf::error& why) {
            auto p = to_problem(why);
            // This attempt has sent nothing; but what an earlier one did is
            // not known before the exchange was asked.
            if (what->ask_first && p.code != errc::stale_lock)
              return delayed_send(this, begin_again_after, what);
            answer(what,
                   {task_result::retryable,
                    {},
                    p.detail,
                    p.retry_after_ms,
                    failure_json(errc::exchange_unavailable, {}, p.detail)});
          });
}

void trade_executor::place(const trade_attempt_ptr& what) {
  if (stopping_)
    return; // as in `go_on`
  what->sent = true;
  ++sending_;
  auto sent = [this, what](const order_report& report) {
    placed(what, report);
    if (--sending_ > 0)
      return;
    for (auto& to : std::exchange(finished_, {}))
      to.deliver(true);
  };
  request(exchange_, caf::infinite, what->order)
      .then(sent, [sent](const caf::error& why) {
        sent({order_report::unknown, {}, {}, to_problem(why).detail, 0});
      });
}

void trade_executor::placed(const trade_attempt_ptr& what,
                            const order_report& report) {
  switch (report.kind) {
  case order_report::accepted:
    return accepted(what, report.order);
  case order_report::rejected:
    return refused(what, report);
  case order_report::unavailable:
    return answer(what, to_result(report));
  case order_report::not_found:
  case order_report::unknown:
    break;
  }
  what->next = trade_attempt::step::reconcile;
  what->until =
      clock().now() + std::chrono::milliseconds(patience_.reconcile_ms);
  ask_again(what, report);
}

/// An exchange may refuse a name that it has an order for: then that order is
/// the outcome, not the refusal.
void trade_executor::refused(const trade_attempt_ptr& what,
                             const order_report& report) {
  if (what->first)
    return answer(what, to_result(report));
  request(exchange_, caf::infinite,
          find_order{what->order.client_order_id, what->order.symbol})
      .then(
          [this, what, report](const order_report& found) {
            if (found.kind == order_report::accepted)
              accepted(what, found.order);
            else
              answer(what, to_result(report));
          },
          [this, what, report](const caf::error&) {
            answer(what, to_result(report));
          });
}

void trade_executor::reconcile(const trade_attempt_ptr& what) {
  what->next = trade_attempt::step::reconcile;
  auto heard = [this, what](const order_report& report) {
    if (report.kind == order_report::accepted)
      return accepted(what, report.order);
    if (report.kind == order_report::not_found)
      return missing(what);
    ask_again(what, report);
  };
  request(exchange_, caf::infinite,
          find_order{what->order.client_order_id, what->order.symbol})
      .then(heard, [heard](const caf::error& why) {
        heard({order_report::unknown, {}, {}, to_problem(why).detail, 0});
      });
}

/// There is surely no such order, and none will come.
void trade_executor::missing(const trade_attempt_ptr& what) {
  if (around_->paused.load() && !what->trade.emergency) {
    // Sending it would be a new act; the lock waits for the operator.
    what->until =
        clock().now() + std::chrono::milliseconds(patience_.reconcile_ms);
    delayed_send(this, paused_again_after, what);
    return;
  }
  if (!what->sent)
    return place(what);
  // Sent, and never arrived: as if it had not been sent, so that the number
  // of attempts bounds how often that may happen.
  auto why = "the order did not reach the exchange";
  answer(what, {task_result::retryable,
                {},
                why,
                0,
                failure_json(errc::exchange_unavailable, {}, why)});
}

/// The exchange has the order. What waits in its book by its nature is done
/// with that; everything else holds the lock until it has ended.
void trade_executor::accepted(const trade_attempt_ptr& what,
                              const std::string& order) {
  auto open = is_open(order);
  auto resting = is_resting_type(what->order.type);
  if (open && !resting) {
    if (what->next != trade_attempt::step::settle) {
      what->next = trade_attempt::step::settle;
      what->questions = 0;
      what->until =
          clock().now() + std::chrono::milliseconds(patience_.settle_ms);
    }
    return ask_again(what, {order_report::unknown,
                            {},
                            {},
                            "the order is still open at the exchange",
                            0});
  }
  answer(what, {task_result::done, order, {}, 0});
  if (!open)
    return;
  what->trade.status = status_of_order(order);
  what->trade.order = order;
  send(watcher_, watch_order{what->trade});
}

void trade_executor::settle(const trade_attempt_ptr& what) {
  auto heard = [this, what](const order_report& report) {
    if (report.kind == order_report::accepted)
      return accepted(what, report.order);
    ask_again(what, report);
  };
  auto failed = [heard](const caf::error& why) {
    heard({order_report::unknown, {}, {}, to_problem(why).detail, 0});
  };
  auto& order = what->order;
  if (!what->cancelling && clock().now() >= what->until) {
    // What is left of it shall not be executed at some time when nobody
    // expects it any more.
    what->cancelling = true;
    what->questions = 0;
    what->until =
        clock().now() + std::chrono::milliseconds(patience_.reconcile_ms);
  }
  // A cancellation gets lost as anything does: as long as the order is open it
  // is repeated, by turns with the question what has become of it.
  if (what->cancelling && what->questions % 2 == 0) {
    request(exchange_, caf::infinite,
            cancel_order{order.client_order_id, order.symbol})
        .then(heard, failed);
    return;
  }
  request(exchange_, caf::infinite,
          find_order{order.client_order_id, order.symbol})
      .then(heard, failed);
}

void trade_executor::ask_again(const trade_attempt_ptr& what,
                               const order_report& heard) {
  auto now = clock().now();
  auto settling = what->next == trade_attempt::step::settle;
  if (now >= what->until && (!settling || what->cancelling))
    return give_up(what, heard.message);
  auto pause_ms =
      std::min(question_min_ms << std::min(what->questions, 10U), quiet_max_ms);
  ++what->questions;
  std::chrono::nanoseconds pause =
      std::chrono::milliseconds(std::max(pause_ms, heard.retry_after_ms));
  // The last question comes when the time is over, not long before.
  if (now < what->until)
    pause = std::min<std::chrono::nanoseconds>(pause, what->until - now);
  delayed_send(this, pause, what);
}

void trade_executor::give_up(const trade_attempt_ptr& what,
                             const std::string& why) {
  around_->warn(to_string(what->trade.id) + " on " + what->trade.work.resource +
                " is in doubt: " + why);
  answer(what, to_result({order_report::unknown, {}, {}, why, 0}));
  what->trade.status = trade_status::in_doubt;
  send(watcher_, watch_order{what->trade});
}

/// Promises are handles: a copy answers as well.
void trade_executor::answer(const trade_attempt_ptr& what, task_result result) {
  auto to = what->to;
  to.deliver(std::move(result));
}

} // namespace holdfast
