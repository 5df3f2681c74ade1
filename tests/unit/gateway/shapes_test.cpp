// The JSON of every shape, member by member.
#include "gateway/problem.hpp"
#include "gateway/shapes.hpp"

#include <doctest/doctest.h>

using namespace holdfast;

namespace {

lock_record a_lock() {
  lock_record lock;
  lock.id = {0x5F3A9C1E, 42};
  lock.work.resource = "trade:BTC";
  lock.work.owner_id = "bot-1";
  lock.work.timeout_ms = 30'000;
  lock.work.max_retries = 3;
  lock.acquired_at_ms = 1'795'361'795'123;
  lock.expires_at_ms = 1'795'361'825'123;
  return lock;
}

constexpr const char* a_lock_json =
    R"({"lockId":"lock-5f3a9c1e-42","resourceId":"trade:BTC",)"
    R"("fencingToken":42,"ownerId":"bot-1","ownerType":"user",)"
    R"("transactionType":"trade","transactionData":null,)"
    R"("idempotencyKey":null,"priority":5,"timeoutMs":30000,"maxRetries":3,)"
    R"("attempts":0,"status":"active",)"
    R"("acquiredAt":"2026-11-22T15:36:35.123Z",)"
    R"("expiresAt":"2026-11-22T15:37:05.123Z"})";

} // namespace

TEST_CASE("thousandths are exact JSON numbers") {
  CHECK(from_milli(0) == "0");
  CHECK(from_milli(7) == "0.007");
  CHECK(from_milli(1500) == "1.5");
  CHECK(from_milli(1000) == "1");
  CHECK(from_milli(10'000'010) == "10000.01");
}

TEST_CASE("an active lock has no result, error or end") {
  CHECK(to_json(a_lock()) == a_lock_json);
}

TEST_CASE("an ended lock has its result or error, and its data as sent") {
  auto lock = a_lock();
  lock.status = lock_status::released;
  lock.released_at_ms = lock.acquired_at_ms + 1;
  lock.work.data = R"({"price":0.10})";
  lock.work.idempotency_key = "k\"1";
  lock.result = "null";
  auto json = to_json(lock);
  CHECK(json.find(R"("transactionData":{"price":0.10})") != json.npos);
  CHECK(json.find(R"("idempotencyKey":"k\"1")") != json.npos);
  CHECK(json.ends_with(R"("releasedAt":"2026-11-22T15:36:35.124Z",)"
                       R"("result":null})"));
  lock.result.clear();
  lock.status = lock_status::failed;
  CHECK(to_json(lock).ends_with(R"(.124Z","error":""})"));
  lock.error = "no\n";
  CHECK(to_json(lock).ends_with(R"(.124Z","error":"no\n"})"));
}

TEST_CASE("the three acquire answers") {
  acquire_answer answer;
  answer.lock = a_lock();
  CHECK(to_json(answer) ==
        std::string{R"({"outcome":"granted","lock":)"} + a_lock_json + "}");
  answer.outcome = acquire_outcome::replayed;
  CHECK(to_json(answer) == std::string{R"({"outcome":"replayed","lock":)"} +
                               a_lock_json + R"(,"result":null})");
  answer.outcome = acquire_outcome::queued;
  answer.entry.record.id = {1, 7};
  answer.entry.position = 3;
  CHECK(to_json(answer).starts_with(
      R"({"outcome":"queued","entry":{"entryId":"entry-00000001-7",)"));
}

TEST_CASE("an entry has its position while it waits, and then its lock") {
  entry_view entry;
  entry.record.id = {1, 7};
  entry.record.work = a_lock().work;
  entry.record.queued_at_ms = 1'795'361'795'123;
  entry.position = 2;
  std::string start =
      R"({"entryId":"entry-00000001-7","resourceId":"trade:BTC",)"
      R"("ownerId":"bot-1","ownerType":"user","transactionType":"trade",)"
      R"("transactionData":null,"idempotencyKey":null,"priority":5,)";
  CHECK(to_json(entry) ==
        start + R"("position":2,"queuedAt":"2026-11-22T15:36:35.123Z",)"
                R"("status":"waiting"})");
  entry.position = 0;
  entry.record.status = entry_status::granted;
  entry.has_lock = true;
  entry.lock = a_lock();
  CHECK(to_json(entry) == start +
                              R"("queuedAt":"2026-11-22T15:36:35.123Z",)"
                              R"("status":"granted","lock":)" +
                              a_lock_json + "}");
}

TEST_CASE("a resource has its lock when locked, and always its queue") {
  resource_view view;
  view.resource = "r";
  CHECK(to_json(view) == R"({"resourceId":"r","locked":false,"queue":[]})");
  view.locked = true;
  view.lock = a_lock();
  CHECK(to_json(view) == std::string{R"({"resourceId":"r","locked":true,)"
                                     R"("lock":)"} +
                             a_lock_json + R"(,"queue":[]})");
}

TEST_CASE("a dead letter names lock and entry only when it has them") {
  dead_letter letter;
  letter.id = {1, 3};
  letter.kind = "unclaimed";
  letter.work = a_lock().work;
  letter.reason = "nobody came";
  std::string start =
      R"({"deadLetterId":"dead-00000001-3","kind":"unclaimed",)"
      R"("resourceId":"trade:BTC","ownerId":"bot-1","ownerType":"user",)"
      R"("transactionType":"trade","transactionData":null,)"
      R"("idempotencyKey":null,)";
  std::string end = R"("reason":"nobody came","attempts":0,)"
                    R"("at":"1970-01-01T00:00:00.000Z"})";
  CHECK(to_json(letter) == start + end);
  letter.lock = {1, 4};
  letter.entry = {1, 5};
  CHECK(to_json(letter) == start +
                               R"("lockId":"lock-00000001-4",)"
                               R"("entryId":"entry-00000001-5",)" +
                               end);
}

TEST_CASE("a journal event leaves out what it does not have") {
  journal_event event;
  event.seq = 5;
  event.kind = event_kind::node_started;
  CHECK(to_json(event) == R"({"seq":5,"at":"1970-01-01T00:00:00.000Z",)"
                          R"("kind":"node_started","detail":{}})");
  event.kind = event_kind::force_released;
  event.resource = "r";
  event.lock = {1, 4};
  event.owner_id = "o";
  event.actor = "local";
  event.detail = R"({"reason":"x"})";
  CHECK(to_json(event) == R"({"seq":5,"at":"1970-01-01T00:00:00.000Z",)"
                          R"("kind":"force_released","resourceId":"r",)"
                          R"("lockId":"lock-00000001-4","fencingToken":4,)"
                          R"("ownerId":"o","actor":"local",)"
                          R"("detail":{"reason":"x"}})");
}

TEST_CASE("stats have every member of the contract") {
  stats now;
  now.paused = true;
  now.active_locks = 1;
  now.queue_length = 2;
  now.in_doubt = 3;
  now.dead_letters = 4;
  now.resources = 5;
  now.granted = 6;
  now.released = 7;
  now.failed = 8;
  now.expired = 9;
  now.replayed = 10;
  now.commits_per_s_milli = 12'345;
  now.ops_per_commit_milli = 2000;
  now.commit_p50_us = 60;
  now.commit_p99_us = 900;
  now.alerts.push_back(
      {alert::queue_depth, true, "11 wait", 1'700'000'000'000});
  CHECK(to_json(now) ==
        R"({"paused":true,"activeLocks":1,"queueLength":2,"inDoubt":3,)"
        R"("effectsUnknown":0,"deadLetters":4,"resources":5,)"
        R"("recent":{"granted":6,"released":7,"failed":8,"expired":9,)"
        R"("replayed":10,"windowSeconds":60},)"
        R"("commit":{"perSecond":12.345,"opsPerCommit":2,"p50Us":60,)"
        R"("p99Us":900},"alerts":[{"alert":"queue_depth","text":"11 wait",)"
        R"("since":"2023-11-14T22:13:20.000Z"}]})");
}

TEST_CASE("pages carry a cursor only when there is more") {
  lock_page locks;
  CHECK(to_json(locks) == R"({"items":[]})");
  locks.next_cursor = "c";
  CHECK(to_json(locks) == R"({"items":[],"nextCursor":"c"})");
  journal_page journal;
  journal.next_after = 7;
  CHECK(to_json(journal) == R"({"items":[]})");
  journal.more = true;
  CHECK(to_json(journal) == R"({"items":[],"nextCursor":"7"})");
}

TEST_CASE("every refusal has a row, under the code that errc gives it") {
  for (int i = 1; i <= static_cast<int>(errc::forbidden); ++i) {
    auto code = static_cast<errc>(i);
    CHECK(kind_of(code).text == to_string(code));
    CHECK(kind_of(code).code == code);
  }
  for (int i = 1; i <= static_cast<int>(http_fault::internal); ++i) {
    auto fault = static_cast<http_fault>(i);
    CHECK(kind_of(fault).fault == fault);
  }
  CHECK(kind_of(errc::none).status == 500);
}

TEST_CASE("each refusal has its status") {
  struct {
    errc code;
    unsigned status;
  } rows[] = {{errc::invalid, 400},
              {errc::not_found, 404},
              {errc::forbidden, 403},
              {errc::held, 409},
              {errc::in_progress, 409},
              {errc::in_doubt, 409},
              {errc::wait_timeout, 409},
              {errc::stale_lock, 409},
              {errc::not_waiting, 409},
              {errc::cancelled, 409},
              {errc::key_mismatch, 422},
              {errc::queue_full, 429},
              {errc::rate_limited, 429},
              {errc::shutting_down, 503},
              {errc::storage_unavailable, 503}};
  for (auto [code, status] : rows)
    CHECK(kind_of(code).status == status);
}

TEST_CASE("a problem tells all it knows, and nothing it does not") {
  problem what;
  what.code = errc::held;
  CHECK(problem_json(what) ==
        R"({"type":"urn:holdfast:problem:held",)"
        R"("title":"Another transaction holds the resource","status":409,)"
        R"("code":"held","detail":"Another transaction holds the resource"})");
  what.detail = "d";
  what.holder = "bot-2";
  what.position = 3;
  what.retry_after_ms = 1001;
  what.lock_id = "lock-1";
  CHECK(problem_json(what) ==
        R"({"type":"urn:holdfast:problem:held",)"
        R"("title":"Another transaction holds the resource","status":409,)"
        R"("code":"held","detail":"d","holder":"bot-2","position":3,)"
        R"("retryAfterMs":1001,"lockId":"lock-1"})");
}

TEST_CASE("Retry-After is in whole seconds, rounded up, at least one") {
  auto seconds = [](errc code, std::int64_t ms) -> std::string {
    problem what;
    what.code = code;
    what.retry_after_ms = ms;
    for (auto& header : to_response(what).headers)
      if (header.name == "Retry-After")
        return header.value;
    return "none";
  };
  CHECK(seconds(errc::queue_full, 0) == "1");
  CHECK(seconds(errc::queue_full, 1000) == "1");
  CHECK(seconds(errc::rate_limited, 1001) == "2");
  CHECK(seconds(errc::shutting_down, 60'000) == "60");
  CHECK(seconds(errc::storage_unavailable, 0) == "1");
  CHECK(seconds(errc::held, 5000) == "none");
}
