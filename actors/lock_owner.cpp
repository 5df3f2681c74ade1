#include "actors/lock_owner.hpp"

#include "messages/json_text.hpp"
#include "messages/json_writer.hpp"
#include "rules/idempotency.hpp"
#include "rules/refusals.hpp"

#include <algorithm>

namespace holdfast {

lock_owner::lock_owner(caf::actor_config& cfg, surroundings_ptr around,
                       owner_links links, resource_state state)
    : owner_actor::base(cfg), around_(std::move(around)),
      links_(std::move(links)), state_(std::move(state)) {
  auto found = [this](const lock_record& flight) {
    if (!flight.work.task.empty())
      tasks_[flight.id.number] = {flight.attempts, 0, flight.attempts};
  };
  if (state_.holder)
    found(*state_.holder);
  std::ranges::for_each(state_.beside, found);
}

template <class Answer, class F>
caf::typed_response_promise<Answer> lock_owner::handle(F f) {
  auto typed = make_response_promise<Answer>();
  promise& to = typed;
  if (failed_)
    refuse(to, {errc::storage_unavailable,
                "the store could not commit; try again", "", "", 0, 1000});
  else if (draining_)
    refuse(to, {errc::shutting_down, "the node is stopping", "", "", 0, 1000});
  else
    try {
      f(to);
    } catch (const std::exception& e) {
      // Reading failed before anything was decided.
      refuse(to, {errc::storage_unavailable, e.what(), "", "", 0, 1000});
    }
  return typed;
}

template <class Command, class Answer>
auto lock_owner::serve(void (lock_owner::*request)(const Command&,
                                                   const promise&)) {
  return [this, request](const Command& cmd) {
    return handle<Answer>(
        [&](const promise& to) { (this->*request)(cmd, to); });
  };
}

/// What was due, or waited only for a connection, while nobody owned the key.
void lock_owner::take_up() {
  // An earlier owner may have committed messages and not heard of it.
  tell_notifiers();
  expire_if_due();
  cancel_orphans();
  wake();
}

lock_owner::behavior_type lock_owner::make_behavior() {
  set_exception_handler([this](std::exception_ptr& error) -> caf::error {
    try {
      std::rethrow_exception(error);
    } catch (const std::exception& e) {
      fail(e.what());
    }
    return caf::none;
  });
  take_up();
  return {
      serve<acquire_lock, acquire_answer>(&lock_owner::acquire),
      serve<renew_lock, lock_record>(&lock_owner::renew),
      serve<release_lock, lock_record>(&lock_owner::release),
      serve<force_release, force_released>(&lock_owner::force),
      serve<update_trade, trade_record>(&lock_owner::update),
      serve<resolve_lock, lock_record>(&lock_owner::resolve),
      serve<cancel_entry, entry_view>(&lock_owner::cancel),
      serve<watch_entry, entry_view>(&lock_owner::watch),
      serve<watch_trade, trade_record>(&lock_owner::watch),
      serve<report_position, position_reported>(&lock_owner::report),
      serve<begin_message, begun_message>(&lock_owner::begin),
      serve<end_message, effect_record>(&lock_owner::end),
      serve<resolve_message, effect_record>(&lock_owner::resolve),
      serve<change_alert, bool>(&lock_owner::change),
      serve<begin_effect, effect_record>(&lock_owner::begin),
      [this](const abandon_wait& cmd) { abandon(cmd.caller); },
      serve<requeue_dead_letter, entry_view>(&lock_owner::requeue),
      serve<discard_dead_letter, dead_letter>(&lock_owner::discard),
      [this](const wake_resource&) {
        armed_boot_us_ = 0;
        wake();
      },
      [this](const task_ended& done) { end_task(done); },
      [this](const retire_owner&) { retire(); },
      [this](const dismiss_owner&) { quit(); },
      [this](const shut_down&) {
        draining_ = true;
        give_up({errc::shutting_down, "the node is stopping", "", "", 0, 1000});
        quit_when_drained();
      },
  };
}

void lock_owner::retire() {
  if (failed_)
    return; // the directory hears of that, and dismisses it
  auto gone = quiet();
  // A free resource leaves nothing in memory, however long its lease was.
  if (gone && !state_.holder && armed_boot_us_ != 0)
    send(links_.timer, arm_timer{state_.resource, never_due});
  send(links_.directory, owner_retired{state_.resource, address(), gone});
  if (gone)
    quit();
}

void lock_owner::on_exit() {
  links_ = {};
  pending_.clear();
  calls_.clear();
  watches_.clear();
  trade_watches_.clear();
  reports_.clear();
}

void lock_owner::acquire(const acquire_lock& cmd, const promise& to) {
  auto checked = prepare(cmd, around_->limits);
  if (auto* p = std::get_if<problem>(&checked))
    return refuse_acquire(to, std::move(*p));
  auto& ready = std::get<prepared>(checked);
  expire_if_due();
  acquire_request request{std::move(ready.work), cmd.otherwise, cmd.emergency};
  auto last = find_outcome(request.work.idempotency_key);
  deciding at{*around_};
  auto how = decide_acquire(state_, request, last, at);
  if (auto* p = std::get_if<problem>(&how)) {
    refuse_acquire(to, std::move(*p));
  } else if (auto* same = std::get_if<same_entry>(&how)) {
    join_entry(same->id, cmd, to);
  } else if (std::holds_alternative<join_flight>(how)) {
    auto now = around_->time->now();
    calls_.push_back({to,
                      cmd.caller,
                      around_->next_id.fetch_add(1),
                      {},
                      std::move(request.work),
                      now.boot_us + cmd.wait_ms * 1000});
    arm();
  } else if (auto* replay = std::get_if<replay_outcome>(&how)) {
    auto lock = find_ended(replay->lock);
    if (!lock)
      throw storage_error{storage_errc::corrupt,
                          "the outcome of " + to_string(replay->lock) +
                              " is kept, but the lock is not"};
    around_->recent.add(around_->time->now().boot_us / 1'000'000,
                        recent_counts::replayed);
    say(to, acquire_answer{acquire_outcome::replayed, *std::move(lock), {}});
  } else {
    acquire_changed(std::move(std::get<transition>(how)), cmd, to);
  }
}

void lock_owner::acquire_changed(transition&& change, const acquire_lock& cmd,
                                 const promise& to) {
  if (change.held || change.beside) {
    auto lock = change.held ? *change.held : *change.beside;
    commit(std::move(change));
    say(to, acquire_answer{acquire_outcome::granted, std::move(lock), {}});
    return;
  }
  auto entry = change.queued.back();
  commit(std::move(change));
  if (cmd.otherwise == when_locked::queue) {
    say(to, acquire_answer{acquire_outcome::queued, {}, view(entry)});
    return;
  }
  auto now = around_->time->now();
  calls_.push_back({to,
                    cmd.caller,
                    entry.id.number,
                    entry.id,
                    {},
                    now.boot_us + cmd.wait_ms * 1000});
  arm();
}

void lock_owner::join_entry(entry_id id, const acquire_lock& cmd,
                            const promise& to) {
  auto now = around_->time->now();
  if (cmd.otherwise == when_locked::wait) {
    calls_.push_back({to,
                      cmd.caller,
                      around_->next_id.fetch_add(1),
                      id,
                      {},
                      now.boot_us + cmd.wait_ms * 1000});
    arm();
    return;
  }
  // Who is told "queued" keeps the place, whatever becomes of those waiting.
  if (!state_.waiters.find(id)->lasting)
    commit(decide_lasting(state_, id, deciding{*around_}));
  say(to, acquire_answer{
              acquire_outcome::queued, {}, view(*state_.waiters.find(id))});
}

void lock_owner::renew(const renew_lock& cmd, const promise& to) {
  if (auto why = foreign_lock(cmd.bound_to, cmd.id))
    return refuse(to, *std::move(why));
  expire_if_due();
  deciding at{*around_};
  auto how = decide_renew(state_, cmd, at);
  if (auto* p = std::get_if<problem>(&how))
    return refuse(to, std::move(*p));
  auto lock = *std::get<transition>(how).held;
  commit(std::move(std::get<transition>(how)));
  say(to, std::move(lock));
}

namespace {

/// What is wrong with the outcome that a release brings, if anything.
std::optional<problem> bad_outcome(const release_lock& cmd) {
  if (cmd.error.size() > 4096)
    return problem{errc::invalid,
                   "error must be a text of at most 4096 bytes, not " +
                       std::to_string(cmd.error.size()),
                   "",
                   "",
                   0,
                   0};
  std::string compact;
  std::string why;
  if (!cmd.result.empty() && !compact_json(cmd.result, {}, compact, why))
    return problem{errc::invalid, "result is " + why, "", "", 0, 0};
  return std::nullopt;
}

} // namespace

void lock_owner::release(const release_lock& cmd, const promise& to) {
  if (auto why = bad_outcome(cmd))
    return refuse(to, *std::move(why));
  if (auto why = foreign_lock(cmd.bound_to, cmd.id))
    return refuse(to, *std::move(why));
  expire_if_due();
  std::optional<lock_record> ended;
  if (!state_.holder || state_.holder->id != cmd.id)
    ended = find_ended(cmd.id);
  deciding at{*around_};
  auto how = decide_release(state_, cmd, ended, best_joiner(), at);
  if (auto* p = std::get_if<problem>(&how))
    return refuse(to, std::move(*p));
  if (auto* again = std::get_if<already_released>(&how))
    return say(to, std::move(again->lock));
  auto lock = *std::get<transition>(how).ended;
  commit(std::move(std::get<transition>(how)));
  say(to, std::move(lock));
}

void lock_owner::force(const force_release& cmd, const promise& to) {
  if (auto why = foreign_lock(cmd.bound_to, cmd.id))
    return refuse(to, *std::move(why));
  expire_if_due();
  if (!state_.holder || state_.holder->id != cmd.id)
    return say(to, force_released{0});
  deciding at{*around_};
  auto how = decide_force(state_, cmd, best_joiner(), at);
  if (auto* p = std::get_if<problem>(&how))
    return refuse(to, std::move(*p));
  send(links_.runner, forget_task{cmd.id});
  commit(std::move(std::get<transition>(how)));
  say(to, force_released{1});
}

void lock_owner::cancel(const cancel_entry& cmd, const promise& to) {
  expire_if_due();
  auto entry = find_entry(cmd.id);
  if (entry)
    if (auto why = foreign(cmd.bound_to, entry->work))
      return refuse(to, *std::move(why));
  if (state_.waiters.find(cmd.id)) {
    deciding at{*around_};
    auto change =
        decide_cancel(state_, cmd.id, cmd.actor, "cancelled by request", at);
    auto left = change.left.back();
    commit(std::move(change));
    return say(to, view(left));
  }
  if (!entry)
    return refuse(to, {errc::not_found,
                       "there is no queue entry " + to_string(cmd.id), "", "",
                       0, 0});
  refuse(to, {errc::not_waiting,
              "the entry is not waiting: it is " +
                  std::string{to_string(view(*entry).record.status)},
              "", entry->granted ? to_string(entry->granted) : "", 0, 0});
}

void lock_owner::watch(const watch_entry& cmd, const promise& to) {
  expire_if_due();
  auto entry = find_entry(cmd.id);
  if (!entry)
    return refuse(to, {errc::not_found,
                       "there is no queue entry " + to_string(cmd.id), "", "",
                       0, 0});
  auto now = view(*entry);
  bool claims = cmd.claims && !foreign(cmd.bound_to, now.record.work);
  auto at_work =
      now.has_lock && now.lock.holds() && !now.lock.work.task.empty();
  auto settled = now.record.status != entry_status::waiting && !at_work;
  if (!settled && cmd.wait_ms > 0) {
    watches_.push_back({to, cmd.caller, cmd.id,
                        around_->time->now().boot_us + cmd.wait_ms * 1000,
                        claims});
    return arm();
  }
  if (claims && now.has_lock && now.lock.holds() && !now.lock.claimed) {
    commit(decide_claim(state_, deciding{*around_}));
    now.lock = *state_.holder;
  }
  say(to, std::move(now));
}

void lock_owner::requeue(const requeue_dead_letter& cmd, const promise& to) {
  expire_if_due();
  auto letter = find_dead_letter(cmd.id);
  if (!letter)
    return refuse(to, {errc::not_found,
                       "there is no dead letter " + to_string(cmd.id), "", "",
                       0, 0});
  if (auto why = foreign(cmd.bound_to, letter->work))
    return refuse(to, *std::move(why));
  if (letter->effect)
    return requeue_message(*letter, cmd.actor, to);
  deciding at{*around_};
  auto how =
      decide_requeue(state_, *letter,
                     find_outcome(letter->work.idempotency_key), cmd.actor, at);
  if (auto* p = std::get_if<problem>(&how))
    return refuse(to, std::move(*p));
  const auto& change = std::get<transition>(how);
  auto entry = change.left.empty() ? change.queued.back() : change.left.back();
  commit(std::move(std::get<transition>(how)));
  say(to, view(entry));
}

void lock_owner::discard(const discard_dead_letter& cmd, const promise& to) {
  auto letter = find_dead_letter(cmd.id);
  if (!letter)
    return refuse(to, {errc::not_found,
                       "there is no dead letter " + to_string(cmd.id), "", "",
                       0, 0});
  if (auto why = foreign(cmd.bound_to, letter->work))
    return refuse(to, *std::move(why));
  commit(decide_discard(state_, *letter, cmd.actor, deciding{*around_}));
  say(to, *std::move(letter));
}

} // namespace holdfast
