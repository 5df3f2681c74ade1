// Durable home of all state: named tables of bytes, a journal, one writer.
// Must not know CAF, the rules, or what the records mean (see records.hpp).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast {

/// The tables. docs/data-format.md describes their keys and values.
enum class table : std::uint8_t {
  meta,         ///< name -> value: format, store tag, last id, paused
  resources,    ///< resource -> version, holder; absent while free
  locks,        ///< lock number -> lock_record that holds (active, in doubt)
  in_doubt,     ///< lock number -> nothing; those of `locks` that are in doubt
  history,      ///< lock number -> lock_record that has ended
  waiters,      ///< resource 0 priority number -> lasting flag
  entries,      ///< entry number -> entry_record
  outcomes,     ///< resource 0 sha256(key) -> outcome_record
  dead_letters, ///< dead letter number -> dead_letter
  journal,      ///< sequence -> journal_event; only ever appended
  beside,       ///< lock number -> lock_record of an emergency under way
  effects,      ///< effect number -> effect_record
  trades,       ///< trade number -> trade_record
  positions,    ///< signal number -> position_record
  position_index, ///< resource -> position_ref: its newest position
  outbox, ///< resource 0 effect number -> channel: messages that have not ended
};

inline constexpr std::size_t table_count = 16;

std::string_view to_string(table t);

/// Why the store cannot do what was asked.
enum class storage_errc : std::uint8_t {
  full,         ///< the map (`map_size_gib`) is used up
  disk_full,    ///< the file system is out of space
  io,           ///< read or write error
  locked,       ///< another engine or process has this directory
  newer_format, ///< written by a newer version
  corrupt,      ///< not a store, truncated, or damaged
};

struct storage_error : std::runtime_error {
  storage_error(storage_errc c, const std::string& what)
      : std::runtime_error(what), code(c) {}
  storage_errc code;
};

/// Sets (`value`) or erases (no value) one record.
struct write {
  table where;
  std::string key;
  std::optional<std::string> value;
};

/// One decision: all of it is committed or nothing.
struct step {
  /// Resource whose version is checked; empty: no check.
  std::string resource;
  /// The version this was decided upon: 0 when the resource has no record,
  /// else the first eight bytes (little endian) of its `resources` value.
  std::uint64_t base = 0;
  std::vector<write> writes;
  /// Encoded journal events; the store gives them the next sequence numbers.
  std::vector<std::string> events;
  /// Largest id given out in this decision; the store remembers the maximum.
  std::uint64_t max_id = 0;
};

enum class commit_result : std::uint8_t {
  committed,
  conflict, ///< `base` was not the current version; nothing of it was written
};

/// What the janitor may remove. Times are wall clock.
struct purge_request {
  std::int64_t ended_before_ms = 0;   ///< history, outcomes, settled entries
  std::int64_t dead_before_ms = 0;    ///< dead letters
  std::int64_t journal_before_ms = 0; ///< journal rows
  std::int64_t settled_before_ms = 0; ///< trades, effects, closed positions
  std::size_t max_rows = 1000;        ///< looked at per table and call
  /// Where the last call stopped in history and in entries; 0 at the start.
  std::uint64_t history_from = 0;
  std::uint64_t entries_from = 0;
  std::uint64_t dead_letters_from = 0;
  std::uint64_t trades_from = 0;
  std::uint64_t effects_from = 0;
  std::uint64_t positions_from = 0;
};

struct purge_result {
  std::uint64_t removed = 0;
  bool more = false; ///< call again with the same request and these:
  std::uint64_t history_from = 0;
  std::uint64_t entries_from = 0;
  std::uint64_t dead_letters_from = 0;
  std::uint64_t trades_from = 0;
  std::uint64_t effects_from = 0;
  std::uint64_t positions_from = 0;
};

/// A consistent view of everything committed when it was opened. May be used
/// on any one thread at a time, beside the writer; close it soon, since it
/// keeps old pages alive.
class snapshot {
public:
  virtual ~snapshot() = default;

  /// The view is valid until the snapshot is closed.
  virtual std::optional<std::string_view> get(table t,
                                              std::string_view key) const = 0;

  /// Calls `row(key, value)` in key order, starting at the first key that is
  /// not less than `from`, until it answers false or the table ends.
  using row_fn = std::function<bool(std::string_view, std::string_view)>;
  virtual void scan(table t, std::string_view from,
                    const row_fn& row) const = 0;

  /// The same backwards, starting at the last key that is less than `before`;
  /// at the table's end when `before` is empty.
  virtual void scan_back(table t, std::string_view before,
                         const row_fn& row) const = 0;

  virtual std::uint64_t count(table t) const = 0;
};

/// How full the store is.
struct store_usage {
  std::uint64_t used_bytes = 0;
  std::uint64_t limit_bytes = 0;
};

/// The reading half of a store. All calls from any thread.
class store_reader {
public:
  virtual ~store_reader() = default;

  /// @throws storage_error
  virtual std::unique_ptr<snapshot> read() const = 0;

  virtual std::uint32_t tag() const = 0; ///< random, given at creation
};

/// The store. `commit`, `purge` and `probe` belong to one thread at a time
/// (the persistence actor's); `read`, `last_id`, `last_seq`, `tag` and `usage`
/// may be called from any.
class store : public store_reader {
public:
  /// Commits the steps in order; on return they survive power loss. A step
  /// whose `base` is not the resource's current version (earlier steps of the
  /// same call included) is refused on its own and reported in its place; the
  /// others commit. A call without steps does nothing.
  /// @throws storage_error when nothing was committed.
  virtual std::vector<commit_result> commit(const std::vector<step>& steps) = 0;

  /// Removes what is older than the request says: ended locks together with
  /// the outcome that names them, settled entries (and the outcome of a
  /// cancelled one), dead letters, settled trades and effects, closed positions
  /// whose messages have all ended, the journal's oldest rows (never the last
  /// one). Waiting entries, entries of locks that still hold, and what holds
  /// are never touched. Looks at up to `max_rows` rows per table and commits.
  /// @throws storage_error when nothing was committed.
  virtual purge_result purge(const purge_request& what) = 0;

  /// Commits a small write; tells whether commits work.
  /// @throws storage_error when they do not.
  virtual void probe() = 0;

  virtual std::uint64_t last_id() const = 0;  ///< largest committed `max_id`
  virtual std::uint64_t last_seq() const = 0; ///< newest journal row, 0 if none
  virtual store_usage usage() const = 0;

  /// Copies everything committed into the empty or absent directory `dest`
  /// while the store stays in use. @throws storage_error
  virtual void copy_to(const std::string& dest) const = 0;
};

} // namespace holdfast
