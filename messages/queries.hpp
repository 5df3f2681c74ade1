// What can be read, and what is answered: views of committed state.
// Must not know CAF (see type_ids.hpp), HTTP or storage.
#pragma once

#include "messages/alert.hpp"
#include "messages/commands.hpp"
#include "messages/effect.hpp"
#include "messages/journal.hpp"
#include "messages/position.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace holdfast {

/// Lists answer at most `limit` (1-1000) items and, when there is more, a
/// cursor for the next page. A cursor is opaque; a bad one is `errc::invalid`.
struct page_request {
  std::uint32_t limit = 50;
  std::string cursor;
};

/// One lock, active or ended. `errc::not_found` when unknown or purged.
struct get_lock {
  lock_id id;
};

/// Locks, newest grant first. Empty filters match everything.
struct list_locks {
  std::string resource;
  std::string owner_id;
  bool any_status = true;
  lock_status status = lock_status::active; ///< unless `any_status`
  page_request page;
};

struct lock_page {
  std::vector<lock_record> items;
  std::string next_cursor; ///< empty: that was all
};

/// What is known of one resource now, its queue in serving order.
struct get_resource {
  std::string resource;
};

struct resource_view {
  std::string resource;
  bool locked = false;
  lock_record lock; ///< when locked
  std::vector<entry_view> queue;
};

/// Waiting entries, in serving order per resource.
struct list_queue {
  std::string resource;
  std::string owner_id;
  page_request page;
};

struct entry_page {
  std::vector<entry_view> items;
  std::string next_cursor;
};

/// Dead letters, newest first.
struct list_dead_letters {
  page_request page;
};

struct dead_letter_page {
  std::vector<dead_letter> items;
  std::string next_cursor;
};

/// Trades, newest first. Empty filters match everything.
struct list_trades {
  std::string resource;
  std::string owner_id;
  bool any_status = true;
  trade_status status = trade_status::queued; ///< unless `any_status`
  page_request page;
};

struct trade_page {
  std::vector<trade_record> items;
  std::string next_cursor;
};

struct get_effect {
  effect_id id;
};

/// Effects, newest first.
struct list_effects {
  bool any_state = true;
  effect_state state = effect_state::pending; ///< unless `any_state`
  page_request page;
};

struct effect_page {
  std::vector<effect_record> items;
  std::string next_cursor;
};

/// Positions, newest first. Empty filters match everything.
struct list_positions {
  std::string account_id;
  bool any_status = true;
  position_status status = position_status::processing; ///< unless any
  bool signals = false; ///< only those that have a signal
  bool any_open = true; ///< both open ones and closed ones
  bool open = true;     ///< unless `any_open`
  page_request page;
};

struct position_page {
  std::vector<position_record> items;
  std::string next_cursor;
};

/// The position of a signal. `errc::not_found` when unknown or purged.
struct get_position {
  signal_id id;
};

/// The positions of an account that are open, in the order of their ids.
struct list_open_positions {
  std::string account_id;
};

/// What is next to be sent of a channel: the first message of each resource
/// that has not ended, in the order of the resources' names.
struct list_outbox {
  channel of = channel::telegram;
  std::string after; ///< resource; empty: from the first
  std::uint32_t limit = 1000;
};

struct outbox_page {
  std::vector<effect_record> items;
  std::string next_after; ///< empty: that was all
};

/// Journal rows with `seq > after`, oldest first. With `wait_ms` an empty
/// answer is held back until a row comes or the time is over.
struct read_journal {
  std::string resource; ///< empty: all
  std::uint64_t after = 0;
  std::uint32_t limit = 50;
  std::int64_t wait_ms = 0;
  std::uint64_t caller = 0; ///< names this call for `abandon_wait`
};

struct journal_page {
  std::vector<journal_event> items;
  bool more = false;            ///< rows are left after the last one
  std::uint64_t next_after = 0; ///< where to go on reading
};

struct get_stats {};

/// Numbers of now, and of the last `window_s` seconds.
struct stats {
  bool paused = false;
  std::uint64_t active_locks = 0;
  std::uint64_t queue_length = 0;
  std::uint64_t in_doubt = 0;
  std::uint64_t effects_unknown = 0;
  std::uint64_t dead_letters = 0;
  std::uint64_t resources = 0; ///< held or waited for
  std::uint32_t window_s = 60;
  std::uint64_t granted = 0;
  std::uint64_t released = 0;
  std::uint64_t failed = 0;
  std::uint64_t expired = 0;
  std::uint64_t replayed = 0;
  std::uint64_t commits_per_s_milli = 0;  ///< commits per second x 1000
  std::uint64_t ops_per_commit_milli = 0; ///< decisions per commit x 1000
  std::uint64_t commit_p50_us = 0;
  std::uint64_t commit_p99_us = 0;
  std::vector<alert_state> alerts; ///< those that fire
};

struct get_health {};

struct health {
  bool ready = false;
  std::string detail; ///< why not, or "ok"
};

} // namespace holdfast
