// The guarantees, one function each; this file: outcomes, queue entries, the
// end of the run.
// Must not know HTTP or how the node works: only the contract's guarantees.
#include "tests/crash/checker.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <set>

namespace holdfast::test {

namespace {

using transaction = std::pair<std::string, std::string>; // resource, key

} // namespace

void checker::check_outcomes() {
  std::map<transaction, const call_record*> first;
  for (const auto& call : calls_) {
    if (call.kind != call_kind::acquire || call.status != 200)
      continue;
    auto [known, fresh] = first.try_emplace({call.resource, call.key}, &call);
    if (!fresh && (known->second->lock_id != call.lock_id ||
                   known->second->result != call.result))
      fail("key " + call.key + " was replayed as " + known->second->result +
           " and as " + call.result);
    auto row = state_.locks.find(call.lock_id);
    if (row == state_.locks.end() || row->second.status != "released")
      fail("key " + call.key + " was replayed from " + call.lock_id +
           ", which did not succeed");
    else if (row->second.result != call.result || row->second.key != call.key ||
             row->second.resource != call.resource)
      fail("key " + call.key + " was replayed as " + call.result + ", lock " +
           call.lock_id + " holds " + row->second.result);
  }
}

void checker::check_successes() {
  std::map<transaction, std::string> winner;
  for (const auto& [id, row] : state_.locks) {
    if (row.key.empty() || row.status != "released")
      continue;
    auto [known, fresh] = winner.try_emplace({row.resource, row.key}, id);
    if (!fresh)
      fail("key " + row.key + " succeeded twice: " + known->second + " and " +
           id);
  }
  std::map<transaction, std::int64_t> known_since;
  auto note = [&](const std::string& resource, const std::string& key,
                  std::int64_t at) {
    auto [found, fresh] = known_since.try_emplace({resource, key}, at);
    if (!fresh)
      found->second = std::min(found->second, at);
  };
  for (const auto& call : calls_) {
    if (call.kind == call_kind::acquire && call.status == 200)
      note(call.resource, call.key, call.end);
    if (call.kind == call_kind::release && call.status == 200 &&
        !call.failure && !call.key.empty())
      note(call.resource, call.key, call.end);
  }
  for (const auto& call : calls_) {
    if (call.kind != call_kind::acquire || call.key.empty())
      continue;
    auto known = known_since.find({call.resource, call.key});
    bool answered = call.status == 201 || call.status == 202 ||
                    call.code == "in-progress" || call.code == "held";
    if (known != known_since.end() && call.start > known->second && answered)
      fail("key " + call.key + " had succeeded, but was answered " +
           std::to_string(call.status) + " " + call.code);
  }
}

void checker::check_entries() {
  std::set<std::string> cancel_sent;
  std::set<std::string> cancelled;
  std::map<std::string, std::set<std::string>> acknowledged;
  for (const auto& call : calls_) {
    if (call.kind == call_kind::cancel) {
      cancel_sent.insert(call.entry_id);
      if (call.status == 200)
        cancelled.insert(call.entry_id);
    }
    if (call.kind == call_kind::acquire && call.status == 202)
      acknowledged[call.resource].insert(call.entry_id);
  }
  for (const auto& [resource, ids] : acknowledged) {
    auto rows = queued_rows_.find(resource);
    auto count = rows == queued_rows_.end() ? 0 : rows->second;
    if (static_cast<std::size_t>(count) < ids.size())
      fail("resource " + resource + " has " + std::to_string(ids.size()) +
           " acknowledged entries but " + std::to_string(count) +
           " journal rows");
    for (const auto& id : ids) {
      auto found = state_.entries.find(id);
      if (found == state_.entries.end() || !found->second.found) {
        fail("lost entry: " + id + " of " + resource);
        continue;
      }
      const auto& entry = found->second;
      if (entry.status == "cancelled" && !cancel_sent.count(id))
        fail("entry " + id + " is cancelled but nobody cancelled it");
      if (cancelled.count(id) && entry.status != "cancelled")
        fail("entry " + id + " was acknowledged cancelled but is " +
             entry.status);
      if (entry.status == "waiting") {
        auto at = state_.resources.find(resource);
        if (at == state_.resources.end() ||
            !std::count(at->second.queue.begin(), at->second.queue.end(), id))
          fail("entry " + id + " waits but is not in the queue");
      }
      if (!entry.lock_id.empty()) {
        auto lock = locks_.find(entry.lock_id);
        if (lock == locks_.end() || lock->second.grants != 1)
          fail("the grant of entry " + id + " is not in the journal");
      }
    }
  }
}

/// Whoever was surely queued first, with the same or a better priority, must
/// have been granted first.
void checker::check_service_order() {
  constexpr auto never = std::numeric_limits<std::uint64_t>::max();
  struct moment {
    std::int64_t at;
    bool in_queue; // otherwise: the earliest moment it can have queued
    int priority;
    std::uint64_t token;
    std::string entry_id;
  };
  std::set<std::string> left;
  for (const auto& call : calls_) {
    if (call.kind == call_kind::cancel)
      left.insert(call.entry_id);
  }
  std::map<std::string, std::vector<moment>> by_resource;
  for (const auto& call : calls_) {
    if (call.kind != call_kind::acquire || call.status != 202)
      continue;
    auto found = state_.entries.find(call.entry_id);
    if (found == state_.entries.end() || left.count(call.entry_id))
      continue;
    const auto& entry = found->second;
    auto token = entry.status == "waiting" ? never : entry.token;
    if (token == 0)
      continue;
    auto& moments = by_resource[call.resource];
    moments.push_back({call.end, true, entry.priority, token, call.entry_id});
    if (!call.shared && token != never)
      moments.push_back(
          {call.operation_start, false, entry.priority, token, call.entry_id});
  }
  for (auto& [resource, moments] : by_resource) {
    std::sort(moments.begin(), moments.end(),
              [](auto& a, auto& b) { return a.at < b.at; });
    std::array<std::uint64_t, 11> latest{};
    for (const auto& now : moments) {
      auto rank = static_cast<std::size_t>(now.priority);
      if (now.in_queue) {
        latest[rank] = std::max(latest[rank], now.token);
      } else if (*std::max_element(latest.begin(), latest.begin() + rank + 1) >
                 now.token) {
        fail("entry " + now.entry_id + " of " + resource +
             " was served before one that came first");
      }
    }
  }
}

void checker::check_end() {
  for (const auto& [resource, row] : state_.resources) {
    if (row.holder.empty() && !row.queue.empty())
      fail("resource " + resource + " is free but entries wait for it");
    if (row.holder.empty())
      continue;
    auto lock = locks_.find(row.holder);
    if (lock == locks_.end() || !lock->second.end.empty() ||
        lock->second.resource != resource)
      fail("resource " + resource + " is held by " + row.holder +
           ", which the journal does not say");
  }
  for (const auto& [id, lock] : locks_) {
    if (lock.grants != 1 || !lock.end.empty())
      continue;
    auto at = state_.resources.find(lock.resource);
    if (at != state_.resources.end() && at->second.holder != id)
      fail("lock " + id + " is active in the journal but does not hold " +
           lock.resource);
  }
}

} // namespace holdfast::test
