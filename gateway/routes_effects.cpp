// The ledger of effects, and the operator's word on what nobody else knows.
// Must not know Boost or how effects are done.
#include "gateway/routes.hpp"
#include "messages/json_writer.hpp"

#include <array>

namespace holdfast {

namespace {

constexpr std::array<std::string_view, 3> resolve_members{"outcome", "reason",
                                                          "reference"};

std::string client_order_id_of(const effect_record& effect) {
  std::vector<json_member> members;
  std::string why;
  if (split_members(effect.intent, {}, members, why))
    for (const auto& member : members)
      if (member.name == "clientOrderId")
        return decode_string(member.value).value_or(std::string{});
  return {};
}

/// What an operator knows of something that was done: as much as he says, and
/// nothing else. The rest is asked of the exchange when it can be.
std::string result_of(const effect_record& effect,
                      const std::string& reference) {
  std::string text;
  json_writer to{text};
  to.begin_object();
  auto is_order = effect.kind == "order";
  if (!reference.empty())
    to.member(is_order ? "orderId" : "reference", reference);
  if (is_order)
    to.member("clientOrderId", client_order_id_of(effect));
  to.end_object();
  return text;
}

std::optional<problem> check_unknown(const effect_record& effect) {
  if (effect.state == effect_state::unknown)
    return std::nullopt;
  auto settled = effect.state == effect_state::done ||
                 effect.state == effect_state::failed;
  problem why;
  why.code = settled ? errc::stale_lock : errc::in_progress;
  why.detail = "The effect " + to_string(effect.id) + " is '" +
               std::string{to_string(effect.state)} +
               "'; only what is 'unknown' can be resolved.";
  why.lock_id = to_string(effect.lock);
  return why;
}

/// Answers the effect as it stands after the resolution.
void answer_effect(actor_bridge& bridge, const queries_actor& queries,
                   effect_id id, const reply& answer) {
  bridge.request(queries, get_effect{id},
                 [answer](const answer_or_problem<effect_record>& result) {
                   answer(to_response(result));
                 });
}

} // namespace

void show_effects(api_call& call) {
  list_effects cmd;
  cmd.any_state = !call.query.choice(
      "state", "pending, sending, done, failed, unknown", cmd.state);
  cmd.page = read_page(call.query);
  if (call.query.refusal())
    return call.refuse(*call.query.refusal());
  forward(call, call.api.queries, std::move(cmd));
}

void show_effect(api_call& call) {
  if (auto id = call.id_param<id_kind::effect>("effect"))
    forward(call, call.api.queries, get_effect{*id});
}

void resolve_effect(api_call& call) {
  auto id = call.id_param<id_kind::effect>("effect");
  if (!id)
    return;
  body_fields body{
      call.request.body, {call.api.options.json_depth_max}, resolve_members};
  resolve_lock cmd;
  body.choice("outcome", "done, failed, retry", cmd.outcome);
  cmd.reason = body.required_text("reason");
  auto reference = body.text("reference");
  if (body.refusal())
    return call.refuse(*body.refusal());
  if (!body.has("outcome"))
    return call.refuse(invalid_request(
        "outcome is missing; it is one of done, failed, retry."));
  if (!reference.empty() && cmd.outcome != resolution::done)
    return call.refuse(invalid_request(
        "reference names what was done; it goes with the outcome done."));
  cmd.actor = call.identity.name;
  cmd.bound_to = call.identity.owner_id;
  auto& bridge = call.bridge();
  bridge.request(
      call.api.queries, get_effect{*id},
      [&bridge, &api = call.api, cmd = std::move(cmd), reference,
       reply =
           call.answer](const answer_or_problem<effect_record>& found) mutable {
        if (auto* refused = std::get_if<problem>(&found))
          return reply(to_response(*refused));
        auto& effect = std::get<effect_record>(found);
        if (auto why = check_unknown(effect))
          return reply(to_response(*why));
        cmd.resource = effect.resource;
        cmd.id = effect.lock;
        if (cmd.outcome == resolution::done)
          cmd.result = result_of(effect, reference);
        bridge.request(api.locks, std::move(cmd),
                       [&bridge, &api, id = effect.id,
                        reply](const answer_or_problem<lock_record>& result) {
                         if (auto* refused = std::get_if<problem>(&result))
                           return reply(to_response(*refused));
                         answer_effect(bridge, api.queries, id, reply);
                       });
      });
}

} // namespace holdfast
