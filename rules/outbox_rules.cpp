#include "rules/outbox_rules.hpp"

#include "messages/json_text.hpp"
#include "messages/json_writer.hpp"
#include "rules/refusals.hpp"
#include "rules/transition_builder.hpp"

#include <algorithm>

namespace holdfast {

namespace {

channel channel_of(const effect_record& effect) {
  auto of = channel::telegram;
  channel_of(effect.kind, of);
  return of;
}

problem not_pending(effect_id id, const std::string& why) {
  return refuse(errc::stale_lock, to_string(id) + " " + why);
}

/// A position's work as far as journal and dead letters need it.
transaction work_of(const effect_record& effect) {
  transaction work;
  work.resource = effect.resource;
  work.owner_id = effect.owner_id;
  work.owner = owner_type::system;
  work.type = transaction_type::signal;
  return work;
}

/// Collects what becomes of one message.
class message_step {
public:
  message_step(const resource_state& state, const effect_record& effect,
               const circumstances& at)
      : state_(state), at_(at), build_(state, at), effect_(effect),
        work_(work_of(effect)),
        telegram_(channel_of(effect) == channel::telegram),
        main_(telegram_ && !is_reply(effect)) {
    effect_.updated_at_ms = at.now.wall_ms;
  }

  void begin() {
    if (effect_.kind == telegram_edit && main_ && message_id() == 0)
      effect_.kind = telegram_send; // the message that is still missing
    effect_.state = effect_state::sending;
    effect_.attempts += 1;
    journal(event_kind::effect_sending, {},
            detail{}.number("attempt", effect_.attempts));
  }

  void sent(const message_report& report, const std::string& actor) {
    effect_.state = effect_state::done;
    effect_.outcome.clear();
    if (telegram_) {
      json_writer to{effect_.outcome};
      to.begin_object().member("chatId", report.chat_id);
      if (report.message_id != 0)
        to.member("messageId", report.message_id);
      to.end_object();
    }
    if (main_)
      set_message({message_status::sent, report.chat_id, report.message_id});
    journal(event_kind::effect_done, actor, with_outcome());
    if (telegram_)
      journal(effect_.kind == telegram_edit ? event_kind::telegram_edited
                                            : event_kind::telegram_sent,
              actor, with_outcome());
  }

  void failed(const std::string& code, const std::string& why,
              const std::string& actor, bool bury) {
    effect_.state = effect_state::failed;
    tell_outcome(code, why);
    if (main_ && effect_.kind == telegram_send)
      set_message({message_status::failed, {}, 0});
    journal(event_kind::effect_failed, actor, with_outcome());
    if (telegram_)
      journal(event_kind::telegram_failed, actor, with_outcome());
    if (bury)
      bury_it(why);
  }

  void unknown(const std::string& why) {
    effect_.state = effect_state::unknown;
    tell_outcome({}, why);
    if (main_ && effect_.kind == telegram_send)
      set_message({message_status::unknown, {}, 0});
    journal(event_kind::effect_unknown, {}, with_outcome());
  }

  /// To be sent again, some time.
  void again(const std::string& why) {
    effect_.state = effect_state::pending;
    if (why.empty())
      effect_.outcome.clear();
    else
      tell_outcome({}, why);
    if (main_ && effect_.kind == telegram_send &&
        message_of().status != message_status::pending)
      set_message({message_status::pending, {}, 0});
  }

  /// There is no message to edit: the text is sent as a new one.
  void anew() {
    effect_.kind = telegram_send;
    again("there was no message to edit any more");
  }

  void journal(event_kind kind, const std::string& actor, detail more) {
    build_.journal(kind, work_, {}, actor,
                   more.text("effectId", to_string(effect_.id))
                       .text("kind", effect_.kind)
                       .done());
  }

  void revive(const dead_letter& letter) { build_.step.revived = letter; }

  transition finish() {
    build_.step.messages.push_back(std::move(effect_));
    return build_.finish();
  }

private:
  detail with_outcome() const {
    detail more;
    if (state_.position)
      more.text("signalId", to_string(state_.position->signal));
    return more.json("outcome", effect_.outcome);
  }

  void tell_outcome(const std::string& code, const std::string& why) {
    effect_.outcome.clear();
    json_writer to{effect_.outcome};
    to.begin_object();
    if (!code.empty())
      to.member("code", code);
    to.member("message", why).end_object();
  }

  message_state message_of() const {
    return state_.position ? state_.position->message : message_state{};
  }

  std::int64_t message_id() const { return message_of().message_id; }

  void set_message(message_state message) {
    if (!state_.position)
      return; // purged meanwhile
    build_.step.position = state_.position;
    build_.step.position->message = std::move(message);
  }

  void bury_it(const std::string& why) {
    dead_letter letter;
    letter.id = {at_.store, at_.ids.next()};
    letter.kind = "message_failed";
    letter.work = work_;
    letter.effect = effect_.id;
    letter.reason = why;
    letter.attempts = effect_.attempts;
    letter.at_ms = at_.now.wall_ms;
    journal(event_kind::dead_lettered, {},
            detail{}
                .text("deadLetterId", to_string(letter.id))
                .text("reason", why));
    build_.step.dead.push_back(std::move(letter));
  }

  const resource_state& state_;
  const circumstances& at_;
  transition_builder build_;
  effect_record effect_;
  transaction work_;
  bool telegram_;
  bool main_;
};

const effect_record* find_message(const resource_state& state, effect_id id) {
  auto found = std::ranges::find(state.outbox, id, &effect_record::id);
  return found == state.outbox.end() ? nullptr : &*found;
}

} // namespace

const effect_record* head_of(const resource_state& state, channel of) {
  const effect_record* head = nullptr;
  for (const auto& message : state.outbox)
    if (channel_of(message) == of &&
        (!head || message.id.number < head->id.number))
      head = &message;
  return head;
}

decision<transition> decide_begin_message(const resource_state& state,
                                          const begin_message& cmd,
                                          const circumstances& at) {
  const auto* effect = find_message(state, cmd.effect);
  if (!effect)
    return not_pending(cmd.effect, "has ended");
  if (effect->state != effect_state::pending)
    return not_pending(cmd.effect,
                       "is " + std::string{to_string(effect->state)});
  if (head_of(state, channel_of(*effect)) != effect)
    return not_pending(cmd.effect, "waits for an earlier message");
  message_step step{state, *effect, at};
  step.begin();
  return step.finish();
}

decision<transition> decide_end_message(const resource_state& state,
                                        const end_message& cmd,
                                        const circumstances& at) {
  const auto* effect = find_message(state, cmd.effect);
  if (!effect || effect->state == effect_state::unknown)
    return not_pending(cmd.effect, "is not being sent");
  message_step step{state, *effect, at};
  const auto& report = cmd.report;
  switch (report.kind) {
  case message_report::sent:
    step.sent(report, {});
    break;
  case message_report::gone:
    step.anew();
    break;
  case message_report::unavailable:
    step.again(report.message);
    break;
  case message_report::rejected:
    step.failed(report.code, report.message, {}, true);
    break;
  case message_report::unknown:
    if (cmd.give_up)
      step.failed(report.code, report.message, {}, true);
    else if (cmd.resend)
      step.again(report.message);
    else
      step.unknown(report.message);
    break;
  }
  return step.finish();
}

decision<transition> decide_resolve_message(const resource_state& state,
                                            const resolve_message& cmd,
                                            const circumstances& at) {
  const auto* effect = find_message(state, cmd.effect);
  if (!effect || effect->state != effect_state::unknown)
    return not_pending(cmd.effect, "is not unknown");
  if (!cmd.bound_to.empty() && cmd.bound_to != effect->owner_id)
    return refuse(errc::forbidden, to_string(cmd.effect) +
                                       " belongs to another owner than '" +
                                       cmd.bound_to + "'");
  message_step step{state, *effect, at};
  step.journal(event_kind::resolved, cmd.actor,
               detail{}
                   .text("outcome", to_string(cmd.outcome))
                   .text("reason", cmd.reason));
  if (cmd.outcome == resolution::done) {
    message_report report;
    report.kind = message_report::sent;
    report.message_id = cmd.message_id;
    step.sent(report, cmd.actor);
  } else if (cmd.outcome == resolution::retry) {
    step.again({});
  } else {
    step.failed({}, cmd.reason, cmd.actor, false);
  }
  return step.finish();
}

decision<transition> decide_requeue_message(const resource_state& state,
                                            const dead_letter& letter,
                                            const effect_record& failed,
                                            const std::string& actor,
                                            const circumstances& at) {
  // A text of yesterday must not overwrite what has been told since.
  auto main = channel_of(failed) == channel::telegram && !is_reply(failed);
  if (main && state.position && state.position->newest_text != failed.id.number)
    return refuse(errc::stale_lock,
                  "the position has changed since: what is left to tell is in "
                  "a later message; discard the dead letter");
  if (main && failed.kind == telegram_send && state.position &&
      state.position->message.status != message_status::failed)
    return refuse(errc::stale_lock,
                  "the message has been sent since; discard the dead letter");
  message_step step{state, failed, at};
  step.journal(event_kind::requeued, actor,
               detail{}.text("deadLetterId", to_string(letter.id)));
  step.again({});
  step.revive(letter);
  return step.finish();
}

} // namespace holdfast
