// Locks under which the node itself works: attempts, doubt, dead letters.
#include "one_resource.hpp"

#include <doctest/doctest.h>

using namespace holdfast;
using namespace holdfast::test;

TEST_CASE_FIXTURE(checked_resource,
                  "a task is tried again under the same lock, "
                  "then it is a dead letter") {
  auto lock = grant(job(ask("ann", "k")));
  CHECK(lock.attempts == 1);
  task_result busy{task_result::retryable, {}, "busy", 700};
  auto again = decide_task_result(state, *state.holder, busy, 0, {}, at());
  take(again);
  CHECK(state.holder->id == lock.id);
  CHECK(state.holder->attempts == 2);
  CHECK(state.holder->retry_boot_us == now.boot_us + 700'000);
  CHECK(journal.back().detail ==
        R"({"attempt":1,"delayMs":700,"error":"busy"})");
  take(decide_task_result(state, *state.holder, busy, 0, {}, at()));
  CHECK_FALSE(state.holder);
  CHECK(ended_lock(lock.id)->status == lock_status::failed);
  REQUIRE(letters.size() == 1);
  CHECK(letters[0].kind == "task_failed");
  CHECK(letters[0].attempts == 2);
  CHECK(letters[0].reason == "busy");
}

TEST_CASE_FIXTURE(checked_resource,
                  "M15: an unknown outcome blocks, whatever is "
                  "asked, until it is resolved") {
  auto lock = grant(job(ask("ann", "k")));
  take(decide_task_result(state, *state.holder,
                          {task_result::unknown, {}, "time-out", 0}, 0, {},
                          at()));
  CHECK(refusal(decide_begin_effect(state, {"r", lock.id, "order", "{}"},
                                    at())) == errc::stale_lock);
  pass(86'400'000);
  CHECK_FALSE(lease_over(state, now));
  CHECK(remaining_lease_ms(state, now) == 0);
  CHECK(why(acquire(ask("ann", "k"))).code == errc::in_doubt);
  CHECK(why(acquire(ask("ann", "k"))).retry_after_ms == 0);
  CHECK(why(acquire(reject(ask("bob")))).code == errc::in_doubt);
  CHECK(refusal(release(success(lock))) == errc::in_doubt);
  CHECK(refusal(decide_renew(state, {"r", lock.id, lock.token(), 0}, at())) ==
        errc::in_doubt);
  CHECK(refusal(decide_force(state, {"r", lock.id, "op", ""}, {}, at())) ==
        errc::in_doubt);
  enqueue(ask("bob"));
  resolve_lock cmd{"r", lock.id, resolution::retry, {}, "op", "looked"};
  take(std::get<transition>(decide_resolve(state, cmd, {}, at())));
  CHECK(state.holder->status == lock_status::active);
  CHECK(state.holder->attempts == 2);
  CHECK(state.holder->expires_at_ms == now.wall_ms + 30'000);
  CHECK(journal.back().actor == "op");
  CHECK(journal.back().detail == R"({"outcome":"retry","reason":"looked"})");
  CHECK(refusal(decide_resolve(state, cmd, {}, at())) == errc::in_progress);
}

TEST_CASE_FIXTURE(checked_resource, "what holds no lock in doubt is not "
                                    "resolved, nor by another owner's token") {
  auto lock = grant(ask("ann"));
  resolve_lock cmd{"r", lock.id, resolution::done, {}, "op", "looked"};
  CHECK(refusal(decide_resolve(state, cmd, {}, at())) == errc::stale_lock);
  cmd.bound_to = "bob";
  CHECK(refusal(decide_resolve(state, cmd, {}, at())) == errc::forbidden);
}

TEST_CASE_FIXTURE(checked_resource, "a trade whose order rests is what the "
                                    "exchange says, until it has ended") {
  trade_record trade;
  trade.work.resource = "r";
  trade.work.task = trade_task;
  trade.status = trade_status::placed;
  trade.order = R"({"orderId":"1","status":"NEW"})";
  auto update = [&](const std::string& order) {
    auto how = decide_update_trade(state, trade, order, at());
    auto* change = std::get_if<transition>(&how);
    if (!change)
      return refusal(how);
    CHECK_FALSE(change->held);
    REQUIRE(change->trades.size() == 1);
    REQUIRE(change->events.size() == 1);
    CHECK(change->events[0].kind == event_kind::trade_executed);
    trade = change->trades[0];
    CHECK(trade.order == order);
    return errc{};
  };
  update(R"({"orderId":"1","status":"PARTIALLY_FILLED"})");
  CHECK(trade.status == trade_status::partially_filled);
  update(R"({"orderId":"1","status":"CANCELED","executedQuantity":"0.2"})");
  CHECK(trade.status == trade_status::partially_filled);
  CHECK(update(R"({"orderId":"1","status":"NEW"})") == errc::stale_lock);
}

TEST_CASE_FIXTURE(checked_resource, "only the node ends the lock of its task") {
  auto lock = grant(job(ask("ann")));
  CHECK(refusal(release(success(lock))) == errc::in_progress);
}

TEST_CASE_FIXTURE(checked_resource, "a dead letter is put back once, and not "
                                    "beside the same transaction") {
  grant(job(ask("ann", "k")));
  take(decide_task_result(state, *state.holder,
                          {task_result::failed, {}, "no", 0}, 0, {}, at()));
  auto letter = letters.at(0);
  auto again = grant(job(ask("ann", "k")));
  auto twice = decide_requeue(state, letter, last("k"), "op", at());
  CHECK(refusal(twice) == errc::in_progress);
  take(decide_task_result(state, *state.holder, {task_result::done, "1", {}, 0},
                          0, {}, at()));
  CHECK(refusal(decide_requeue(state, letter, last("k"), "op", at())) ==
        errc::in_progress);
  pass(limits.outcome_retention_ms);
  auto how = decide_requeue(state, letter, last("k"), "op", at());
  const auto& step = std::get<transition>(how);
  REQUIRE(step.left.size() == 1);
  CHECK(step.left[0].status == entry_status::granted);
  CHECK(step.left[0].granted == step.held->id);
  CHECK(step.queued.empty());
  CHECK(step.events.front().kind == event_kind::requeued);
  CHECK(step.events.front().actor == "op");
  take(step);
  CHECK(state.holder->token() > again.token());
  CHECK(letters.empty());
}

TEST_CASE_FIXTURE(checked_resource,
                  "discarding a dead letter is written down") {
  grant(job(ask("ann", "k")));
  take(decide_task_result(state, *state.holder,
                          {task_result::failed, {}, "no", 0}, 0, {}, at()));
  auto letter = letters.at(0);
  take(decide_discard(state, letter, "op", at()));
  CHECK(letters.empty());
  CHECK(journal.back().kind == event_kind::resolved);
  CHECK(journal.back().detail == R"({"deadLetterId":")" + to_string(letter.id) +
                                     R"(","outcome":"discarded"})");
}

TEST_CASE_FIXTURE(checked_resource, "a dead letter does not get past a full "
                                    "queue") {
  limits.queue_depth_max = 1;
  grant(job(ask("ann", "k")));
  take(decide_task_result(state, *state.holder,
                          {task_result::failed, {}, "no", 0}, 0, {}, at()));
  auto letter = letters.at(0);
  grant(ask("bob"));
  enqueue(ask("cid"));
  CHECK(refusal(decide_requeue(state, letter, last("k"), "op", at())) ==
        errc::queue_full);
}

TEST_CASE_FIXTURE(checked_resource, "the journal tells how every effect ended, "
                                    "and the effect when") {
  auto lock = grant(job(ask("ann", "k")));
  auto begun = decide_begin_effect(state, {"r", lock.id, "order", "{}"}, at());
  take(std::get<transition>(begun));
  pass(10);
  task_result result;
  auto told = event_kind::effect_done;
  SUBCASE("well") { result = {task_result::done, "1", {}, 0}; }
  SUBCASE("badly") {
    result = {task_result::failed, {}, "no", 0};
    told = event_kind::effect_failed;
  }
  SUBCASE("in a way that nobody knows") {
    result = {task_result::unknown, {}, "time-out", 0};
    told = event_kind::effect_unknown;
  }
  auto step = decide_task_result(state, *state.holder, result, 0, {}, at());
  REQUIRE(step.effect);
  CHECK(step.effect->updated_at_ms == now.wall_ms);
  CHECK(step.events.front().kind == told);
  take(step);
}
