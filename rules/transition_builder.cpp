#include "rules/transition_builder.hpp"

#include "messages/json_writer.hpp"

namespace holdfast {

void detail::name(std::string_view name) {
  text_ += text_.empty() ? '{' : ',';
  append_json_string(text_, name);
  text_ += ':';
}

detail& detail::text(std::string_view key, std::string_view value) {
  name(key);
  append_json_string(text_, value);
  return *this;
}

detail& detail::number(std::string_view key, std::int64_t value) {
  name(key);
  text_ += std::to_string(value);
  return *this;
}

detail& detail::json(std::string_view key, std::string_view value) {
  name(key);
  text_ += value.empty() ? "null" : value;
  return *this;
}

detail& detail::flag_if(std::string_view key, bool value) {
  return value ? json(key, "true") : *this;
}

detail& detail::text_if(std::string_view key, std::string_view value) {
  return value.empty() ? *this : text(key, value);
}

transition_builder::transition_builder(const resource_state& state,
                                       const circumstances& at)
    : state_(state), at_(at) {
  step.base = state.version;
}

void transition_builder::journal(event_kind kind, const transaction& work,
                                 lock_id lock, const std::string& actor,
                                 std::string detail_json) {
  step.events.push_back({0, at_.now.wall_ms, kind, work.resource, lock,
                         work.owner_id, actor, std::move(detail_json)});
}

void transition_builder::start_lease(lock_record& lock,
                                     const circumstances& at) {
  lock.deadline_boot_us = at.now.boot_us + lock.work.timeout_ms * 1000;
  lock.boot_id = at.boot_id;
  lock.expires_at_ms = at.now.wall_ms + lock.work.timeout_ms;
}

namespace {

bool is_trade(const transaction& work) { return work.task == trade_task; }

lock_record new_lock(const transaction& work, entry_id entry, bool claimed,
                     std::int64_t requested_at_ms, const circumstances& at) {
  lock_record lock;
  lock.id = {at.store, at.ids.next_token()};
  lock.work = work;
  lock.attempts = work.task.empty() ? 0 : 1;
  lock.acquired_at_ms = at.now.wall_ms;
  lock.requested_at_ms = requested_at_ms;
  lock.entry = entry;
  lock.claimed = claimed || !work.task.empty();
  transition_builder::start_lease(lock, at);
  return lock;
}

} // namespace

void transition_builder::grant(const transaction& work, entry_id entry,
                               bool claimed, std::int64_t requested_at_ms) {
  auto lock = new_lock(work, entry, claimed, requested_at_ms, at_);
  journal(event_kind::granted, work, lock.id, {},
          detail{}
              .number("priority", work.priority)
              .number("timeoutMs", work.timeout_ms)
              .text("transactionType", to_string(work.type))
              .text_if("idempotencyKey", work.idempotency_key)
              .text_if("entryId", entry ? to_string(entry) : std::string{})
              .done());
  if (is_trade(work))
    step.trades.push_back(to_trade(lock));
  step.held = std::move(lock);
}

void transition_builder::begin_beside(const transaction& work,
                                      const entry_record* waiting) {
  auto lock = new_lock(work, waiting ? waiting->id : entry_id{}, true,
                       waiting ? waiting->queued_at_ms : at_.now.wall_ms, at_);
  lock.beside = true;
  if (waiting) {
    auto entry = *waiting;
    entry.status = entry_status::granted;
    entry.settled_at_ms = at_.now.wall_ms;
    entry.granted = lock.id;
    // Its place is given up, as far as the queue is concerned.
    journal(event_kind::cancelled, work, {}, {},
            detail{}
                .text("entryId", to_string(entry.id))
                .text("reason", "promoted by an emergency")
                .text_if("idempotencyKey", work.idempotency_key)
                .done());
    step.left.push_back(std::move(entry));
  }
  if (is_trade(work))
    step.trades.push_back(to_trade(lock));
  step.beside = std::move(lock);
}

void transition_builder::go_on(lock_record flight) {
  (flight.beside ? step.beside : step.held) = std::move(flight);
}

void transition_builder::settle_effect(const lock_record& flight,
                                       effect_state state,
                                       const std::string& outcome,
                                       const std::string& actor) {
  const auto* begun = state_.find_effect(flight.id);
  if (!begun)
    return;
  auto effect = *begun;
  effect.state = state;
  effect.outcome = outcome;
  effect.updated_at_ms = at_.now.wall_ms;
  if (state != effect_state::pending)
    journal(state == effect_state::done     ? event_kind::effect_done
            : state == effect_state::failed ? event_kind::effect_failed
                                            : event_kind::effect_unknown,
            flight.work, flight.beside ? lock_id{} : flight.id, actor,
            detail{}
                .text("effectId", to_string(effect.id))
                .text("kind", effect.kind)
                .flag_if("emergency", flight.beside)
                .json("outcome", outcome)
                .done());
  step.effect = std::move(effect);
}

void transition_builder::enqueue(const transaction& work, std::uint64_t number,
                                 bool lasting) {
  entry_record entry;
  entry.id = {at_.store, number};
  entry.work = work;
  entry.lasting = lasting;
  entry.queued_at_ms = at_.now.wall_ms;
  journal(event_kind::queued, work, {}, {},
          detail{}
              .text("entryId", to_string(entry.id))
              .number("priority", work.priority)
              .text_if("idempotencyKey", work.idempotency_key)
              .done());
  if (is_trade(work))
    step.trades.push_back(to_trade(entry));
  step.queued.push_back(std::move(entry));
}

void transition_builder::settle_key(const transaction& work, lock_status status,
                                    lock_id lock) {
  if (work.idempotency_key.empty())
    return;
  step.outcomes.push_back({work.resource, work.idempotency_key,
                           work.fingerprint, status, lock, at_.now.wall_ms});
}

namespace {

event_kind event_of(lock_status status) {
  switch (status) {
  case lock_status::failed:
    return event_kind::failed;
  case lock_status::expired:
    return event_kind::expired;
  case lock_status::force_released:
    return event_kind::force_released;
  default:
    return event_kind::released;
  }
}

} // namespace

void transition_builder::end(const lock_record& flight, const ending& how,
                             const std::optional<flight_joiner>& joiner) {
  auto lock = flight;
  lock.status = how.status;
  lock.released_at_ms = at_.now.wall_ms;
  lock.result = how.result;
  lock.error = how.error;
  lock.failure = how.failure;
  lock.ended_by = how.actor;
  auto forced = how.status == lock_status::force_released;
  // An emergency was never granted: its effect and trade tell of it.
  if (!lock.beside)
    journal(event_of(how.status), lock.work, lock.id, how.actor,
            detail{}
                .text_if("idempotencyKey", lock.work.idempotency_key)
                .text_if(forced ? "reason" : "error", how.error)
                .done());
  if (is_trade(lock.work))
    end_trade(to_trade(lock));
  fail_signal(lock.work);
  settle_key(lock.work, how.status, lock.id);
  if (how.status == lock_status::expired && !lock.claimed)
    bury(
        "unclaimed", lock.work, lock,
        "granted from the queue, and nobody claimed it before its lease ended");
  if (how.bury)
    bury("task_failed", lock.work, lock, how.error);
  if (lock.beside) {
    step.beside_ended = std::move(lock);
    return;
  }
  step.ended = std::move(lock);
  hand_over(how.status == lock_status::released ? std::nullopt : joiner);
}

void transition_builder::end_trade(trade_record trade) {
  auto executed = !trade.order.empty();
  if (executed || trade.status == trade_status::rejected)
    journal(executed ? event_kind::trade_executed : event_kind::trade_rejected,
            trade.work, trade.emergency ? lock_id{} : trade.lock, {},
            detail{}
                .text("tradeId", to_string(trade.id))
                .text("status", to_string(trade.status))
                .text_if("idempotencyKey", trade.work.idempotency_key)
                .flag_if("emergency", trade.emergency)
                .json(executed ? "order" : "failure",
                      executed ? trade.order : trade.failure)
                .done());
  step.trades.push_back(std::move(trade));
}

void transition_builder::hand_over(const std::optional<flight_joiner>& joiner) {
  const auto* next = state_.waiters.front();
  auto joiner_first =
      joiner && (!next || joiner->work.priority < next->work.priority ||
                 (joiner->work.priority == next->work.priority &&
                  joiner->number < next->id.number));
  if (joiner_first) {
    grant(joiner->work, {}, true, at_.now.wall_ms);
    return;
  }
  if (joiner)
    enqueue(joiner->work, joiner->number, false);
  if (!next)
    return;
  // A place that only waiting calls keep is claimed by the one it answers.
  grant(next->work, next->id, !next->lasting, next->queued_at_ms);
  auto entry = *next;
  entry.status = entry_status::granted;
  entry.settled_at_ms = at_.now.wall_ms;
  entry.granted = step.held->id;
  step.left.push_back(std::move(entry));
}

void transition_builder::cancel(const entry_record& waiting,
                                const std::string& actor,
                                const std::string& reason) {
  auto entry = waiting;
  entry.status = entry_status::cancelled;
  entry.settled_at_ms = at_.now.wall_ms;
  journal(event_kind::cancelled, entry.work, {}, actor,
          detail{}
              .text("entryId", to_string(entry.id))
              .text("reason", reason)
              .text_if("idempotencyKey", entry.work.idempotency_key)
              .done());
  settle_key(entry.work, lock_status::force_released, {});
  if (is_trade(entry.work)) {
    step.trades.push_back(to_trade(entry));
    step.trades.back().error = reason;
  }
  fail_signal(entry.work);
  step.left.push_back(std::move(entry));
}

void transition_builder::bury(std::string kind, const transaction& work,
                              const lock_record& lock, std::string reason) {
  dead_letter letter;
  letter.id = {at_.store, at_.ids.next()};
  letter.kind = std::move(kind);
  letter.work = work;
  letter.lock = lock.id;
  letter.entry = lock.entry;
  letter.reason = std::move(reason);
  letter.attempts = lock.attempts;
  letter.at_ms = at_.now.wall_ms;
  journal(event_kind::dead_lettered, work, lock.beside ? lock_id{} : lock.id,
          {},
          detail{}
              .text("deadLetterId", to_string(letter.id))
              .text("kind", letter.kind)
              .text("reason", letter.reason)
              .done());
  step.dead.push_back(std::move(letter));
}

transition transition_builder::finish() {
  step.version = at_.ids.next();
  return std::move(step);
}

} // namespace holdfast
