// Histories written by hand, for tests of the checker. Must not know more of
// it than what it answers.
#pragma once

#include "tests/history/search.hpp"

#include <doctest/doctest.h>

#include <utility>
#include <vector>

namespace linear {

inline constexpr std::int64_t ms = 1000;

/// Builds histories; times in milliseconds. `pending` calls have no answer.
struct writer {
  operations all;

  operation& add(call kind, std::int64_t from, std::int64_t to,
                 const char* work) {
    operation op;
    op.client = static_cast<int>(all.size()) + 1;
    op.kind = kind;
    op.resource = "r";
    op.invoked_us = from * ms;
    op.answered_us = to * ms;
    op.work = work;
    op.lease_us = kind == call::acquire ? 1000 * ms : 0;
    all.push_back(op);
    return all.back();
  }
  operation& acquire(std::int64_t from, std::int64_t to, const char* work,
                     verdict answer) {
    auto& op = add(call::acquire, from, to, work);
    op.answer = answer;
    op.queue = true;
    return op;
  }
  operation& granted(std::int64_t from, std::int64_t to, const char* work,
                     const char* lock, std::uint64_t token) {
    auto& op = acquire(from, to, work, verdict::granted);
    op.lock = lock;
    op.token = token;
    return op;
  }
  operation& queued(std::int64_t from, std::int64_t to, const char* work,
                    const char* entry, int position, int priority = 5) {
    auto& op = acquire(from, to, work, verdict::queued);
    op.entry = entry;
    op.position = position;
    op.priority = priority;
    return op;
  }
  operation& release(std::int64_t from, std::int64_t to, const char* work,
                     const char* lock, std::uint64_t token,
                     verdict answer = verdict::done,
                     const char* content = "result 1") {
    auto& op = add(call::release, from, to, work);
    op.lock = lock;
    op.token = token;
    op.answer = answer;
    op.content = content;
    return op;
  }
  operation& renew(std::int64_t from, std::int64_t to, const char* work,
                   const char* lock, std::uint64_t token,
                   verdict answer = verdict::done) {
    auto& op = release(from, to, work, lock, token, answer, "");
    op.kind = call::renew;
    return op;
  }
  operation& cancel(std::int64_t from, std::int64_t to, const char* work,
                    const char* entry, verdict answer) {
    auto& op = add(call::cancel, from, to, work);
    op.entry = entry;
    op.answer = answer;
    return op;
  }
  operation& force(std::int64_t from, std::int64_t to, const char* work,
                   const char* lock, verdict answer) {
    auto& op = add(call::force, from, to, work);
    op.lock = lock;
    op.answer = answer;
    return op;
  }
  operation& show_lock(std::int64_t from, std::int64_t to, const char* work,
                       const char* lock, std::uint64_t token,
                       const char* status, const char* content = "") {
    auto& op = add(call::read_lock, from, to, work);
    op.lock = lock;
    op.token = token;
    op.answer = verdict::shown;
    op.status = status;
    op.content = content;
    return op;
  }
  operation& show_entry(std::int64_t from, std::int64_t to, const char* work,
                        const char* entry, const char* status,
                        int position = 0) {
    auto& op = add(call::read_entry, from, to, work);
    op.entry = entry;
    op.answer = verdict::shown;
    op.status = status;
    op.position = position;
    return op;
  }
  operation& show_entry_lock(std::int64_t from, std::int64_t to,
                             const char* work, const char* entry,
                             const char* status, const char* lock,
                             std::uint64_t token) {
    auto& op = show_entry(from, to, work, entry, status);
    op.lock = lock;
    op.token = token;
    return op;
  }
  operation& show_resource(std::int64_t from, std::int64_t to, const char* work,
                           const char* lock, std::uint64_t token,
                           std::vector<queue_row> queue = {}) {
    auto& op = add(call::read_resource, from, to, work);
    op.lock = lock;
    op.token = token;
    op.answer = verdict::shown;
    op.queue_shown = std::move(queue);
    return op;
  }
};

inline void pending(operation& op, std::int64_t over_us = forever) {
  op.answer = verdict::none;
  op.answered_us = forever;
  op.over_us = over_us;
  op.entry = op.kind == call::acquire ? "" : op.entry;
  op.lock = op.kind == call::acquire ? "" : op.lock;
}

inline void good(const writer& history) {
  auto result = check_resource(history.all);
  INFO(result.report);
  CHECK((result.found == finding::linearizable));
}

inline void bad(const writer& history) {
  auto result = check_resource(history.all);
  CHECK((result.found == finding::not_linearizable));
  CHECK(!result.report.empty());
}

} // namespace linear
