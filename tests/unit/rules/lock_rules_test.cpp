// The rules one by one: what callers are told, and what is written down.
#include "one_resource.hpp"

#include <doctest/doctest.h>

using namespace holdfast;
using namespace holdfast::test;

TEST_CASE_FIXTURE(checked_resource,
                  "a refusal names the holder, its lock and when "
                  "trying again may help") {
  auto lock = grant(ask("ann"));
  pass(10'000);
  auto refused = acquire(reject(ask("bob")));
  CHECK(why(refused).code == errc::held);
  CHECK(why(refused).holder == "ann");
  CHECK(why(refused).lock_id == to_string(lock.id));
  CHECK(why(refused).retry_after_ms == 20'000);
  CHECK(kinds() == std::vector{event_kind::granted});
}

TEST_CASE_FIXTURE(checked_resource,
                  "the time left of a lease is rounded up and "
                  "never zero while it holds") {
  CHECK(remaining_lease_ms(state, now) == 0);
  grant(ask("ann"));
  now.boot_us += 1;
  CHECK(remaining_lease_ms(state, now) == 30'000);
  now.boot_us += 999;
  CHECK(remaining_lease_ms(state, now) == 29'999);
  pass(60'000);
  CHECK(remaining_lease_ms(state, now) == 1);
}

TEST_CASE_FIXTURE(checked_resource, "a lease is over at its end, not before") {
  grant(ask("ann"));
  pass(29'999);
  now.boot_us += 999;
  CHECK_FALSE(lease_over(state, now));
  now.boot_us += 1;
  CHECK(lease_over(state, now));
}

TEST_CASE_FIXTURE(checked_resource,
                  "the lock of a task has no end of its own") {
  grant(job(ask("ann")));
  pass(3'600'000);
  CHECK_FALSE(lease_over(state, now));
}

TEST_CASE_FIXTURE(checked_resource,
                  "a lease is counted from the grant, not from "
                  "the request") {
  auto first = grant(ask("ann"));
  auto entry = enqueue(ask("bob"));
  pass(20'000);
  auto how = release(success(first));
  REQUIRE(state.holder);
  CHECK(std::get<transition>(how).left.at(0).settled_at_ms == now.wall_ms);
  CHECK(state.holder->entry == entry.id);
  CHECK(state.holder->acquired_at_ms == now.wall_ms);
  CHECK(state.holder->expires_at_ms == now.wall_ms + 30'000);
  CHECK(state.holder->boot_id == 1);
  CHECK(remaining_lease_ms(state, now) == 30'000);
}

TEST_CASE_FIXTURE(checked_resource, "a full queue says so, and when to try "
                                    "again, though the lease is almost over") {
  limits.queue_depth_max = 1;
  grant(ask("ann"));
  enqueue(ask("bob"));
  pass(29'950);
  auto full = acquire(ask("cid"));
  CHECK(why(full).code == errc::queue_full);
  CHECK(why(full).retry_after_ms == 1000);
  CHECK(state.waiters.size() == 1);
}

TEST_CASE_FIXTURE(checked_resource, "a stale token ends and renews nothing") {
  auto lock = grant(ask("ann"));
  auto wrong = success(lock);
  wrong.token += 1;
  CHECK(refusal(release(wrong)) == errc::stale_lock);
  CHECK(refusal(decide_renew(state, {"r", lock.id, lock.token() - 1, 0},
                             at())) == errc::stale_lock);
  CHECK(state.holder->id == lock.id);
  release(success(lock));
  CHECK(refusal(release(wrong)) == errc::stale_lock);
  CHECK(refusal(decide_renew(state, {"r", lock.id, lock.token(), 0}, at())) ==
        errc::stale_lock);
}

TEST_CASE_FIXTURE(checked_resource,
                  "what has never been granted is not found") {
  CHECK(refusal(release({"r", {7, 1}, 1, false, {}, {}})) == errc::not_found);
}

TEST_CASE_FIXTURE(checked_resource,
                  "a release is repeated when it says the same, "
                  "in whatever spelling") {
  auto lock = grant(ask("ann"));
  release(success(lock, R"({"a":1,"b":[]})"));
  CHECK(std::holds_alternative<already_released>(
      release(success(lock, R"({"b":[],"a":1.0})"))));
  CHECK(refusal(release(success(lock, "2"))) == errc::stale_lock);
  CHECK(refusal(release(failure(lock))) == errc::stale_lock);
  auto other = grant(ask("bob"));
  release(failure(other, "broke"));
  CHECK(std::holds_alternative<already_released>(
      release(failure(other, "broke"))));
  CHECK(refusal(release(failure(other, "other"))) == errc::stale_lock);
  CHECK(refusal(release(success(other))) == errc::stale_lock);
}

TEST_CASE_FIXTURE(checked_resource,
                  "a renewal out of range is refused with the "
                  "range") {
  auto lock = grant(ask("ann"));
  auto how = decide_renew(state, {"r", lock.id, lock.token(), 3'600'001}, at());
  REQUIRE(refusal(how) == errc::invalid);
  CHECK(std::get<problem>(how).detail.find("3600000") != std::string::npos);
  CHECK(refusal(decide_renew(state, {"r", lock.id, lock.token(), -1}, at())) ==
        errc::invalid);
  CHECK(refusal(decide_renew(state, {"r", lock.id, lock.token(), 3'600'000},
                             at())) == errc::none);
}

TEST_CASE_FIXTURE(checked_resource,
                  "M4: an outcome is known until its retention "
                  "is over, a failure is not one") {
  auto lock = grant(ask("ann", "k"));
  release(success(lock));
  pass(limits.outcome_retention_ms - 1);
  auto again = acquire(ask("ann", "k"));
  REQUIRE(std::holds_alternative<replay_outcome>(again));
  CHECK(std::get<replay_outcome>(again).lock == lock.id);
  CHECK(why(acquire(ask("bob", "k"))).code == errc::key_mismatch);
  pass(1);
  auto fresh = grant(ask("bob", "k"));
  release(failure(fresh));
  grant(ask("bob", "k"));
}

TEST_CASE_FIXTURE(checked_resource,
                  "M17: the same key with another fingerprint "
                  "is refused in flight and in the queue") {
  grant(ask("ann", "k"));
  CHECK(why(acquire(waits(ask("bob", "k")))).code == errc::key_mismatch);
  enqueue(ask("cid", "q"));
  CHECK(why(acquire(ask("dan", "q"))).code == errc::key_mismatch);
}

TEST_CASE_FIXTURE(checked_resource, "a transaction without a key is never the "
                                    "same as another") {
  auto lock = grant(ask("ann"));
  auto a = enqueue(ask("ann"));
  auto b = enqueue(ask("ann"));
  CHECK(a.id != b.id);
  release(success(lock));
  CHECK(outcomes.empty());
}

TEST_CASE_FIXTURE(checked_resource, "M21: a forced release tells who and why") {
  auto lock = grant(ask("ann", "k"));
  auto how = decide_force(state, {"r", lock.id, "op", "stuck"}, {}, at());
  take(std::get<transition>(how));
  auto over = ended_lock(lock.id);
  REQUIRE(over);
  CHECK(over->status == lock_status::force_released);
  CHECK(over->ended_by == "op");
  CHECK(over->error == "stuck");
  CHECK(over->released_at_ms == now.wall_ms);
  CHECK(journal.back().kind == event_kind::force_released);
  CHECK(journal.back().actor == "op");
  CHECK(journal.back().detail == R"({"idempotencyKey":"k","reason":"stuck"})");
}

TEST_CASE_FIXTURE(checked_resource, "the journal tells what was granted and "
                                    "queued") {
  auto lock = grant(ask("ann", "a\"b", 2));
  CHECK(journal[0].lock == lock.id);
  CHECK(journal[0].owner_id == "ann");
  CHECK(journal[0].detail ==
        R"({"priority":2,"timeoutMs":30000,"transactionType":"trade",)"
        R"("idempotencyKey":"a\"b"})");
  auto entry = enqueue(ask("bob"));
  CHECK(journal[1].detail ==
        R"({"entryId":")" + to_string(entry.id) + R"(","priority":5})");
  release(success(lock));
  CHECK(journal.back().detail.find(to_string(entry.id)) != std::string::npos);
}

TEST_CASE_FIXTURE(checked_resource,
                  "a cancelled entry is out of the queue, and "
                  "its key may be tried again") {
  grant(ask("ann"));
  auto entry = enqueue(ask("bob", "k"));
  pass(5);
  auto step = decide_cancel(state, entry.id, "op", "no need", at());
  take(step);
  REQUIRE(step.left.size() == 1);
  CHECK(step.left[0].status == entry_status::cancelled);
  CHECK(step.left[0].settled_at_ms == now.wall_ms);
  CHECK(journal.back().actor == "op");
  CHECK(journal.back().detail.find("no need") != std::string::npos);
  CHECK(last("k")->status == lock_status::force_released);
  enqueue(ask("bob", "k"));
}

TEST_CASE_FIXTURE(checked_resource, "M6: a grant from the queue that nobody "
                                    "claimed expires into a dead letter") {
  auto lock = grant(ask("ann"));
  auto entry = enqueue(ask("bob", "k"));
  release(success(lock));
  REQUIRE_FALSE(state.holder->claimed);
  SUBCASE("unless it was claimed") {
    take(decide_claim(state, at()));
    pass(30'000);
    take(decide_expiry(state, {}, at()));
    CHECK(letters.empty());
  }
  SUBCASE("unless it was renewed") {
    auto how = decide_renew(
        state, {"r", state.holder->id, state.holder->token(), 0}, at());
    take(std::get<transition>(how));
    pass(30'000);
    take(decide_expiry(state, {}, at()));
    CHECK(letters.empty());
  }
  SUBCASE("with what an operator needs") {
    auto granted = *state.holder;
    pass(30'000);
    take(decide_expiry(state, {}, at()));
    REQUIRE(letters.size() == 1);
    CHECK(letters[0].kind == "unclaimed");
    CHECK(letters[0].lock == granted.id);
    CHECK(letters[0].entry == entry.id);
    CHECK(letters[0].work.owner_id == "bob");
    CHECK(letters[0].at_ms == now.wall_ms);
    CHECK(kinds().back() == event_kind::dead_lettered);
  }
}

TEST_CASE_FIXTURE(checked_resource, "a place that only a waiting call keeps is "
                                    "claimed by the grant") {
  auto lock = grant(ask("ann"));
  auto entry = enqueue(waits(ask("bob")));
  CHECK_FALSE(entry.lasting);
  release(success(lock));
  CHECK(state.holder->claimed);
}

TEST_CASE_FIXTURE(checked_resource,
                  "whoever waits for an outcome takes its place "
                  "by priority, then by coming") {
  auto lock = grant(ask("ann", "k"));
  flight_joiner early{ask("ann", "k", 5).work, ids.next()};
  enqueue(ask("bob", {}, 5));
  SUBCASE("came first") {
    release(failure(lock), early);
    CHECK(state.holder->work.idempotency_key == "k");
    CHECK(state.waiters.size() == 1);
  }
  SUBCASE("came later") {
    flight_joiner late{early.work, ids.next()};
    release(failure(lock), late);
    CHECK(state.holder->work.owner_id == "bob");
    REQUIRE(state.waiters.size() == 1);
    CHECK(state.waiters.front()->id.number == late.number);
    CHECK_FALSE(state.waiters.front()->lasting);
  }
  SUBCASE("ranks before") {
    flight_joiner urgent{ask("ann", "k", 1).work, ids.next()};
    release(failure(lock), urgent);
    CHECK(state.holder->work.priority == 1);
  }
  SUBCASE("has the outcome when the work succeeded") {
    release(success(lock), early);
    CHECK(state.holder->work.owner_id == "bob");
    CHECK(state.waiters.empty());
  }
}
