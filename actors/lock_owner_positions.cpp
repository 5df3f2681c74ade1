// The side of a lock owner that knows its position: reports become signals one
// after the other, messages leave in order.
#include "actors/lock_owner.hpp"
#include "rules/alert_rules.hpp"
#include "rules/outbox_rules.hpp"
#include "rules/refusals.hpp"
#include "storage/records.hpp"

#include <algorithm>

namespace holdfast {

namespace {

/// What was heard besides news is written at most so often by itself.
constexpr std::int64_t heard_interval_ms = 60'000;

} // namespace

void lock_owner::report(const report_position& cmd, const promise& to) {
  report_call call{to, cmd.event, {}, {}, 0};
  if (auto why = prepare_position(call.event))
    return refuse(to, *std::move(why));
  if (!cmd.bound_to.empty() && cmd.bound_to != call.event.account_id)
    return refuse(to, holdfast::refuse(errc::forbidden,
                                       "the caller may report positions of '" +
                                           cmd.bound_to + "' alone"));
  call.deadline_boot_us =
      around_->time->now().boot_us + around_->limits.timeout_ms * 1000;
  expire_if_due();
  take_report(std::move(call));
}

void lock_owner::take_report(report_call call) {
  if (signal_under_way(state_)) {
    if (reports_.size() >= around_->limits.queue_depth_max)
      return refuse(call.to,
                    {errc::queue_full,
                     "as many reports of this position wait as may: " +
                         std::to_string(around_->limits.queue_depth_max),
                     "", "", 0, 1000});
    reports_.push_back(std::move(call));
    return arm();
  }
  auto now = around_->time->now();
  const auto* known = state_.position ? &*state_.position : nullptr;
  auto how = decide_position(known, call.event, around_->signals, now.wall_ms);
  if (how.outcome == position_outcome::duplicate ||
      how.outcome == position_outcome::unchanged)
    return keep_heard(std::move(how), call);
  auto begun = decide_report(state_, call.event, deciding{*around_});
  if (auto* why = std::get_if<problem>(&begun))
    return refuse(call.to, std::move(*why));
  auto& change = std::get<transition>(begun);
  if (change.held)
    call.lock = change.held->id;
  else
    call.entry = change.queued.back().id;
  reports_.push_back(std::move(call));
  commit(std::move(change));
}

/// A skipped report costs no commit; but what was heard is worth one, some
/// time.
void lock_owner::keep_heard(position_decision&& how, const report_call& call) {
  auto& known = *state_.position;
  auto news = how.position.current_price != known.current_price ||
              how.position.profit != known.profit;
  around_->recent.add(around_->time->now().boot_us / 1'000'000,
                      recent_counts::duplicates);
  around_->counted.duplicate();
  auto due =
      how.position.touched_at_ms - heard_written_ms_ >= heard_interval_ms;
  // A close that is certain now has to stay so.
  if ((news && due) || how.position.inferred_close != known.inferred_close) {
    heard_written_ms_ = how.position.touched_at_ms;
    commit(decide_heard(state_, how.position, deciding{*around_}));
  } else {
    // In memory alone; the next change writes it.
    known = std::move(how.position);
  }
  say(call.to, position_reported{how.outcome, *state_.position});
}

/// The report whose lock or place in the queue has ended is answered; those
/// that waited for it are looked at again.
void lock_owner::settle_reports(const transition& change) {
  const auto& ended = change.any_ended();
  auto ends = [&](const report_call& call) {
    if (ended && call.lock && call.lock == ended->id)
      return true;
    return std::ranges::any_of(change.left, [&](const auto& entry) {
      return entry.status == entry_status::cancelled && call.entry == entry.id;
    });
  };
  // A place in the queue has become a lock.
  for (auto& call : reports_)
    for (const auto& entry : change.left)
      if (call.entry && call.entry == entry.id &&
          entry.status == entry_status::granted)
        call.lock = entry.granted;
  auto i = std::ranges::find_if(reports_, ends);
  auto over = ended && ended->work.task == signal_task;
  if (i == reports_.end() && !over)
    return;
  if (i != reports_.end()) {
    answer_report(*i, change);
    reports_.erase(i);
  }
  for (auto& call : std::exchange(reports_, {}))
    take_report(std::move(call));
}

void lock_owner::answer_report(const report_call& call,
                               const transition& change) {
  const auto& ended = change.any_ended();
  if (ended && change.reported && state_.position)
    return say(call.to, position_reported{*change.reported, *state_.position});
  if (ended && ended->status == lock_status::failed)
    return refuse(call.to, {errc::storage_unavailable,
                            "no signal could be made: " + ended->error, "",
                            to_string(ended->id), 0, 1000});
  refuse(call.to, {errc::cancelled, "the report was cancelled by an operator",
                   "", ended ? to_string(ended->id) : "", 0, 0});
}

void lock_owner::end_overdue_reports(std::int64_t now_us) {
  std::vector<report_call> due;
  auto overdue = [&](const auto& call) {
    return call.deadline_boot_us <= now_us;
  };
  std::ranges::copy_if(reports_, std::back_inserter(due), overdue);
  std::erase_if(reports_, overdue);
  for (const auto& call : due) {
    auto begun = call.lock || call.entry;
    refuse(call.to,
           {errc::in_progress,
            begun ? "the report is kept and waits for its turn"
                  : "an earlier report of the position is being worked on: "
                    "report again",
            state_.holder ? state_.holder->work.owner_id : "",
            state_.holder ? to_string(state_.holder->id) : "", 0, 1000});
  }
}

void lock_owner::begin(const begin_message& cmd, const promise& to) {
  auto how = decide_begin_message(state_, cmd, deciding{*around_});
  if (auto* p = std::get_if<problem>(&how))
    return refuse(to, std::move(*p));
  auto effect = std::get<transition>(how).messages.back();
  commit(std::move(std::get<transition>(how)));
  say(to, begun_message{std::move(effect), state_.position
                                               ? state_.position->message
                                               : message_state{}});
}

void lock_owner::end(const end_message& cmd, const promise& to) {
  auto how = decide_end_message(state_, cmd, deciding{*around_});
  if (auto* p = std::get_if<problem>(&how))
    return refuse(to, std::move(*p));
  auto effect = std::get<transition>(how).messages.back();
  commit(std::move(std::get<transition>(how)));
  say(to, std::move(effect));
}

void lock_owner::resolve(const resolve_message& cmd, const promise& to) {
  auto how = decide_resolve_message(state_, cmd, deciding{*around_});
  if (auto* p = std::get_if<problem>(&how))
    return refuse(to, std::move(*p));
  auto effect = std::get<transition>(how).messages.back();
  commit(std::move(std::get<transition>(how)));
  say(to, std::move(effect));
}

/// Asked again after a commit of which nobody knows what came, it does nothing.
void lock_owner::change(const change_alert& cmd, const promise& to) {
  auto firing = around_->db.read()
                    ->get(table::meta, alert_resource(cmd.to.which))
                    .has_value();
  if (firing == cmd.to.firing)
    return say(to, false);
  commit(decide_alert(state_, cmd, deciding{*around_}));
  say(to, true);
}

void lock_owner::requeue_message(const dead_letter& letter,
                                 const std::string& actor, const promise& to) {
  auto row =
      around_->db.read()->get(table::effects, number_key(letter.effect.number));
  if (!row)
    return refuse(to, {errc::not_found,
                       to_string(letter.effect) +
                           " is not kept any more; discard the dead letter",
                       "", "", 0, 0});
  auto how = decide_requeue_message(state_, letter, decode_effect(*row), actor,
                                    deciding{*around_});
  if (auto* p = std::get_if<problem>(&how))
    return refuse(to, std::move(*p));
  commit(std::move(std::get<transition>(how)));
  entry_view view;
  view.effect = letter.effect;
  say(to, std::move(view));
}

/// Tells who sends them that messages of this position can leave.
void lock_owner::tell_notifiers() {
  for (auto of : all_channels) {
    const auto* head = head_of(state_, of);
    if (head && head->state == effect_state::pending)
      send(links_.notifiers.at(static_cast<std::size_t>(of)),
           message_ready{state_.resource, head->id, chat_of(*head)});
  }
}

} // namespace holdfast
