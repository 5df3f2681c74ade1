// Trades.
// Must not know Boost or how trades are done.
#include "gateway/key_fields.hpp"
#include "gateway/routes.hpp"
#include "gateway/trade_call.hpp"
#include "gateway/trade_fields.hpp"

#include <array>

namespace holdfast {

namespace {

constexpr std::array<std::string_view, 13> trade_members{
    "symbol",         "side",     "type",          "quantity", "quoteQuantity",
    "price",          "ownerId",  "snipeTargetId", "priority", "emergency",
    "idempotencyKey", "onLocked", "waitMs",
};

std::variant<acquire_lock, problem> read_trade(const api_call& call,
                                               const std::string& key) {
  auto& options = call.api.options;
  body_fields body{call.request.body, {options.json_depth_max}, trade_members};
  if (body.refusal())
    return *body.refusal();
  std::optional<problem> refusal;
  trade_request asked;
  asked.symbol = body.required_text("symbol");
  asked.side = body.required_text("side");
  asked.type = body.required_text("type");
  asked.quantity = body.amount("quantity");
  asked.quote_quantity = body.amount("quoteQuantity");
  asked.price = body.amount("price");
  asked.owner_id = body.required_text("ownerId");
  if (!body.is_null("snipeTargetId"))
    asked.snipe_target = body.text("snipeTargetId");
  asked.priority =
      static_cast<std::uint8_t>(body.integer("priority", 1, 10, 0));
  asked.emergency = flag_field(body, "emergency", refusal);
  asked.idempotency_key = merge_keys(body, key, refusal);
  body.choice("onLocked", "reject, queue, wait", asked.otherwise);
  asked.wait_ms = body.integer("waitMs", 1, wait_max_ms, asked.wait_ms);
  if (body.refusal())
    return *body.refusal();
  if (refusal)
    return *refusal;
  return prepare_trade(asked, *options.trades);
}

http_response to_trade_response(const answer_or_problem<trade_answer>& result) {
  if (auto* refused = std::get_if<problem>(&result))
    return to_response(*refused);
  auto& answer = std::get<trade_answer>(result);
  auto& trade = answer.trade;
  if (auto failure = failure_of(trade))
    return to_response(
        *failure, {{"tradeId", to_string(trade.id)},
                   {"effectId", trade.effect ? to_string(trade.effect) : ""},
                   {"exchangeCode", exchange_code_of(trade)}});
  std::string body;
  json_writer to{body};
  to.begin_object();
  append_members(to, trade);
  if (answer.entry) {
    to.key("entry");
    append_json(to, *answer.entry);
  }
  to.end_object();
  auto under_way = !settled(trade.status);
  auto out = json_response(under_way         ? 202
                           : answer.replayed ? 200
                                             : 201,
                           std::move(body));
  if (answer.replayed)
    out.headers.push_back({"Idempotent-Replayed", "true"});
  out.headers.push_back(
      {"Location", answer.entry
                       ? "/v1/queue/" + to_string(answer.entry->record.id)
                       : "/v1/trades/" + to_string(trade.id)});
  return out;
}

} // namespace

bool flag_field(const body_fields& body, std::string_view name,
                std::optional<problem>& refusal) {
  auto json = body.json(name);
  if (json != "true" && json != "false" && json != "null" && !json.empty() &&
      !refusal)
    refusal = invalid_request(std::string{name} + " must be true or false.");
  return json == "true";
}

std::optional<problem> check_trader(const api_call& call,
                                    const acquire_lock& cmd) {
  if (auto why = call.check_owner(cmd.owner_id))
    return why;
  if (!cmd.emergency || call.identity.may(scope::operate))
    return std::nullopt;
  problem why;
  why.code = errc::forbidden;
  why.detail = "An emergency needs the scope operate; the token '" +
               call.identity.name + "' has " +
               std::string{to_string(call.identity.level)} + '.';
  return why;
}

problem no_exchange() {
  problem what;
  what.code = errc::exchange_unavailable;
  what.detail = "This node does not trade: [trades] exchange is \"none\".";
  return what;
}

void make_trade(api_call& call) {
  if (!call.api.options.trades)
    return call.refuse(no_exchange());
  std::optional<problem> refusal;
  auto key = header_key(call.request, refusal);
  if (refusal)
    return call.refuse(*refusal);
  auto request = read_trade(call, key);
  if (auto* refused = std::get_if<problem>(&request))
    return call.refuse(*refused);
  auto& cmd = std::get<acquire_lock>(request);
  if (auto why = check_trader(call, cmd))
    return call.refuse(*why);
  run_trade(
      call, std::move(cmd), false,
      [reply = call.answer](const answer_or_problem<trade_answer>& result) {
        reply(to_trade_response(result));
      });
}

void show_trade(api_call& call) {
  auto id = call.id_param<id_kind::trade>("trade");
  if (!id)
    return;
  watch_trade cmd;
  cmd.id = *id;
  forward(call, call.api.locks, std::move(cmd));
}

void show_trades(api_call& call) {
  list_trades cmd;
  cmd.resource = call.query.text("resourceId");
  cmd.owner_id = call.query.text("ownerId");
  cmd.any_status = !call.query.choice(
      "status",
      "queued, executing, filled, partially_filled, placed, rejected, failed, "
      "in_doubt, cancelled",
      cmd.status);
  cmd.page = read_page(call.query);
  if (call.query.refusal())
    return call.refuse(*call.query.refusal());
  forward(call, call.api.queries, std::move(cmd));
}

} // namespace holdfast
