// /api/mexc/trade of the service that Holdfast replaces, in its shapes.
// Must not know Boost or how trades are done.
#include "gateway/key_fields.hpp"
#include "gateway/routes.hpp"
#include "gateway/today.hpp"
#include "gateway/trade_call.hpp"
#include "gateway/trade_fields.hpp"

#include <algorithm>
#include <array>

namespace holdfast {

namespace {

constexpr std::array<std::string_view, 10> todays_members{
    "symbol", "side",  "type",          "quantity", "price",
    "userId", "queue", "snipeTargetId", "skipLock", "idempotencyKey",
};

/// The members that this call knows. The old service passed over all others,
/// and its clients send some (timeInForce, which the exchange never knew).
std::optional<std::string> known_members(const api_call& call,
                                         std::string& why) {
  std::vector<json_member> members;
  if (!split_members(call.request.body, {call.api.options.json_depth_max},
                     members, why))
    return std::nullopt;
  std::string out;
  json_writer to{out};
  to.begin_object();
  for (auto& member : members)
    if (std::ranges::find(todays_members, member.name) != todays_members.end())
      to.raw_member(member.name, member.value);
  to.end_object();
  return out;
}

std::variant<acquire_lock, problem> read_todays_trade(const api_call& call,
                                                      const std::string& key) {
  std::string why;
  auto known = known_members(call, why);
  if (!known)
    return invalid_request("The body is " + why + '.');
  body_fields body{*known, {call.api.options.json_depth_max}, todays_members};
  std::optional<problem> refusal;
  trade_request asked;
  asked.symbol = body.required_text("symbol");
  asked.side = body.required_text("side");
  asked.type = body.required_text("type");
  asked.quantity = body.amount("quantity");
  asked.price = body.amount("price");
  asked.owner_id = body.required_text("userId");
  if (!body.is_null("snipeTargetId"))
    asked.snipe_target = body.text("snipeTargetId");
  asked.emergency = flag_field(body, "skipLock", refusal);
  asked.otherwise = flag_field(body, "queue", refusal) ? when_locked::queue
                                                       : when_locked::reject;
  asked.idempotency_key = merge_keys(body, key, refusal);
  if (body.refusal())
    return *body.refusal();
  if (refusal)
    return *refusal;
  // Bots send the price they have seen with MARKET orders too.
  if (equal_ignoring_case(asked.type, "MARKET"))
    asked.price.clear();
  return prepare_trade(asked, *call.api.options.trades);
}

/// The exchange's order with what was asked for, as the old service gave it.
std::string order_json(const trade_record& trade) {
  std::string out;
  json_writer to{out};
  to.begin_object();
  std::vector<json_member> members;
  std::string why;
  split_members(trade.work.data, {}, members, why);
  for (auto& member : members)
    to.raw_member(member.name, member.value);
  members.clear();
  split_members(trade.order, {}, members, why);
  for (auto& member : members) {
    to.raw_member(member.name, member.value);
    if (member.name == "executedQuantity")
      to.raw_member("executedQty", member.value);
  }
  to.member("tradeId", to_string(trade.id)).end_object();
  return out;
}

http_response trade_response(const trade_answer& answer) {
  std::string body;
  json_writer to{body};
  auto& trade = answer.trade;
  if (auto failure = failure_of(trade)) {
    auto status = failure->code == errc::order_rejected ? 400U
                  : failure->code == errc::outcome_unknown
                      ? 409U
                      : kind_of(failure->code).status;
    to.begin_object()
        .member("success", false)
        .member("error", failure->detail)
        .member("message", to_string(failure->code));
    if (failure->code == errc::outcome_unknown)
      to.key("data")
          .begin_object()
          .member("effectId", to_string(trade.effect))
          .end_object();
    to.end_object();
    return json_response(status, std::move(body));
  }
  to.begin_object().member("success", true);
  if (!settled(trade.status)) {
    to.member("queued", true).key("data");
    if (answer.entry)
      append_json(to, *answer.entry);
    else
      append_json(to, trade);
    to.end_object();
    return json_response(202, std::move(body));
  }
  auto order = order_json(trade);
  to.raw_member("data", order).raw_member("order", order).end_object();
  return json_response(200, std::move(body));
}

/// Somebody else's trade holds the resource: says which.
void answer_held(actor_bridge& bridge, const queries_actor& queries,
                 const reply& answer, const std::string& resource,
                 const problem& why) {
  bridge.request(queries, get_resource{resource},
                 [answer, why](const answer_or_problem<resource_view>& result) {
                   std::string body;
                   json_writer to{body};
                   to.begin_object()
                       .member("success", false)
                       .member("error", "Trade already in progress")
                       .member("message", why.detail);
                   auto* view = std::get_if<resource_view>(&result);
                   to.key("lockStatus")
                       .begin_object()
                       .member("isLocked", true)
                       .member("lockId", why.lock_id)
                       .member("ownerId", why.holder)
                       .member("queueLength", view ? view->queue.size() : 0)
                       .end_object()
                       .end_object();
                   answer(json_response(409, std::move(body)));
                 });
}

} // namespace

void today_trade(api_call& call) {
  if (!call.api.options.trades)
    return call.answer(to_response(no_exchange()));
  std::optional<problem> refusal;
  auto key = header_key(call.request, refusal);
  if (refusal)
    return call.answer(to_response(*refusal));
  auto request = read_todays_trade(call, key);
  if (auto* refused = std::get_if<problem>(&request))
    return call.answer(to_response(*refused));
  auto& cmd = std::get<acquire_lock>(request);
  if (auto why = check_trader(call, cmd))
    return call.answer(to_response(*why));
  auto resource = cmd.resource;
  run_trade(call, std::move(cmd), true,
            [&bridge = call.bridge(), &queries = call.api.queries,
             answer = call.answer,
             resource](const answer_or_problem<trade_answer>& result) {
              auto* refused = std::get_if<problem>(&result);
              if (!refused)
                answer(trade_response(std::get<trade_answer>(result)));
              else if (refused->code == errc::held)
                answer_held(bridge, queries, answer, resource, *refused);
              else
                answer(to_response(*refused));
            });
}

} // namespace holdfast
