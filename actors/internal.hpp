// The protocols inside one engine; nothing here crosses a node.
#pragma once

#include "actors/interfaces.hpp"
#include "actors/messenger.hpp"
#include "actors/notifier_settings.hpp"
#include "actors/surroundings.hpp"
#include "messages/alert.hpp"
#include "rules/alert_rules.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/response_promise.hpp>

#include <vector>

namespace holdfast {

/// Lets go of an actor: a handle that lives on keeps its actor in memory.
template <class Handle>
void let_go(Handle& actor) {
  actor = Handle{};
}

/// Commit one decision. Answered with the newest journal number when it is
/// durable; an error means that nothing of it happened, or that nobody knows.
struct commit_step {
  step what;
};

/// Remove what is too old, between two commits.
struct purge_step {
  purge_request what;
};

/// Read a resource behind every commit asked for before. The directory hears
/// `resource_loaded`.
struct load_resource {
  std::string resource;
};

struct resource_loaded {
  resource_state state;
  std::string why; ///< not empty: it could not be read
};

/// Nothing is due any more.
inline constexpr std::int64_t never_due = INT64_MAX;

/// Wake the owner of `resource` at `due_boot_us`, or a little later. Only the
/// earliest time asked for counts; it is forgotten when it has come, or when
/// `never_due` is said.
struct arm_timer {
  std::string resource;
  std::int64_t due_boot_us = 0;
};

/// Something of this resource is due.
struct wake_resource {
  std::string resource;
};

/// Start the task of a lock. Repeated for the same attempt it does nothing.
struct start_task {
  run_task what;
};

/// Answer when the results that came before have been passed on.
struct flush_tasks {};

/// The lock of a task has ended; do not start it if it has not begun.
struct forget_task {
  lock_id lock;
};

struct task_ended {
  std::string resource;
  lock_id lock;
  std::uint32_t attempt = 0;
  task_result result;
};

/// Ends if nothing is under way; answers `owner_retired` to the directory.
struct retire_owner {};

struct owner_retired {
  std::string resource;
  caf::actor_addr owner;
  bool gone = false;
};

/// A commit of this owner failed: it must not be used any more.
struct owner_failed {
  std::string resource;
  caf::actor_addr owner;
};

/// The last message an owner gets: nothing more will be asked of it.
struct dismiss_owner {};

/// Answer everybody and end, once what is being committed is durable.
struct shut_down {};

/// Rows up to `seq` are committed.
struct journal_advanced {
  std::uint64_t seq = 0;
};

/// The next message of this resource, on the channel of who is told, is
/// pending.
struct message_ready {
  std::string resource;
  effect_id effect;
  std::string chat; ///< empty: of a channel without chats
};

/// Send through this from now on.
struct register_messenger {
  messenger_actor to;
  notifier_settings how;
};

/// Answer when nothing is being sent outside, and send nothing more.
struct finish_sending {};

struct commit_now {};
struct probe_now {};
struct tick {};

/// How are things?
struct look_around {};

/// Answered at once by who is alive.
struct ping {};

struct register_task_executor {
  std::string name;
  executor_actor work;
};

/// One key's actor. Gets every command of the directory's with `resource`
/// filled in, in one order.
using owner_actor =
    caf::typed_actor<caf::replies_to<acquire_lock>::with<acquire_answer>,
                     caf::replies_to<renew_lock>::with<lock_record>,
                     caf::replies_to<release_lock>::with<lock_record>,
                     caf::replies_to<force_release>::with<force_released>,
                     caf::replies_to<resolve_lock>::with<lock_record>,
                     caf::replies_to<update_trade>::with<trade_record>,
                     caf::replies_to<cancel_entry>::with<entry_view>,
                     caf::replies_to<watch_entry>::with<entry_view>,
                     caf::replies_to<watch_trade>::with<trade_record>,
                     caf::replies_to<report_position>::with<position_reported>,
                     caf::replies_to<begin_message>::with<begun_message>,
                     caf::replies_to<end_message>::with<effect_record>,
                     caf::replies_to<resolve_message>::with<effect_record>,
                     caf::replies_to<change_alert>::with<bool>,
                     caf::replies_to<begin_effect>::with<effect_record>,
                     caf::reacts_to<abandon_wait>,
                     caf::replies_to<requeue_dead_letter>::with<entry_view>,
                     caf::replies_to<discard_dead_letter>::with<dead_letter>,
                     // A timer armed for this resource has come.
                     caf::reacts_to<wake_resource>, caf::reacts_to<task_ended>,
                     caf::reacts_to<retire_owner>,
                     caf::reacts_to<dismiss_owner>, caf::reacts_to<shut_down>>;

/// Knows which owner has a key; wakes and retires owners.
using directory_actor = locks_actor::extend<
    caf::reacts_to<resource_loaded>, caf::reacts_to<wake_resource>,
    caf::reacts_to<task_ended>, caf::reacts_to<owner_retired>,
    caf::reacts_to<owner_failed>, caf::reacts_to<tick>,
    // From the watchdog: an alert begins to fire, or is over.
    caf::replies_to<change_alert>::with<bool>,
    caf::replies_to<ping>::with<bool>,
    // Refuses everything from now on, ends all owners, and answers then.
    caf::replies_to<shut_down>::with<bool>>;

/// The only writer of the store.
using persistence_actor =
    caf::typed_actor<caf::replies_to<commit_step>::with<std::uint64_t>,
                     caf::replies_to<purge_step>::with<purge_result>,
                     caf::reacts_to<load_resource, directory_actor>,
                     caf::reacts_to<commit_now>, caf::reacts_to<probe_now>>;

/// Wakes resources when something of them is due.
using timer_actor =
    caf::typed_actor<caf::reacts_to<arm_timer>, caf::reacts_to<tick>>;

/// Knows the executors and runs tasks on them, each attempt once at a time.
using task_runner_actor =
    caf::typed_actor<caf::reacts_to<register_task_executor>,
                     caf::reacts_to<start_task>, caf::reacts_to<forget_task>,
                     caf::replies_to<flush_tasks>::with<bool>,
                     // The paused flag has changed.
                     caf::reacts_to<tick>>;

/// Sends the messages of one channel.
using notifier_actor =
    caf::typed_actor<caf::reacts_to<message_ready>,
                     caf::reacts_to<register_messenger>, caf::reacts_to<tick>,
                     caf::replies_to<finish_sending>::with<bool>>;

/// queries_actor, told of every commit.
using reader_actor =
    queries_actor::extend<caf::reacts_to<journal_advanced>,
                          caf::reacts_to<tick>,
                          // What the watchdog judges.
                          caf::replies_to<look_around>::with<alert_facts>>;

/// Looks around every few seconds, and has alerts told.
using watchdog_actor = caf::typed_actor<caf::reacts_to<tick>>;

/// Removes what is too old, every `cleanup_interval_ms`.
using janitor_actor = caf::typed_actor<caf::reacts_to<tick>>;

} // namespace holdfast

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::commit_step)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::purge_step)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::purge_result)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::load_resource)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::resource_loaded)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::arm_timer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::wake_resource)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::start_task)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::forget_task)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::flush_tasks)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::task_ended)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::retire_owner)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::owner_retired)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::owner_failed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::dismiss_owner)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::shut_down)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::journal_advanced)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::message_ready)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::register_messenger)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::finish_sending)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::commit_now)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::probe_now)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::tick)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::register_task_executor)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::look_around)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::ping)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::alert_facts)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::change_alert)
