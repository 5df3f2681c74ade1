// The side of a lock owner that works: tasks under the lock and beside it,
// their effects, and those who wait for a trade.
#include "actors/lock_owner.hpp"
#include "messages/json_text.hpp"
#include "storage/records.hpp"

#include <algorithm>

namespace holdfast {

using namespace owner_impl;

void lock_owner::drive_tasks() {
  if (runs_task(state_)) {
    if (renewal_due(*state_.holder) <= around_->time->now().boot_us)
      commit(extend_task_lease(state_, deciding{*around_}));
    drive_task(*state_.holder);
  }
  // No lease ends an emergency, so that none has to be renewed.
  for (const auto& flight : state_.beside)
    if (flight.status == lock_status::active)
      drive_task(flight);
}

void lock_owner::drive_task(const lock_record& flight) {
  auto& known = tasks_[flight.id.number];
  if (known.durable != flight.attempts || known.started == flight.attempts ||
      flight.retry_boot_us > around_->time->now().boot_us)
    return;
  known.started = flight.attempts;
  // Once a task was found under way, an attempt may be made again that is over
  // for its lock: what comes after it has to look, too.
  send(links_.runner, start_task{{flight, known.found != 0}});
}

void lock_owner::end_task(const task_ended& done) {
  // A lock that was forced meanwhile has another outcome already.
  const auto* flight = state_.find_flight(done.lock);
  if (failed_ || draining_ || !flight || flight->attempts != done.attempt ||
      flight->status != lock_status::active)
    return;
  auto result = done.result;
  std::string compact;
  std::string why;
  if (!result.result.empty() &&
      !compact_json(result.result, {}, compact, why)) {
    std::string quoted;
    append_json_string(quoted, result.result);
    result.result = std::move(quoted);
  }
  // The transition refers to the flight, so that it must not change meanwhile.
  auto joiner = best_joiner(flight->work.idempotency_key);
  commit(decide_task_result(state_, *flight, result, around_->random(), joiner,
                            deciding{*around_}));
  arm();
}

void lock_owner::begin(const begin_effect& cmd, const promise& to) {
  deciding at{*around_};
  auto how = decide_begin_effect(state_, cmd, at);
  if (auto* p = std::get_if<problem>(&how))
    return refuse(to, std::move(*p));
  auto effect = *std::get<transition>(how).effect;
  commit(std::move(std::get<transition>(how)));
  say(to, std::move(effect));
}

void lock_owner::resolve(const resolve_lock& cmd, const promise& to) {
  expire_if_due();
  deciding at{*around_};
  auto how = decide_resolve(state_, cmd, best_joiner(), at);
  if (auto* p = std::get_if<problem>(&how))
    return refuse(to, std::move(*p));
  const auto& change = std::get<transition>(how);
  auto lock = change.any_ended() ? *change.any_ended()
              : change.held      ? *change.held
                                 : *change.beside;
  // What is tried again may be there unseen: its executor looks first.
  if (cmd.outcome == resolution::retry)
    tasks_[lock.id.number].found = lock.attempts;
  commit(std::move(std::get<transition>(how)));
  say(to, std::move(lock));
}

void lock_owner::watch(const watch_trade& cmd, const promise& to) {
  auto id = cmd.id;
  if (!id)
    id = trade_under(cmd.lock);
  auto trade = find_trade(id);
  if (!trade)
    return refuse(to, {errc::not_found, "there is no trade " + to_string(id),
                       "", "", 0, 0});
  if (settled(trade->status) || cmd.wait_ms <= 0)
    return say(to, *std::move(trade));
  trade_watches_.push_back(
      {to, cmd.caller, id, around_->time->now().boot_us + cmd.wait_ms * 1000});
  arm();
}

void lock_owner::update(const update_trade& cmd, const promise& to) {
  auto trade = find_trade(cmd.id);
  if (!trade)
    return refuse(to, {errc::not_found,
                       "there is no trade " + to_string(cmd.id), "", "", 0, 0});
  auto how = decide_update_trade(state_, *trade, cmd.order, deciding{*around_});
  if (auto* p = std::get_if<problem>(&how))
    return refuse(to, std::move(*p));
  auto updated = std::get<transition>(how).trades.back();
  commit(std::move(std::get<transition>(how)));
  say(to, std::move(updated));
}

/// An emergency has failed, and was in nobody's way: the best of those who
/// waited for its outcome begins anew, the others wait on.
void lock_owner::rejoin(std::vector<wait_call> joiners) {
  auto joiner = best_joiner(joiners.front().work.idempotency_key);
  acquire_request request{joiner->work, when_locked::wait, false};
  auto how = decide_acquire(state_, request, std::nullopt, deciding{*around_});
  if (!std::holds_alternative<transition>(how))
    return; // the queue is full: they hear when their time is over
  auto change = std::get<transition>(std::move(how));
  auto theirs = [&](const auto& call) {
    return !call.entry &&
           call.work.idempotency_key == joiner->work.idempotency_key;
  };
  if (change.held) {
    auto best = std::ranges::find(calls_, joiner->number, &wait_call::number);
    auto to = best->to;
    calls_.erase(best);
    auto lock = *change.held;
    commit(std::move(change));
    say(to, acquire_answer{acquire_outcome::granted, std::move(lock), {}});
    return;
  }
  for (auto& call : calls_)
    if (theirs(call))
      call.entry = change.queued.back().id;
  commit(std::move(change));
}

/// Those who watch trades that are settled now.
void lock_owner::settle_trades(const transition& change) {
  for (const auto& trade : change.trades) {
    if (!settled(trade.status))
      continue;
    std::erase_if(trade_watches_, [&](auto& call) {
      if (call.trade != trade.id)
        return false;
      say(call.to, trade);
      return true;
    });
  }
}

trade_id lock_owner::trade_under(lock_id id) const {
  if (const auto* flight = state_.find_flight(id))
    return trade_of(*flight);
  auto ended = find_ended(id);
  return ended ? trade_of(*ended) : trade_id{id.store, id.number};
}

std::optional<trade_record> lock_owner::find_trade(trade_id id) const {
  for (auto p = pending_.rbegin(); p != pending_.rend(); ++p)
    for (const auto& trade : p->change.trades)
      if (trade.id == id)
        return trade;
  auto from = around_->db.read();
  auto row = from->get(table::trades, number_key(id.number));
  if (!row)
    return std::nullopt;
  auto trade = decode_trade(*row);
  if (trade.id != id)
    return std::nullopt;
  return trade;
}

} // namespace holdfast
