// What the clients of a crash run saw, and what the node says at the end.
// Must not know HTTP: the checker works on these plain records.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace holdfast::test {

enum class call_kind { acquire, read_lock, read_entry, cancel, renew, release };

/// One call as its client saw it. Times are microseconds of one clock.
struct call_record {
  call_kind kind = call_kind::acquire;
  int client = 0;
  std::int64_t operation_start = 0; ///< of the first attempt with this key
  std::int64_t start = 0;
  std::int64_t end = 0;
  int status = 0;   ///< 0: the connection broke, what happened is unknown
  std::string code; ///< of a problem
  std::string resource;
  std::string key;     ///< empty: a plain mutex
  bool shared = false; ///< other clients send this transaction too
  int priority = 5;
  std::int64_t lease_us = 0; ///< asked for by an acquire or a renewal
  std::string lock_id;       ///< in the answer, or the one addressed
  std::uint64_t token = 0;   ///< of the lock in the answer
  std::string lock_status;   ///< of the lock in the answer
  std::string entry_id;      ///< in the answer, or the one addressed
  std::string entry_status;  ///< in the answer
  std::string result;        ///< sent by a release, or replayed; JSON text
  bool failure = false;      ///< a release with an error
};

using history = std::vector<call_record>;

struct journal_row {
  std::uint64_t seq = 0;
  std::string kind;
  std::string resource;
  std::string lock_id;
  std::uint64_t token = 0;
};

struct lock_row {
  std::string resource;
  std::string key;
  std::string status;
  std::uint64_t token = 0;
  std::string result; ///< JSON text; empty when absent
};

struct entry_row {
  bool found = false;
  std::string resource;
  std::string status;
  int priority = 5;
  std::string lock_id; ///< empty when it has none
  std::uint64_t token = 0;
};

struct resource_row {
  std::string holder; ///< lock id, empty when free
  std::vector<std::string> queue;
};

/// The node's own account after the last restart.
struct final_state {
  std::vector<journal_row> journal;
  std::map<std::string, lock_row> locks;
  std::map<std::string, entry_row> entries; ///< all that were acknowledged
  std::map<std::string, resource_row> resources;
};

} // namespace holdfast::test
