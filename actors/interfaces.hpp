// Every actor's typed protocol, a comment per message: the map of the system.
#pragma once

#include "messages/type_ids.hpp"

#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

namespace holdfast {

/// The lock service: `lock_directory` in the node, the same in process or
/// remote. Every request is answered by its result or a caf::error that
/// `to_problem` reads.
using locks_actor = caf::typed_actor<
    // Asks for a lock; see acquire_lock for the ways it can end.
    caf::replies_to<acquire_lock>::with<acquire_answer>,
    // Extends a lease. not_found, stale_lock.
    caf::replies_to<renew_lock>::with<lock_record>,
    // Ends a lock with its outcome. not_found, stale_lock.
    caf::replies_to<release_lock>::with<lock_record>,
    // Ends a lock over its owner's head. not_found, in_doubt.
    caf::replies_to<force_release>::with<force_released>,
    // Ends all active locks of an owner. in_doubt.
    caf::replies_to<force_release_owner>::with<force_released>,
    // Settles a lock in doubt. not_found, in_progress while its task runs,
    // stale_lock when it has ended.
    caf::replies_to<resolve_lock>::with<lock_record>,
    // From who follows orders that rest. not_found, stale_lock.
    caf::replies_to<update_trade>::with<trade_record>,
    // Takes an entry out of the queue. not_found, not_waiting.
    caf::replies_to<cancel_entry>::with<entry_view>,
    // Reads an entry, or waits for its status to change. not_found.
    caf::replies_to<watch_entry>::with<entry_view>,
    // Reads a trade, or waits until it is settled. not_found.
    caf::replies_to<watch_trade>::with<trade_record>,
    // One report of a position. invalid, queue_full, forbidden.
    caf::replies_to<report_position>::with<position_reported>,
    // From a notifier, before it sends and after it. stale_lock, not_found.
    caf::replies_to<begin_message>::with<begun_message>,
    caf::replies_to<end_message>::with<effect_record>,
    // Settles a message whose outcome is unknown. not_found, stale_lock.
    caf::replies_to<resolve_message>::with<effect_record>,
    // From an executor, before it acts. stale_lock.
    caf::replies_to<begin_effect>::with<effect_record>,
    // The connection behind `caller` is gone.
    caf::reacts_to<abandon_wait>,
    // Puts a dead letter's transaction back into its queue. not_found,
    // in_progress, queue_full, key_mismatch.
    caf::replies_to<requeue_dead_letter>::with<entry_view>,
    // Throws a dead letter away; answers what it was. not_found.
    caf::replies_to<discard_dead_letter>::with<dead_letter>,
    // Stops or starts the beginning of tasks; answers the state before.
    caf::replies_to<set_paused>::with<bool>>;

/// Reads committed state beside the writer: lists, history, numbers.
using queries_actor =
    caf::typed_actor<caf::replies_to<get_lock>::with<lock_record>,
                     caf::replies_to<list_locks>::with<lock_page>,
                     caf::replies_to<get_resource>::with<resource_view>,
                     caf::replies_to<list_queue>::with<entry_page>,
                     caf::replies_to<list_dead_letters>::with<dead_letter_page>,
                     caf::replies_to<list_trades>::with<trade_page>,
                     caf::replies_to<get_effect>::with<effect_record>,
                     caf::replies_to<list_effects>::with<effect_page>,
                     caf::replies_to<list_positions>::with<position_page>,
                     caf::replies_to<get_position>::with<position_record>,
                     caf::replies_to<list_open_positions>::with<position_page>,
                     caf::replies_to<list_outbox>::with<outbox_page>,
                     caf::replies_to<read_journal>::with<journal_page>,
                     caf::replies_to<get_stats>::with<stats>,
                     // Everything that is counted, for a collector of metrics.
                     caf::replies_to<get_metrics>::with<node_metrics>,
                     // Can the node commit?
                     caf::replies_to<get_health>::with<health>,
                     // The connection behind `caller` of a waiting read_journal
                     // is gone.
                     caf::reacts_to<abandon_wait>>;

/// Where positions are reported, one by one or a whole account: `position_desk`
/// in the node. Every report is answered in its row; the request as a whole is
/// refused with `errc::shutting_down`, `storage_unavailable`.
using positions_actor = caf::typed_actor<
    caf::replies_to<report_positions>::with<positions_reported>,
    caf::replies_to<report_snapshot>::with<snapshot_reported>>;

/// Work of the host program's own, under the lock. May be asked for the same
/// attempt again (`recovered`); must answer every request.
using executor_actor =
    caf::typed_actor<caf::replies_to<run_task>::with<task_result>>;

} // namespace holdfast
