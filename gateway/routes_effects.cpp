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
  if (effect.lock)
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

/// An operator's word, before it is known what it is about.
struct operators_word {
  resolution outcome = resolution::done;
  std::string reason;
  std::string reference;
  std::string actor;
  std::string bound_to;
};

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

/// A message's number in Telegram; 0 when it is none.
std::int64_t message_id_of(const std::string& reference) {
  auto digits = reference.find_first_not_of("0123456789") == std::string::npos;
  return digits ? decode_integer(reference).value_or(0) : 0;
}

void resolve(actor_bridge& bridge, const api_context& api,
             const effect_record& effect, operators_word word,
             const reply& answer) {
  resolve_lock cmd;
  cmd.resource = effect.resource;
  cmd.id = effect.lock;
  cmd.outcome = word.outcome;
  if (word.outcome == resolution::done)
    cmd.result = result_of(effect, word.reference);
  cmd.actor = std::move(word.actor);
  cmd.reason = std::move(word.reason);
  cmd.bound_to = std::move(word.bound_to);
  bridge.request(api.locks, std::move(cmd),
                 [&bridge, &api, id = effect.id,
                  answer](const answer_or_problem<lock_record>& result) {
                   if (auto* refused = std::get_if<problem>(&result))
                     return answer(to_response(*refused));
                   answer_effect(bridge, api.queries, id, answer);
                 });
}

/// The same of a message: it acts under no lock.
void resolve(actor_bridge& bridge, const api_context& api,
             const effect_record& effect, channel of, operators_word word,
             const reply& answer) {
  resolve_message cmd;
  if (!word.reference.empty()) {
    if (of == channel::telegram)
      cmd.message_id = message_id_of(word.reference);
    if (cmd.message_id == 0)
      return answer(to_response(invalid_request(
          of == channel::telegram
              ? "reference is no message's number in Telegram: digits alone."
              : "reference is for orders and messages in Telegram; what a "
                "webhook was sent has no name outside.")));
  }
  cmd.resource = effect.resource;
  cmd.effect = effect.id;
  cmd.outcome = word.outcome;
  cmd.actor = std::move(word.actor);
  cmd.reason = std::move(word.reason);
  cmd.bound_to = std::move(word.bound_to);
  bridge.request(api.locks, std::move(cmd),
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
        if (auto why = check_unknown(effect))
          return answer(to_response(*why));
        if (channel of{}; channel_of(effect.kind, of))
          resolve(bridge, api, effect, of, std::move(word), answer);
        else
          resolve(bridge, api, effect, std::move(word), answer);
      });
}

} // namespace holdfast
