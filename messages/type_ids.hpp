// Makes the vocabulary known to CAF: what may cross actors and nodes.
// The only file of this folder, with compat.hpp, that knows CAF.
#pragma once

#include "messages/commands.hpp"
#include "messages/compat.hpp"
#include "messages/metrics.hpp"
#include "messages/queries.hpp"
#include "messages/tasks.hpp"

#include <caf/actor_system_config.hpp>
#include <caf/error.hpp>
#include <caf/type_id.hpp>

#include <optional>
#include <type_traits>

namespace holdfast {

template <class Inspector, id_kind Kind>
typename Inspector::result_type inspect(Inspector& f, basic_id<Kind>& x) {
  return f(caf::meta::type_name("id"), x.store, x.number);
}

HOLDFAST_INSPECT(problem, x.code, x.detail, x.holder, x.lock_id, x.position,
                 x.retry_after_ms)
HOLDFAST_INSPECT(transaction, x.resource, x.owner_id, x.owner, x.type, x.data,
                 x.idempotency_key, x.fingerprint, x.task, x.priority,
                 x.timeout_ms, x.max_retries)
HOLDFAST_INSPECT(lock_record, x.id, x.work, x.status, x.attempts,
                 x.acquired_at_ms, x.expires_at_ms, x.released_at_ms, x.result,
                 x.error, x.ended_by, x.deadline_boot_us, x.boot_id,
                 x.retry_boot_us, x.entry, x.claimed, x.requested_at_ms,
                 x.effect, x.failure, x.beside)
HOLDFAST_INSPECT(entry_record, x.id, x.work, x.status, x.lasting,
                 x.queued_at_ms, x.settled_at_ms, x.granted)
HOLDFAST_INSPECT(dead_letter, x.id, x.kind, x.work, x.lock, x.entry, x.effect,
                 x.reason, x.attempts, x.at_ms)
HOLDFAST_INSPECT(position_event, x.change, x.account_id, x.position_id,
                 x.symbol, x.side, x.volume, x.open_price, x.current_price,
                 x.stop_loss, x.take_profit, x.profit, x.commission, x.swap,
                 x.close_price, x.time, x.comment, x.silent, x.inferred,
                 x.taken_at_ms)
HOLDFAST_INSPECT(message_state, x.status, x.chat_id, x.message_id)
HOLDFAST_INSPECT(position_record, x.resource, x.signal, x.account_id,
                 x.position_id, x.symbol, x.side, x.status, x.announced, x.open,
                 x.inferred_close, x.silent, x.category, x.volume, x.open_price,
                 x.stop_loss, x.take_profit, x.current_price, x.profit,
                 x.close_price, x.result_pips, x.comment, x.message,
                 x.newest_text, x.created_at_ms, x.updated_at_ms,
                 x.closed_at_ms, x.touched_at_ms)
HOLDFAST_INSPECT(message_draft, x.kind, x.intent, x.supersedes)
HOLDFAST_INSPECT(signal_change, x.outcome, x.position, x.messages)
HOLDFAST_INSPECT(message_report, x.kind, x.chat_id, x.message_id, x.code,
                 x.message, x.retry_after_ms, x.chat_moved)
HOLDFAST_INSPECT(effect_record, x.id, x.kind, x.resource, x.owner_id, x.lock,
                 x.beside, x.state, x.attempts, x.intent, x.outcome,
                 x.created_at_ms, x.updated_at_ms)
HOLDFAST_INSPECT(trade_record, x.id, x.work, x.status, x.emergency, x.lock,
                 x.entry, x.effect, x.order, x.error, x.failure,
                 x.created_at_ms, x.updated_at_ms)
HOLDFAST_INSPECT(journal_event, x.seq, x.at_ms, x.kind, x.resource, x.lock,
                 x.owner_id, x.actor, x.detail)

HOLDFAST_INSPECT(acquire_lock, x.resource, x.owner_id, x.owner, x.type, x.data,
                 x.idempotency_key, x.priority, x.timeout_ms, x.max_retries,
                 x.otherwise, x.wait_ms, x.task, x.caller, x.emergency)
HOLDFAST_INSPECT(entry_view, x.record, x.position, x.has_lock, x.lock, x.effect)
HOLDFAST_INSPECT(acquire_answer, x.outcome, x.lock, x.entry)
HOLDFAST_INSPECT(renew_lock, x.resource, x.id, x.token, x.timeout_ms,
                 x.bound_to)
HOLDFAST_INSPECT(release_lock, x.resource, x.id, x.token, x.failed, x.result,
                 x.error, x.bound_to)
HOLDFAST_INSPECT(force_release, x.resource, x.id, x.actor, x.reason, x.bound_to)
HOLDFAST_INSPECT(force_release_owner, x.owner_id, x.actor, x.reason)
HOLDFAST_INSPECT(force_released, x.released)
HOLDFAST_INSPECT(resolve_lock, x.resource, x.id, x.outcome, x.result, x.actor,
                 x.reason, x.bound_to)
HOLDFAST_INSPECT(report_position, x.resource, x.event, x.bound_to)
HOLDFAST_INSPECT(position_reported, x.outcome, x.position)
HOLDFAST_INSPECT(report_positions, x.events, x.bound_to)
HOLDFAST_INSPECT(position_row, x.account_id, x.position_id, x.outcome, x.signal,
                 x.why)
HOLDFAST_INSPECT(positions_reported, x.rows)
HOLDFAST_INSPECT(report_snapshot, x.account_id, x.events, x.taken_at_ms,
                 x.close_missing, x.bound_to)
HOLDFAST_INSPECT(snapshot_reported, x.rows, x.closed, x.missing)
HOLDFAST_INSPECT(begin_message, x.resource, x.effect)
HOLDFAST_INSPECT(begun_message, x.effect, x.message)
HOLDFAST_INSPECT(end_message, x.resource, x.effect, x.report, x.resend,
                 x.give_up)
HOLDFAST_INSPECT(resolve_message, x.resource, x.effect, x.outcome, x.message_id,
                 x.actor, x.reason, x.bound_to)
HOLDFAST_INSPECT(update_trade, x.resource, x.id, x.order)
HOLDFAST_INSPECT(cancel_entry, x.resource, x.id, x.actor, x.bound_to)
HOLDFAST_INSPECT(watch_entry, x.resource, x.id, x.wait_ms, x.caller, x.claims,
                 x.bound_to)
HOLDFAST_INSPECT(watch_trade, x.resource, x.id, x.lock, x.wait_ms, x.caller)
HOLDFAST_INSPECT(abandon_wait, x.resource, x.caller)
HOLDFAST_INSPECT(requeue_dead_letter, x.resource, x.id, x.actor, x.bound_to)
HOLDFAST_INSPECT(discard_dead_letter, x.resource, x.id, x.actor, x.bound_to)
HOLDFAST_INSPECT(set_paused, x.paused, x.actor)

HOLDFAST_INSPECT(page_request, x.limit, x.cursor)
HOLDFAST_INSPECT(get_lock, x.id)
HOLDFAST_INSPECT(list_locks, x.resource, x.owner_id, x.any_status, x.status,
                 x.page)
HOLDFAST_INSPECT(lock_page, x.items, x.next_cursor)
HOLDFAST_INSPECT(get_resource, x.resource)
HOLDFAST_INSPECT(resource_view, x.resource, x.locked, x.lock, x.queue)
HOLDFAST_INSPECT(list_queue, x.resource, x.owner_id, x.page)
HOLDFAST_INSPECT(entry_page, x.items, x.next_cursor)
HOLDFAST_INSPECT(list_dead_letters, x.page)
HOLDFAST_INSPECT(dead_letter_page, x.items, x.next_cursor)
HOLDFAST_INSPECT(list_trades, x.resource, x.owner_id, x.any_status, x.status,
                 x.page)
HOLDFAST_INSPECT(trade_page, x.items, x.next_cursor)
HOLDFAST_INSPECT(get_effect, x.id)
HOLDFAST_INSPECT(list_effects, x.any_state, x.state, x.page)
HOLDFAST_INSPECT(effect_page, x.items, x.next_cursor)
HOLDFAST_INSPECT(list_positions, x.account_id, x.any_status, x.status,
                 x.signals, x.any_open, x.open, x.page)
HOLDFAST_INSPECT(position_page, x.items, x.next_cursor)
HOLDFAST_INSPECT(get_position, x.id)
HOLDFAST_INSPECT(list_open_positions, x.account_id)
HOLDFAST_INSPECT(list_outbox, x.of, x.after, x.limit)
HOLDFAST_INSPECT(outbox_page, x.items, x.next_after)
HOLDFAST_INSPECT(read_journal, x.resource, x.after, x.limit, x.wait_ms,
                 x.caller)
HOLDFAST_INSPECT(journal_page, x.items, x.more, x.next_after)
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, get_stats&) {
  return f(caf::meta::type_name("get_stats"));
}
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, get_health&) {
  return f(caf::meta::type_name("get_health"));
}
HOLDFAST_INSPECT(alert_state, x.which, x.firing, x.text, x.since_ms)
HOLDFAST_INSPECT(stats, x.paused, x.active_locks, x.queue_length, x.in_doubt,
                 x.effects_unknown, x.dead_letters, x.resources, x.window_s,
                 x.granted, x.released, x.failed, x.expired, x.replayed,
                 x.commits_per_s_milli, x.ops_per_commit_milli, x.commit_p50_us,
                 x.commit_p99_us, x.alerts)
HOLDFAST_INSPECT(health, x.ready, x.detail)
template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, get_metrics&) {
  return f(caf::meta::type_name("get_metrics"));
}
HOLDFAST_INSPECT(labelled_count, x.label, x.count)
HOLDFAST_INSPECT(effect_count, x.kind, x.outcome, x.count)
HOLDFAST_INSPECT(feed_state, x.name, x.up)
HOLDFAST_INSPECT(histogram_counts, x.bounds, x.counts, x.sum)
HOLDFAST_INSPECT(node_metrics, x.now, x.ready, x.queue_by_priority, x.acquires,
                 x.events, x.effects, x.stale_tokens, x.skipped_duplicates,
                 x.control_messages, x.wait_ms, x.hold_ms, x.commit_us,
                 x.commit_ops, x.feeds, x.store_used_bytes, x.store_limit_bytes)

HOLDFAST_INSPECT(run_task, x.lock, x.recovered)
HOLDFAST_INSPECT(begin_effect, x.resource, x.lock, x.kind, x.intent)
HOLDFAST_INSPECT(task_result, x.kind, x.result, x.error, x.retry_after_ms,
                 x.failure, x.signal)

/// A refusal as CAF carries it: category "holdfast", code, and the problem.
caf::error make_error(problem what);

/// The refusal inside a CAF error. Errors of CAF itself (a receiver that is
/// gone, a time-out) become `errc::shutting_down` or `storage_unavailable`.
problem to_problem(const caf::error& what);

/// Makes all message types known. Call before the actor system starts.
void init_types(caf::actor_system_config& cfg);

} // namespace holdfast

CAF_BEGIN_TYPE_ID_BLOCK(holdfast, caf::first_custom_type_id)

CAF_ADD_TYPE_ID(holdfast, (holdfast::problem))
CAF_ADD_TYPE_ID(holdfast, (holdfast::lock_record))
CAF_ADD_TYPE_ID(holdfast, (holdfast::dead_letter))
CAF_ADD_TYPE_ID(holdfast, (holdfast::acquire_lock))
CAF_ADD_TYPE_ID(holdfast, (holdfast::acquire_answer))
CAF_ADD_TYPE_ID(holdfast, (holdfast::entry_view))
CAF_ADD_TYPE_ID(holdfast, (holdfast::renew_lock))
CAF_ADD_TYPE_ID(holdfast, (holdfast::release_lock))
CAF_ADD_TYPE_ID(holdfast, (holdfast::force_release))
CAF_ADD_TYPE_ID(holdfast, (holdfast::force_release_owner))
CAF_ADD_TYPE_ID(holdfast, (holdfast::force_released))
CAF_ADD_TYPE_ID(holdfast, (holdfast::resolve_lock))
CAF_ADD_TYPE_ID(holdfast, (holdfast::cancel_entry))
CAF_ADD_TYPE_ID(holdfast, (holdfast::watch_entry))
CAF_ADD_TYPE_ID(holdfast, (holdfast::abandon_wait))
CAF_ADD_TYPE_ID(holdfast, (holdfast::requeue_dead_letter))
CAF_ADD_TYPE_ID(holdfast, (holdfast::discard_dead_letter))
CAF_ADD_TYPE_ID(holdfast, (holdfast::set_paused))
CAF_ADD_TYPE_ID(holdfast, (holdfast::get_lock))
CAF_ADD_TYPE_ID(holdfast, (holdfast::list_locks))
CAF_ADD_TYPE_ID(holdfast, (holdfast::lock_page))
CAF_ADD_TYPE_ID(holdfast, (holdfast::get_resource))
CAF_ADD_TYPE_ID(holdfast, (holdfast::resource_view))
CAF_ADD_TYPE_ID(holdfast, (holdfast::list_queue))
CAF_ADD_TYPE_ID(holdfast, (holdfast::entry_page))
CAF_ADD_TYPE_ID(holdfast, (holdfast::list_dead_letters))
CAF_ADD_TYPE_ID(holdfast, (holdfast::dead_letter_page))
CAF_ADD_TYPE_ID(holdfast, (holdfast::read_journal))
CAF_ADD_TYPE_ID(holdfast, (holdfast::journal_page))
CAF_ADD_TYPE_ID(holdfast, (holdfast::get_stats))
CAF_ADD_TYPE_ID(holdfast, (holdfast::stats))
CAF_ADD_TYPE_ID(holdfast, (holdfast::get_health))
CAF_ADD_TYPE_ID(holdfast, (holdfast::health))
CAF_ADD_TYPE_ID(holdfast, (holdfast::run_task))
CAF_ADD_TYPE_ID(holdfast, (holdfast::task_result))
CAF_ADD_TYPE_ID(holdfast, (holdfast::begin_effect))
CAF_ADD_TYPE_ID(holdfast, (holdfast::effect_record))
CAF_ADD_TYPE_ID(holdfast, (holdfast::trade_record))
CAF_ADD_TYPE_ID(holdfast, (holdfast::watch_trade))
CAF_ADD_TYPE_ID(holdfast, (holdfast::list_trades))
CAF_ADD_TYPE_ID(holdfast, (holdfast::trade_page))
CAF_ADD_TYPE_ID(holdfast, (holdfast::list_effects))
CAF_ADD_TYPE_ID(holdfast, (holdfast::effect_page))
CAF_ADD_TYPE_ID(holdfast, (holdfast::update_trade))
CAF_ADD_TYPE_ID(holdfast, (holdfast::get_effect))
CAF_ADD_TYPE_ID(holdfast, (holdfast::report_position))
CAF_ADD_TYPE_ID(holdfast, (holdfast::position_reported))
CAF_ADD_TYPE_ID(holdfast, (holdfast::report_positions))
CAF_ADD_TYPE_ID(holdfast, (holdfast::positions_reported))
CAF_ADD_TYPE_ID(holdfast, (holdfast::report_snapshot))
CAF_ADD_TYPE_ID(holdfast, (holdfast::snapshot_reported))
CAF_ADD_TYPE_ID(holdfast, (holdfast::begin_message))
CAF_ADD_TYPE_ID(holdfast, (holdfast::begun_message))
CAF_ADD_TYPE_ID(holdfast, (holdfast::end_message))
CAF_ADD_TYPE_ID(holdfast, (holdfast::resolve_message))
CAF_ADD_TYPE_ID(holdfast, (holdfast::list_positions))
CAF_ADD_TYPE_ID(holdfast, (holdfast::position_page))
CAF_ADD_TYPE_ID(holdfast, (holdfast::get_position))
CAF_ADD_TYPE_ID(holdfast, (holdfast::position_record))
CAF_ADD_TYPE_ID(holdfast, (holdfast::list_open_positions))
CAF_ADD_TYPE_ID(holdfast, (holdfast::list_outbox))
CAF_ADD_TYPE_ID(holdfast, (holdfast::outbox_page))
CAF_ADD_TYPE_ID(holdfast, (holdfast::get_metrics))
CAF_ADD_TYPE_ID(holdfast, (holdfast::node_metrics))

CAF_END_TYPE_ID_BLOCK(holdfast)
