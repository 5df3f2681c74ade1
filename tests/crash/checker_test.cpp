// The checker on histories that are known to be right or wrong: a checker
// that finds nothing proves nothing.
// Must not know HTTP.
#include "tests/crash/checker.hpp"

#include <doctest/doctest.h>

using namespace holdfast::test;

namespace {

constexpr std::int64_t ms = 1000;

/// Two transactions on one resource, one after the other, all as it should be.
struct right_history {
  history calls;
  final_state state;

  right_history() {
    calls = {acquire(1, 10, 20, "L1", 1, "k1"),
             queue(2, 12, 22, "E2", "k2"),
             release(1, 30, 40, "L1", "k1", "1"),
             read_entry(2, 41, 45, "E2", "L2", 2),
             release(2, 50, 60, "L2", "k2", "2"),
             replay(3, 70, 80, "L1", "k1", "1")};
    calls[3].operation_start = 12;
    state.journal = {
        {1, "node_started", "", "", 0}, {2, "granted", "r", "L1", 1},
        {3, "queued", "r", "", 0},      {4, "released", "r", "L1", 1},
        {5, "granted", "r", "L2", 2},   {6, "released", "r", "L2", 2}};
    state.locks = {{"L1", {"r", "k1", "released", 1, "1"}},
                   {"L2", {"r", "k2", "released", 2, "2"}}};
    state.entries = {{"E2", {true, "r", "finished", 5, "L2", 2}}};
    state.resources = {{"r", {}}};
  }

  static call_record base(call_kind kind, int client, std::int64_t start,
                          std::int64_t end, int status) {
    call_record call;
    call.kind = kind;
    call.client = client;
    call.operation_start = start;
    call.start = start;
    call.end = end;
    call.status = status;
    call.resource = "r";
    return call;
  }
  static call_record acquire(int client, std::int64_t start, std::int64_t end,
                             const char* lock, std::uint64_t token,
                             const char* key) {
    auto call = base(call_kind::acquire, client, start, end, 201);
    call.lock_id = lock;
    call.token = token;
    call.lock_status = "active";
    call.key = key;
    call.lease_us = 10000 * ms;
    return call;
  }
  static call_record queue(int client, std::int64_t start, std::int64_t end,
                           const char* entry, const char* key) {
    auto call = base(call_kind::acquire, client, start, end, 202);
    call.entry_id = entry;
    call.entry_status = "waiting";
    call.key = key;
    return call;
  }
  static call_record read_entry(int client, std::int64_t start,
                                std::int64_t end, const char* entry,
                                const char* lock, std::uint64_t token) {
    auto call = base(call_kind::read_entry, client, start, end, 200);
    call.entry_id = entry;
    call.entry_status = "granted";
    call.lock_id = lock;
    call.token = token;
    call.lock_status = "active";
    call.lease_us = 10000 * ms;
    return call;
  }
  static call_record release(int client, std::int64_t start, std::int64_t end,
                             const char* lock, const char* key,
                             const char* result) {
    auto call = base(call_kind::release, client, start, end, 200);
    call.lock_id = lock;
    call.key = key;
    call.result = result;
    return call;
  }
  static call_record replay(int client, std::int64_t start, std::int64_t end,
                            const char* lock, const char* key,
                            const char* result) {
    auto call = base(call_kind::acquire, client, start, end, 200);
    call.lock_id = lock;
    call.key = key;
    call.result = result;
    call.lock_status = "released";
    return call;
  }

  /// True when some violation contains `words`.
  bool finds(const std::string& words) const {
    for (const auto& violation : checker{calls, state}.violations()) {
      if (violation.find(words) != std::string::npos)
        return true;
    }
    return false;
  }
};

} // namespace

TEST_CASE_FIXTURE(right_history, "a right history has no violations") {
  auto found = checker{calls, state}.violations();
  CHECK_MESSAGE(found.empty(), (found.empty() ? "" : found[0]));
}

TEST_CASE_FIXTURE(right_history, "a lost grant is found") {
  state.journal.resize(4);
  state.locks.erase("L2");
  CHECK(finds("lost grant: L2"));
}

TEST_CASE_FIXTURE(right_history, "a grant with another token is found") {
  calls[0].token = 7;
  CHECK(finds("acknowledged with token 7"));
}

TEST_CASE_FIXTURE(right_history, "two holders in the journal are found") {
  std::swap(state.journal[3].kind, state.journal[4].kind);
  std::swap(state.journal[3].lock_id, state.journal[4].lock_id);
  CHECK(finds("granted while L1 holds r"));
}

TEST_CASE_FIXTURE(right_history, "two holders seen by clients are found") {
  calls[3].end = 29;
  CHECK(finds("two holders of r at once"));
}

TEST_CASE_FIXTURE(right_history, "a lock that expired early is found by the "
                                 "next holder") {
  calls.erase(calls.begin() + 2);
  calls.pop_back();
  state.journal[3].kind = "expired";
  state.locks["L1"].status = "expired";
  CHECK(finds("two holders of r at once"));
  calls[0].lease_us = 1;
  CHECK_FALSE(finds("two holders"));
}

TEST_CASE_FIXTURE(right_history, "a release refused before the lease was over "
                                 "is found") {
  calls[2].status = 409;
  calls[2].code = "stale-lock";
  calls.pop_back();
  state.journal[3].kind = "expired";
  state.locks["L1"].status = "expired";
  CHECK(finds("L1 expired before its lease was over"));
}

TEST_CASE_FIXTURE(right_history, "a lost release is found") {
  state.journal.pop_back();
  state.locks["L2"].status = "active";
  state.resources["r"].holder = "L2";
  CHECK(finds("lost release: L2"));
}

TEST_CASE_FIXTURE(right_history, "a release with another result is found") {
  state.locks["L2"].result = "9";
  CHECK(finds("the result of L2 is 9"));
}

TEST_CASE_FIXTURE(right_history, "a refused repetition of a release is "
                                 "found") {
  auto again = calls[4];
  again.status = 409;
  again.code = "stale-lock";
  calls.push_back(again);
  CHECK(finds("repeating the release of L2 was refused"));
}

TEST_CASE_FIXTURE(right_history, "a release nobody sent is found") {
  calls.erase(calls.begin() + 4);
  CHECK(finds("L2 is released but nobody released it"));
}

TEST_CASE_FIXTURE(right_history, "a gap in the journal is found") {
  state.journal[5].seq = 7;
  CHECK(finds("jumps from 5 to 7"));
}

TEST_CASE_FIXTURE(right_history, "a token that falls is found") {
  state.journal[4].token = 1;
  CHECK(finds("does not rise"));
}

TEST_CASE_FIXTURE(right_history, "a token smaller than one acknowledged before "
                                 "is found") {
  calls[3].operation_start = 25;
  calls[3].token = 2;
  state.journal[1].token = 3;
  calls[0].token = 3;
  CHECK(finds("after token 3 was acknowledged, but got 2"));
}

TEST_CASE_FIXTURE(right_history, "a lock granted twice is found") {
  state.journal.push_back({7, "granted", "r", "L1", 3});
  CHECK(finds("L1 was granted 2 times"));
}

TEST_CASE_FIXTURE(right_history, "two outcomes of one key are found") {
  auto other = calls[5];
  other.result = "5";
  calls.push_back(other);
  CHECK(finds("key k1 was replayed as 1 and as 5"));
}

TEST_CASE_FIXTURE(right_history, "a failure replayed as a success is found") {
  state.locks["L1"].status = "failed";
  state.journal[3].kind = "failed";
  calls[2].failure = true;
  CHECK(finds("did not succeed"));
}

TEST_CASE_FIXTURE(right_history, "a key that succeeded twice is found") {
  state.locks["L2"].key = "k1";
  CHECK(finds("key k1 succeeded twice"));
}

TEST_CASE_FIXTURE(right_history, "work run again after its success is found") {
  calls[5].status = 201;
  CHECK(finds("key k1 had succeeded, but was answered 201"));
}

TEST_CASE_FIXTURE(right_history, "a lost entry is found") {
  state.entries.clear();
  CHECK(finds("lost entry: E2"));
}

TEST_CASE_FIXTURE(right_history, "an entry cancelled by nobody is found") {
  state.entries["E2"].status = "cancelled";
  CHECK(finds("cancelled but nobody"));
}

TEST_CASE_FIXTURE(right_history, "an entry served after its cancel is found") {
  calls.push_back(base(call_kind::cancel, 2, 23, 24, 200));
  calls.back().entry_id = "E2";
  CHECK(finds("acknowledged cancelled but is finished"));
}

TEST_CASE_FIXTURE(right_history, "an entry without a journal row is found") {
  state.journal[2].kind = "paused";
  CHECK(finds("1 acknowledged entries but 0 journal rows"));
}

TEST_CASE_FIXTURE(right_history, "an entry overtaken by a later one is "
                                 "found") {
  calls.push_back(queue(4, 5, 8, "E0", "k0"));
  state.entries["E0"] = {true, "r", "finished", 5, "L0", 9};
  CHECK(finds("E2 of r was served before one that came first"));
  state.entries["E0"].priority = 6;
  CHECK_FALSE(finds("served before one that came first"));
}

TEST_CASE_FIXTURE(right_history, "a stranded waiter is found") {
  state.resources["r"].queue = {"E9"};
  CHECK(finds("free but entries wait"));
}

TEST_CASE_FIXTURE(right_history, "a lock the list does not know is found") {
  state.locks.erase("L2");
  CHECK(finds("L2 is journaled but not listed"));
}

TEST_CASE_FIXTURE(right_history, "a call without an answer is found") {
  calls[0].status = 0;
  calls[0].end = calls[0].start + 10'000 * ms;
  CHECK(finds("never answered"));
}

TEST_CASE_FIXTURE(right_history, "an answer that makes no sense is found") {
  calls[4].status = 404;
  calls[4].code = "not-found";
  CHECK(finds("was answered 404 not-found"));
}
