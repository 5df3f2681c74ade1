#include "actors/trade_executor.hpp"

#include "actors/internal.hpp"
#include "messages/json_text.hpp"
#include "messages/json_writer.hpp"
#include "rules/trade_rules.hpp"

namespace holdfast {

namespace {

/// How long an attempt is put off while the ledger cannot be written.
constexpr std::chrono::milliseconds begin_again_after{250};

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

/// Promises are handles: a copy answers as well.
void answer(const trade_attempt& what, task_result result) {
  auto to = what.to;
  to.deliver(std::move(result));
}

} // namespace

trade_executor::trade_executor(caf::actor_config& cfg, locks_actor ledger,
                               exchange_actor exchange)
    : trade_executor_actor::base(cfg), ledger_(std::move(ledger)),
      exchange_(std::move(exchange)) {}

void trade_executor::on_exit() {
  let_go(ledger_);
  let_go(exchange_);
}

trade_executor::behavior_type trade_executor::make_behavior() {
  return {
      [this](const run_task& task) {
        auto to = make_response_promise<task_result>();
        const auto& work = task.lock.work;
        auto terms = read_terms(work.data);
        if (!terms) {
          auto why = "the data of the transaction is no trade: symbol, side "
                     "and type are needed";
          to.deliver(task_result{task_result::failed,
                                 {},
                                 why,
                                 0,
                                 failure_json(errc::invalid, {}, why)});
          return to;
        }
        begin({task.lock.id,
               task.recovered,
               {client_order_id(work.resource, work.idempotency_key,
                                trade_of(task.lock).number),
                std::move(terms->symbol), std::move(terms->side),
                std::move(terms->type), std::move(terms->quantity),
                std::move(terms->quote_quantity), std::move(terms->price)},
               to});
        return to;
      },
      [this](const trade_attempt& what) { begin(what); },
  };
}

/// The token is checked, and the intent durable, before anything is sent.
void trade_executor::begin(const trade_attempt& what) {
  request(ledger_, caf::infinite,
          begin_effect{{}, what.lock, "order", intent_of(what.order)})
      .then(
          [this, what](const effect_record&) {
            if (what.recovered)
              reconcile(what);
            else
              place(what);
          },
          [this, what](const caf::error& why) {
            auto p = to_problem(why);
            // This attempt has sent nothing; but what an earlier one did is
            // not known before the exchange was asked.
            if (what.recovered && p.code != errc::stale_lock)
              return delayed_send(this, begin_again_after, what);
            answer(what,
                   {task_result::retryable,
                    {},
                    p.detail,
                    p.retry_after_ms,
                    failure_json(errc::exchange_unavailable, {}, p.detail)});
          });
}

void trade_executor::reconcile(const trade_attempt& what) {
  auto unknown = [what](const std::string& why) {
    answer(what, to_result({order_report::unknown, {}, {}, why, 0}));
  };
  request(exchange_, caf::infinite,
          find_order{what.order.client_order_id, what.order.symbol})
      .then(
          [this, what, unknown](const order_report& report) {
            if (report.kind == order_report::not_found)
              place(what);
            else if (report.kind == order_report::accepted)
              answer(what, to_result(report));
            else
              unknown(report.message);
          },
          [unknown](const caf::error& why) {
            unknown(to_problem(why).detail);
          });
}

void trade_executor::place(const trade_attempt& what) {
  request(exchange_, caf::infinite, what.order)
      .then(
          [what](const order_report& report) {
            answer(what, to_result(report));
          },
          [what](const caf::error& why) {
            answer(what, to_result({order_report::unknown,
                                    {},
                                    {},
                                    to_problem(why).detail,
                                    0}));
          });
}

} // namespace holdfast
