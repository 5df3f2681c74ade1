#include "gateway/trade_call.hpp"

#include <algorithm>

namespace holdfast {

namespace {

class trade_run : public std::enable_shared_from_this<trade_run> {
public:
  trade_run(const api_call& call, acquire_lock cmd, bool join,
            trade_handler then)
      : bridge_(call.bridge()), locks_(call.api.locks), cmd_(std::move(cmd)),
        join_(join), then_(std::move(then)) {
    cmd_.caller = call.api.next_caller();
    call.answer.answer_within(std::chrono::milliseconds{2 * cmd_.wait_ms} +
                              call.api.options.limits.answer_timeout);
    caller_watch::over(call.answer)
        ->when_gone([&bridge = bridge_, &locks = locks_,
                     gone = abandon_wait{cmd_.resource, cmd_.caller}] {
          bridge.tell(locks, gone);
        });
  }

  void begin() {
    bridge_.request(locks_, cmd_,
                    [self = shared_from_this()](
                        const answer_or_problem<acquire_answer>& result) {
                      self->acquired(result);
                    });
  }

private:
  void acquired(const answer_or_problem<acquire_answer>& result) {
    if (auto* refused = std::get_if<problem>(&result)) {
      auto flight = parse_id<id_kind::lock>(refused->lock_id);
      if (join_ && refused->code == errc::in_progress && flight)
        return watch({cmd_.resource, {}, *flight, cmd_.wait_ms, cmd_.caller});
      return then_(*refused);
    }
    auto& answer = std::get<acquire_answer>(result);
    if (answer.outcome == acquire_outcome::queued)
      return then_(
          trade_answer{to_trade(answer.entry.record), false, answer.entry});
    replayed_ = answer.outcome == acquire_outcome::replayed;
    watch(
        {cmd_.resource, trade_of(answer.lock), {}, cmd_.wait_ms, cmd_.caller});
  }

  void watch(watch_trade what) {
    bridge_.request(
        locks_, std::move(what),
        [self = shared_from_this()](answer_or_problem<trade_record> result) {
          if (auto* refused = std::get_if<problem>(&result))
            self->then_(std::move(*refused));
          else
            self->then_(trade_answer{std::get<trade_record>(std::move(result)),
                                     self->replayed_, std::nullopt});
        });
  }

  actor_bridge& bridge_;
  const locks_actor& locks_;
  acquire_lock cmd_;
  const bool join_;
  bool replayed_ = false;
  trade_handler then_;
};

/// The text of one member of a JSON object; empty when there is none.
std::string member_of(const std::string& object, std::string_view name) {
  std::vector<json_member> members;
  std::string why;
  if (object.empty() || !split_members(object, {}, members, why))
    return {};
  auto found = std::ranges::find(members, name, &json_member::name);
  return found == members.end()
             ? std::string{}
             : decode_string(found->value).value_or(std::string{});
}

problem with_code(errc code, std::string detail) {
  problem what;
  what.code = code;
  what.detail = std::move(detail);
  return what;
}

} // namespace

void run_trade(const api_call& call, acquire_lock cmd, bool join,
               trade_handler then) {
  std::make_shared<trade_run>(call, std::move(cmd), join, std::move(then))
      ->begin();
}

void append_members(json_writer& to, const trade_record& x) {
  to.member("tradeId", to_string(x.id)).member("resourceId", x.work.resource);
  // An emergency works beside the lock, not under one.
  if (x.lock && !x.emergency)
    to.member("lockId", to_string(x.lock));
  std::vector<json_member> terms;
  std::string why;
  split_members(x.work.data, {}, terms, why);
  for (auto& term : terms)
    to.raw_member(term.name, term.value);
  to.member("ownerId", x.work.owner_id)
      .member("idempotencyKey", x.work.idempotency_key)
      .member("priority", x.work.priority)
      .member("status", to_string(x.status));
  if (x.emergency)
    to.member("emergency", true);
  if (x.effect)
    to.member("effectId", to_string(x.effect));
  if (!x.order.empty())
    to.raw_member("order", x.order);
  if (!x.error.empty())
    to.member("error", x.error);
  if (auto code = exchange_code_of(x); !code.empty())
    to.member("exchangeCode", code);
  to.member("createdAt", timestamp(x.created_at_ms))
      .member("updatedAt", timestamp(x.updated_at_ms));
}

void append_json(json_writer& to, const trade_record& x) {
  to.begin_object();
  append_members(to, x);
  to.end_object();
}

std::optional<problem> failure_of(const trade_record& trade) {
  switch (trade.status) {
  case trade_status::rejected:
    return with_code(errc::order_rejected, trade.error);
  case trade_status::failed:
    return with_code(errc::exchange_unavailable, trade.error);
  case trade_status::in_doubt:
    return with_code(errc::outcome_unknown, trade.error);
  case trade_status::cancelled:
    if (trade.order.empty())
      return with_code(errc::cancelled,
                       "The trade was cancelled: " + trade.error + '.');
    break;
  default:
    break;
  }
  return std::nullopt;
}

std::string exchange_code_of(const trade_record& trade) {
  return member_of(trade.failure, "exchangeCode");
}

} // namespace holdfast
