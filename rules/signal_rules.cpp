// The side of a position's resource where reports become signals, and signals
// ask for messages.
// Must not know CAF, storage, the clock or randomness: all are handed in.
#include "messages/json_text.hpp"
#include "rules/outbox_rules.hpp"
#include "rules/transition_builder.hpp"

#include <algorithm>

namespace holdfast {

namespace {

bool makes_signal(const transaction& work) { return work.task == signal_task; }

/// A member of a message's intent as JSON; empty when there is none.
std::string intent_member(const effect_record& effect, std::string_view name) {
  std::vector<json_member> members;
  std::string why;
  if (!split_members(effect.intent, {}, members, why))
    return {};
  auto found = std::ranges::find(members, name, &json_member::name);
  return found == members.end() ? std::string{} : found->value;
}

} // namespace

bool is_reply(const effect_record& effect) {
  return intent_member(effect, "reply") == "true";
}

std::string chat_of(const effect_record& effect) {
  return decode_string(intent_member(effect, "chatId")).value_or("");
}

bool signal_under_way(const resource_state& state) {
  if (state.holder && makes_signal(state.holder->work))
    return true;
  return std::ranges::any_of(state.waiters, [](const auto& waiting) {
    return makes_signal(waiting.second.work);
  });
}

decision<transition> decide_report(const resource_state& state,
                                   const position_event& event,
                                   const circumstances& at) {
  acquire_request request;
  auto& work = request.work;
  work.resource = state.resource;
  work.owner_id = event.account_id;
  work.owner = owner_type::system;
  work.type = transaction_type::signal;
  work.data = to_json(event);
  work.task = signal_task;
  work.timeout_ms = at.limits.timeout_ms;
  work.max_retries = at.limits.max_retries;
  position_record position;
  auto fresh =
      !state.position || state.position->status != position_status::completed;
  if (fresh) {
    position.resource = state.resource;
    position.signal = state.position ? state.position->signal
                                     : signal_id{at.store, at.ids.next()};
    position.account_id = event.account_id;
    position.position_id = event.position_id;
    position.symbol = event.symbol;
    position.side = event.side;
    position.status = position_status::processing;
    position.silent = event.silent;
    position.created_at_ms =
        state.position ? state.position->created_at_ms : at.now.wall_ms;
    position.updated_at_ms = position.touched_at_ms = at.now.wall_ms;
  }
  auto how = decide_acquire(state, request, std::nullopt, at);
  if (auto* why = std::get_if<problem>(&how))
    return std::move(*why);
  auto change = std::move(std::get<transition>(how));
  if (fresh)
    change.position = std::move(position);
  return change;
}

transition decide_heard(const resource_state& state,
                        const position_record& heard, const circumstances& at) {
  transition_builder build{state, at};
  build.step.position = heard;
  return build.finish();
}

void transition_builder::queue_message(const message_draft& draft,
                                       position_record& of) {
  effect_record effect;
  auto same = [&](const effect_record& x) {
    return x.kind == draft.kind && x.state == effect_state::pending &&
           x.attempts == 0 && !is_reply(x);
  };
  auto before = std::ranges::find_if(state_.outbox, same);
  if (draft.supersedes && before != state_.outbox.end()) {
    effect = *before;
  } else {
    effect.id = {at_.store, at_.ids.next()};
    effect.kind = draft.kind;
    effect.resource = of.resource;
    effect.owner_id = of.account_id;
    effect.created_at_ms = at_.now.wall_ms;
  }
  effect.intent = draft.intent;
  effect.updated_at_ms = at_.now.wall_ms;
  channel its{};
  if (channel_of(effect.kind, its) && its == channel::telegram &&
      !is_reply(effect))
    of.newest_text = effect.id.number;
  step.messages.push_back(std::move(effect));
}

void transition_builder::change_signal(const signal_change& change) {
  const auto& before = state_.position;
  auto position = change.position;
  if (before) {
    position.signal = before->signal;
    position.created_at_ms = before->created_at_ms;
    position.message = before->message;
    position.newest_text = before->newest_text;
  }
  position.status = position_status::completed;
  step.reported = change.outcome;
  for (const auto& draft : change.messages) {
    channel of{};
    channel_of(draft.kind, of);
    queue_message(draft, position);
    if (of == channel::telegram &&
        (position.message.status == message_status::off ||
         position.message.status == message_status::failed))
      position.message.status = message_status::pending;
  }
  if (position.announced && change.outcome <= position_outcome::closed) {
    auto kind = change.outcome == position_outcome::created
                    ? event_kind::signal_created
                : change.outcome == position_outcome::updated
                    ? event_kind::signal_updated
                    : event_kind::signal_closed;
    detail more;
    more.text("signalId", to_string(position.signal))
        .text("accountId", position.account_id)
        .text("positionId", position.position_id)
        .text("pair", position.symbol)
        .text("type", to_string(position.side))
        .text_if("stopLoss", position.stop_loss)
        .text_if("takeProfit", position.take_profit)
        .text_if("volume", position.volume)
        .text_if("closePrice", position.close_price)
        .text_if("resultPips", position.result_pips);
    auto lock = state_.holder ? state_.holder->id : lock_id{};
    step.events.push_back({0,
                           at_.now.wall_ms,
                           kind,
                           position.resource,
                           lock,
                           position.account_id,
                           {},
                           more.done()});
  }
  step.position = std::move(position);
}

/// A signal's work has ended without a signal: the next report tries again.
void transition_builder::fail_signal(const transaction& work) {
  if (!makes_signal(work) || step.position || !state_.position ||
      state_.position->status != position_status::processing)
    return;
  step.position = state_.position;
  step.position->status = position_status::failed;
  step.position->updated_at_ms = at_.now.wall_ms;
}

} // namespace holdfast
