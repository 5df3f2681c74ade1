// The guarantees, one function each; this file: journal, grants, releases.
// Must not know HTTP or how the node works: only the contract's guarantees.
#include "tests/crash/checker.hpp"

#include <algorithm>
#include <limits>
#include <set>

namespace holdfast::test {

namespace {

constexpr std::int64_t rounding_us = 5000; // leases are whole milliseconds
constexpr std::int64_t silence_us = 9'000'000;

bool ends_a_lock(const std::string& kind) {
  return kind == "released" || kind == "failed" || kind == "expired" ||
         kind == "force_released";
}

} // namespace

checker::checker(const history& calls, const final_state& state)
    : calls_(calls), state_(state) {}

std::vector<std::string> checker::violations() {
  read_journal();
  read_calls();
  check_answers();
  check_grants();
  check_intervals();
  check_token_order();
  check_releases();
  check_outcomes();
  check_successes();
  check_entries();
  check_service_order();
  check_end();
  return found_;
}

void checker::read_journal() {
  std::uint64_t seq = 0;
  std::uint64_t token = 0;
  std::map<std::string, std::string> holders;
  for (const auto& row : state_.journal) {
    if (seq != 0 && row.seq != seq + 1)
      fail("the journal jumps from " + std::to_string(seq) + " to " +
           std::to_string(row.seq));
    seq = row.seq;
    auto& holder = holders[row.resource];
    if (row.kind == "granted") {
      if (!holder.empty())
        fail("journal: " + row.lock_id + " granted while " + holder +
             " holds " + row.resource);
      if (row.token <= token)
        fail("journal: the token of " + row.lock_id + " does not rise");
      token = std::max(token, row.token);
      holder = row.lock_id;
      auto& lock = locks_[row.lock_id];
      ++lock.grants;
      lock.token = row.token;
      lock.resource = row.resource;
    } else if (ends_a_lock(row.kind)) {
      if (holder != row.lock_id)
        fail("journal: " + row.lock_id + " " + row.kind + " but " +
             (holder.empty() ? "nobody" : holder) + " holds " + row.resource);
      holder.clear();
      locks_[row.lock_id].end = row.kind;
    } else if (row.kind == "queued") {
      ++queued_rows_[row.resource];
    }
  }
}

void checker::note_grant(const call_record& call) {
  auto& lock = locks_[call.lock_id];
  if (lock.grants == 0)
    fail("lost grant: " + call.lock_id + " was acknowledged to client " +
         std::to_string(call.client) + " but is not in the journal");
  else if (lock.token != call.token)
    fail("lock " + call.lock_id + " was acknowledged with token " +
         std::to_string(call.token) + ", journaled with " +
         std::to_string(lock.token));
  if (call.lock_status != "active")
    return;
  if (lock.acknowledged == 0 || call.end < lock.acknowledged)
    lock.acknowledged = call.end;
  lock.granted_after = std::max(lock.granted_after, call.operation_start);
  if (call.lease_us != 0)
    lock.guaranteed_until =
        std::max(lock.guaranteed_until, call.operation_start + call.lease_us);
}

void checker::read_calls() {
  for (const auto& call : calls_) {
    bool shows_lock = (call.kind == call_kind::acquire && call.status == 201) ||
                      ((call.kind == call_kind::read_entry ||
                        call.kind == call_kind::read_lock) &&
                       call.status == 200 && !call.lock_id.empty());
    if (shows_lock)
      note_grant(call);
  }
  for (const auto& call : calls_) {
    if (call.kind == call_kind::renew && call.status == 200) {
      auto& lock = locks_[call.lock_id];
      lock.guaranteed_until =
          std::max(lock.guaranteed_until, call.start + call.lease_us);
    }
    if (call.kind == call_kind::release) {
      auto& lock = locks_[call.lock_id];
      if (lock.released_from == 0 || call.start < lock.released_from)
        lock.released_from = call.start;
      ++lock.contents[(call.failure ? "error " : "result ") + call.result];
    }
  }
}

void checker::check_answers() {
  static const std::set<std::string> expected{
      "held",       "in-progress",  "wait-timeout",
      "queue-full", "stale-lock",   "not-waiting",
      "cancelled",  "rate-limited", "storage-unavailable"};
  for (const auto& call : calls_) {
    if (call.status == 0 && call.end - call.start > silence_us)
      fail("a call of client " + std::to_string(call.client) +
           " was never answered");
    if (call.status >= 300 && !expected.count(call.code))
      fail("client " + std::to_string(call.client) + " was answered " +
           std::to_string(call.status) + " " + call.code + " for " +
           call.lock_id + call.entry_id);
  }
}

void checker::check_grants() {
  for (const auto& [id, lock] : locks_) {
    if (lock.grants > 1)
      fail("lock " + id + " was granted " + std::to_string(lock.grants) +
           " times");
    auto row = state_.locks.find(id);
    if (lock.grants == 0)
      continue; // said already, or only addressed
    if (row == state_.locks.end()) {
      fail("lock " + id + " is journaled but not listed");
      continue;
    }
    auto status = lock.end.empty() ? "active" : lock.end;
    if (row->second.status != status)
      fail("lock " + id + " is " + row->second.status + ", its journal says " +
           status);
    if (row->second.token != lock.token)
      fail("lock " + id + " has another token than its journal");
  }
  for (const auto& [id, row] : state_.locks) {
    auto lock = locks_.find(id);
    if (lock == locks_.end() || lock->second.grants == 0)
      fail("lock " + id + " is listed but was never journaled as granted");
  }
}

void checker::check_intervals() {
  struct interval {
    std::int64_t from, to;
    std::string lock_id;
  };
  std::map<std::string, std::vector<interval>> held;
  for (const auto& [id, lock] : locks_) {
    if (lock.acknowledged == 0 || lock.end == "force_released")
      continue;
    auto to = std::numeric_limits<std::int64_t>::max();
    if (lock.released_from != 0)
      to = lock.released_from;
    if (lock.end == "expired" || lock.released_from == 0)
      to = std::min(to, lock.guaranteed_until - rounding_us);
    if (to > lock.acknowledged)
      held[lock.resource].push_back({lock.acknowledged, to, id});
  }
  for (auto& [resource, list] : held) {
    std::sort(list.begin(), list.end(),
              [](auto& a, auto& b) { return a.from < b.from; });
    const interval* longest = nullptr;
    for (const auto& next : list) {
      if (longest && next.from < longest->to)
        fail("two holders of " + resource + " at once: " + longest->lock_id +
             " and " + next.lock_id);
      if (!longest || next.to > longest->to)
        longest = &next;
    }
  }
}

void checker::check_token_order() {
  struct moment {
    std::int64_t at;
    bool acknowledged; // otherwise: the earliest moment of the grant
    std::uint64_t token;
    std::string lock_id;
  };
  std::vector<moment> moments;
  for (const auto& [id, lock] : locks_) {
    if (lock.acknowledged == 0)
      continue;
    moments.push_back({lock.acknowledged, true, lock.token, id});
    moments.push_back({lock.granted_after, false, lock.token, id});
  }
  std::sort(moments.begin(), moments.end(),
            [](auto& a, auto& b) { return a.at < b.at; });
  std::uint64_t largest = 0;
  for (const auto& now : moments) {
    if (now.acknowledged)
      largest = std::max(largest, now.token);
    else if (now.token <= largest)
      fail("lock " + now.lock_id + " was asked for after token " +
           std::to_string(largest) + " was acknowledged, but got " +
           std::to_string(now.token));
  }
}

void checker::check_releases() {
  for (const auto& call : calls_) {
    if (call.kind != call_kind::release || call.status == 0)
      continue;
    auto& lock = locks_[call.lock_id];
    if (call.status == 200) {
      auto kind = call.failure ? "failed" : "released";
      if (lock.end != kind)
        fail("lost release: " + call.lock_id + " was acknowledged " + kind +
             ", its journal says " + (lock.end.empty() ? "active" : lock.end));
      auto row = state_.locks.find(call.lock_id);
      if (!call.failure && row != state_.locks.end() &&
          row->second.result != call.result)
        fail("the result of " + call.lock_id + " is " + row->second.result +
             ", acknowledged was " + call.result);
    } else if (call.code == "stale-lock") {
      bool alone = lock.contents.size() == 1;
      if (alone && (lock.end == "released" || lock.end == "failed"))
        fail("repeating the release of " + call.lock_id + " was refused");
      if (lock.end.empty())
        fail("the release of " + call.lock_id +
             " was refused though it is active");
      if (lock.end == "expired" &&
          call.end < lock.guaranteed_until - rounding_us)
        fail("lock " + call.lock_id + " expired before its lease was over");
    }
  }
  for (const auto& [id, lock] : locks_) {
    if ((lock.end == "released" || lock.end == "failed") &&
        lock.contents.empty())
      fail("lock " + id + " is " + lock.end + " but nobody released it");
    if (lock.end == "force_released")
      fail("lock " + id + " was forced but nobody forced it");
  }
}

} // namespace holdfast::test
