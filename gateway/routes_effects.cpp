// The ledger of effects, and the operator's word on what nobody else knows.
// Must not know Boost or how effects are done.
#include "gateway/routes.hpp"
#include "rules/operators_word.hpp"

#include <array>

namespace holdfast {

namespace {

constexpr std::array<std::string_view, 3> resolve_members{"outcome", "reason",
                                                          "reference"};

/// Answers the effect as it stands after the resolution.
void answer_effect(actor_bridge& bridge, const queries_actor& queries,
                   effect_id id, const reply& answer) {
  bridge.request(queries, get_effect{id},
                 [answer](const answer_or_problem<effect_record>& result) {
                   answer(to_response(result));
                 });
}

std::variant<operators_word, problem> read_word(const api_call& call) {
  body_fields body{
      call.request.body, {call.api.options.json_depth_max}, resolve_members};
  operators_word word;
  body.choice("outcome", "done, failed, retry", word.outcome);
  word.reason = body.required_text("reason");
  word.reference = body.text("reference");
  if (body.refusal())
    return *body.refusal();
  if (!body.has("outcome"))
    return invalid_request(
        "outcome is missing; it is one of done, failed, retry.");
  if (!word.reference.empty() && word.outcome != resolution::done)
    return invalid_request(
        "reference names what was done; it goes with the outcome done.");
  word.actor = call.identity.name;
  word.bound_to = call.identity.owner_id;
  return word;
}

void send_word(actor_bridge& bridge, const api_context& api, effect_id id,
               resolve_lock cmd, const reply& answer) {
  bridge.request(api.locks, std::move(cmd),
                 [&bridge, &api, id,
                  answer](const answer_or_problem<lock_record>& result) {
                   if (auto* refused = std::get_if<problem>(&result))
                     return answer(to_response(*refused));
                   answer_effect(bridge, api.queries, id, answer);
                 });
}

/// The same of a message: it acts under no lock.
void send_word(actor_bridge& bridge, const api_context& api, effect_id,
               resolve_message cmd, const reply& answer) {
  bridge.request(api.locks, std::move(cmd),
                 [answer](const answer_or_problem<effect_record>& result) {
                   answer(to_response(result));
                 });
}

void send_word(actor_bridge&, const api_context&, effect_id, const problem& why,
               const reply& answer) {
  answer(to_response(why));
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
  auto read = read_word(call);
  if (auto* refused = std::get_if<problem>(&read))
    return call.refuse(*refused);
  call.bridge().request(
      call.api.queries, get_effect{*id},
      [&bridge = call.bridge(), &api = call.api,
       word = std::get<operators_word>(std::move(read)), answer = call.answer](
          const answer_or_problem<effect_record>& found) mutable {
        if (auto* refused = std::get_if<problem>(&found))
          return answer(to_response(*refused));
        auto& effect = std::get<effect_record>(found);
        auto command = to_command(std::move(word), effect);
        std::visit(
            [&](auto& cmd) {
              send_word(bridge, api, effect.id, std::move(cmd), answer);
            },
            command);
      });
}

} // namespace holdfast
