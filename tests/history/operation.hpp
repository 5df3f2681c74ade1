// One call on a lock, as its client saw it: what the check of histories works
// on. Must not know HTTP, Holdfast's code, or how a node keeps its locks.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace linear {

enum class call {
  acquire,
  renew,
  release,
  force,
  cancel,
  read_lock,
  read_entry,
  read_resource
};

/// What the answer says. `none`: there was no answer.
enum class verdict {
  none,
  granted,     ///< acquire: `lock` and `token`
  queued,      ///< acquire: `entry` and `position`
  replayed,    ///< acquire: `lock` and `content` of the earlier success
  held,        ///< acquire: refused, another transaction holds the resource
  in_progress, ///< acquire: refused, `lock` works for this transaction
  done,        ///< renew, release, cancel; force: this call ended the lock
  stale,       ///< renew, release: refused; force: it had ended already
  not_waiting, ///< cancel: refused
  shown,       ///< reads: the members below
  other        ///< anything that the contract does not have
};

/// No later than any moment.
constexpr auto forever = std::numeric_limits<std::int64_t>::max();

/// One of those who wait, as a read of the resource shows it.
struct queue_row {
  std::string entry;
  std::string work;
};

/// Times are microseconds of one monotonic clock. Texts that a call does not
/// have are empty, numbers 0.
struct operation {
  int client = 0;
  std::int64_t invoked_us = 0;
  std::int64_t answered_us = forever;
  /// A call without an answer may have taken effect until then, or not at all:
  /// the process that it was sent to was surely dead by then.
  std::int64_t over_us = forever;
  call kind = call::acquire;
  std::string resource;

  // What was asked.
  std::string work;   ///< the transaction: its key, or another name of its own
  bool queue = false; ///< acquire: queue when the resource is held
  int priority = 5;
  std::int64_t lease_us = 0; ///< acquire, renew
  std::string content;       ///< release: result or error; replay: the result

  // What was addressed, or is in the answer.
  std::string lock;
  std::uint64_t token = 0;
  std::string entry;

  // The answer.
  verdict answer = verdict::none;
  int position = 0;                   ///< of a waiting entry; 1 is served next
  std::string status;                 ///< shown of the lock or entry
  std::vector<queue_row> queue_shown; ///< those served first first

  bool answered() const { return answer != verdict::none; }
};

using operations = std::vector<operation>;

/// The operation on one line, for people.
std::string describe(const operation& op);

/// One line of JSON per operation, so that a history can be kept, looked at
/// and altered by hand.
std::string to_lines(const operations& all);

/// @throws std::runtime_error naming the line that is no operation
operations from_lines(const std::string& text);

} // namespace linear
