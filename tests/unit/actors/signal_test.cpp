// Positions through the real actors: one signal each, one message each.
#include "signal_world.hpp"

using namespace holdfast;
using namespace holdfast::test;

namespace {

const std::string position_lock = "position:acc-1:1";

/// What is unknown is sent again, three times in all.
struct stubborn_world : signal_world {
  stubborn_world() {
    go();
    how.resend_unknown = true;
    how.attempts_max = 3;
    come();
  }
};

} // namespace

TEST_CASE_FIXTURE(signal_world, "a position reported three times at once is "
                                "one signal and one message, in four commits") {
  auto before = disk().last_seq();
  auto commits = commit_count();
  auto first = report(opened());
  auto second = report(opened());
  auto third = report(opened());
  settle();
  REQUIRE(first->ok());
  REQUIRE(second->ok());
  REQUIRE(third->ok());
  auto created = 0;
  for (const auto& answer : {first, second, third}) {
    created += (*answer)->outcome == position_outcome::created ? 1 : 0;
    CHECK((*answer)->position.signal == position().signal);
  }
  CHECK(created == 1);
  CHECK(commit_count() - commits <= 4);
  CHECK(log->messages.size() == 1);
  CHECK(position().status == position_status::completed);
  CHECK(position().message.status == message_status::sent);
  CHECK(position().message.message_id == 1);
  CHECK(kinds(position_lock) ==
        std::vector<event_kind>{
            event_kind::granted, event_kind::signal_created,
            event_kind::released, event_kind::effect_sending,
            event_kind::effect_done, event_kind::telegram_sent});
  CHECK(disk().last_seq() == before + 6);
  check();
}

TEST_CASE_FIXTURE(signal_world, "a skipped duplicate costs no commit") {
  tell(opened());
  auto commits = commit_count();
  for (int i = 0; i < 100; ++i)
    CHECK(tell(opened()).outcome == position_outcome::duplicate);
  CHECK(commit_count() == commits);
  check();
}

TEST_CASE_FIXTURE(signal_world, "changes and the close edit the one message") {
  tell(opened());
  CHECK(tell(updated("1.095")).outcome == position_outcome::updated);
  auto text = log->messages.at(1).text;
  CHECK(text.find("1.095") != std::string::npos);
  CHECK(tell(closed("1.105")).outcome == position_outcome::closed);
  CHECK(log->messages.size() == 1);
  CHECK(log->messages.at(1).edits == 2);
  CHECK(log->messages.at(1).text != text);
  auto x = position();
  CHECK_FALSE(x.open);
  CHECK(x.result_pips == "50");
  CHECK(tell(updated("1")).outcome == position_outcome::unchanged);
  check();
}

TEST_CASE_FIXTURE(signal_world, "R2: a position whose signal was being made "
                                "when the node died is signalled after it") {
  auto answer = report(opened());
  while (position_count() == 0)
    REQUIRE(step());
  die_and_come_back();
  settle();
  CHECK(position().status == position_status::completed);
  CHECK(log->messages.size() == 1);
  CHECK(tell(opened()).outcome == position_outcome::duplicate);
  check();
}

TEST_CASE_FIXTURE(signal_world, "R4: a message that could not be sent is sent "
                                "when the service is there again") {
  log->answers.assign(3, unavailable());
  tell(opened());
  CHECK(log->messages.empty());
  CHECK(position().message.status == message_status::pending);
  advance(120'000);
  CHECK(log->messages.size() == 1);
  CHECK(position().message.status == message_status::sent);
  check();
}

TEST_CASE_FIXTURE(signal_world, "R10: a send that timed out is not sent again "
                                "before an operator says so") {
  log->answers = {unknown_send(true)};
  tell(opened());
  advance(3'600'000);
  CHECK(log->messages.size() == 1);
  CHECK(log->asked.size() == 1);
  CHECK(position().message.status == message_status::unknown);
  // Later messages of this position wait, others do not.
  tell(updated("1.095"));
  tell(opened("2"));
  CHECK(log->messages.size() == 2);
  CHECK(log->messages.at(1).edits == 0);
  auto unknown = effects().back();
  CHECK(unknown.state == effect_state::unknown);
  resolve_message how;
  how.effect = unknown.id;
  how.outcome = resolution::done;
  how.message_id = 1;
  how.actor = "ann";
  how.reason = "it is there";
  auto settled = now(ask<effect_record>(locks(), how));
  CHECK(settled.state == effect_state::done);
  settle();
  CHECK(log->messages.size() == 2);
  CHECK(log->messages.at(1).edits == 1);
  check();
}

TEST_CASE_FIXTURE(signal_world, "R7: a message that was on its way when the "
                                "node died is unknown, not sent again") {
  log->hold = true;
  tell(opened());
  REQUIRE(log->asked.size() == 1);
  log->hold = false;
  die_and_come_back();
  advance(600'000);
  CHECK(log->asked.size() == 1);
  CHECK(position().message.status == message_status::unknown);
  auto unknown = effects().back();
  resolve_message how;
  how.effect = unknown.id;
  how.outcome = resolution::retry;
  how.actor = "ann";
  how.reason = "it is not there";
  now(ask<effect_record>(locks(), how));
  settle();
  CHECK(log->messages.size() == 1);
  CHECK(position().message.status == message_status::sent);
  check();
}

TEST_CASE_FIXTURE(signal_world, "a message that was refused is a dead letter, "
                                "and the next change sends it") {
  log->answers = {rejected_send()};
  tell(opened());
  CHECK(position().message.status == message_status::failed);
  auto letters =
      now(ask<dead_letter_page>(queries(), list_dead_letters{})).items;
  REQUIRE(letters.size() == 1);
  CHECK(letters[0].kind == "message_failed");
  CHECK(letters[0].effect == effects().back().id);
  tell(updated("1.095"));
  CHECK(log->messages.size() == 1);
  CHECK(position().message.status == message_status::sent);
  // What the letter would say is told already.
  auto again =
      ask<entry_view>(locks(), requeue_dead_letter{{}, letters[0].id, "ann"});
  settle();
  CHECK(again->code() == errc::stale_lock);
  check();
}

TEST_CASE_FIXTURE(stubborn_world, "what is answered in no sensible way, again "
                                  "and again, is a dead letter in the end") {
  SUBCASE("at the limit") {
    log->answers = {unknown_send(false), unknown_send(false)};
    tell(opened());
    advance(600'000);
    CHECK(log->asked.size() == 3);
    CHECK(position().message.status == message_status::sent);
  }
  SUBCASE("beyond it") {
    log->answers = {unknown_send(false), unknown_send(false),
                    unknown_send(false)};
    tell(opened());
    advance(600'000);
    CHECK(log->asked.size() == 3);
    CHECK(position().message.status == message_status::failed);
    auto letters =
        now(ask<dead_letter_page>(queries(), list_dead_letters{})).items;
    REQUIRE(letters.size() == 1);
    CHECK(letters[0].kind == "message_failed");
  }
  SUBCASE("but who is not there is waited for") {
    log->answers = {unavailable(), unavailable(), unavailable(), unavailable()};
    tell(opened());
    advance(600'000);
    CHECK(log->asked.size() == 5);
    CHECK(position().message.status == message_status::sent);
  }
  check();
}

TEST_CASE_FIXTURE(signal_world, "a requeued dead letter is sent") {
  log->answers = {rejected_send()};
  tell(opened());
  auto letters =
      now(ask<dead_letter_page>(queries(), list_dead_letters{})).items;
  REQUIRE(letters.size() == 1);
  auto again = now(
      ask<entry_view>(locks(), requeue_dead_letter{{}, letters[0].id, "ann"}));
  CHECK(again.effect == letters[0].effect);
  settle();
  CHECK(log->messages.size() == 1);
  CHECK(
      now(ask<dead_letter_page>(queries(), list_dead_letters{})).items.empty());
  check();
}

TEST_CASE_FIXTURE(signal_world, "a thousand reports of one position at once "
                                "are one signal and one message") {
  std::vector<reply_ptr<position_reported>> answers;
  for (int i = 0; i < 1000; ++i)
    answers.push_back(report(opened()));
  settle();
  auto created = 0;
  for (const auto& answer : answers) {
    REQUIRE(answer->ok());
    created += (*answer)->outcome == position_outcome::created ? 1 : 0;
  }
  CHECK(created == 1);
  CHECK(log->messages.size() == 1);
  check();
}

TEST_CASE_FIXTURE(signal_world, "a report waits for whoever holds the "
                                "position's lock") {
  auto lock = now(acquire(want(position_lock, "ann"))).lock;
  auto answer = report(opened());
  settle();
  CHECK(answer->pending());
  CHECK(position().status == position_status::processing);
  now(release(lock));
  settle();
  REQUIRE(answer->ok());
  CHECK((*answer)->outcome == position_outcome::created);
  check();
}

TEST_CASE_FIXTURE(signal_world, "R1: a report whose work was cancelled leaves "
                                "a position that the next report signals") {
  auto lock = now(acquire(want(position_lock, "ann"))).lock;
  auto answer = report(opened());
  settle();
  auto queue = now(ask<entry_page>(queries(), list_queue{})).items;
  REQUIRE(queue.size() == 1);
  now(ask<entry_view>(locks(), cancel_entry{{}, queue[0].record.id, "ann"}));
  settle();
  CHECK(answer->code() == errc::cancelled);
  CHECK(position().status == position_status::failed);
  now(release(lock));
  CHECK(tell(opened()).outcome == position_outcome::created);
  CHECK(log->messages.size() == 1);
  check();
}

TEST_CASE_FIXTURE(signal_world, "what waits while the node is paused is made "
                                "and sent when it goes on") {
  now(ask<bool>(locks(), set_paused{true, "ann"}));
  auto answer = report(opened());
  settle();
  CHECK(answer->pending());
  now(ask<bool>(locks(), set_paused{false, "ann"}));
  advance(2000);
  REQUIRE(answer->ok());
  CHECK(log->messages.size() == 1);
  check();
}

TEST_CASE_FIXTURE(signal_world, "R18: two nodes' worth of closes give one "
                                "close and one edit") {
  tell(opened());
  auto first = report(closed("1.105"));
  auto second = report(closed("1.105"));
  settle();
  CHECK((*first)->outcome != (*second)->outcome);
  CHECK(log->messages.at(1).edits == 1);
  check();
}

TEST_CASE_FIXTURE(signal_world, "a message is sent also when the commit that "
                                "says so took effect unheard") {
  auto answer = report(opened());
  while (disk().read()->count(table::outbox) == 0)
    REQUIRE(step());
  storage().commit_then_fail(1); // the beginning of the message
  advance(10'000);
  CHECK(storage().met.by_kind().at("store: answer lost") == 1);
  CHECK(log->messages.size() == 1);
  CHECK(position().message.status == message_status::sent);
  check();
}

TEST_CASE_FIXTURE(signal_world, "a signal whose commit took effect unheard has "
                                "its message") {
  auto answer = report(opened());
  while (position_count() == 0)
    REQUIRE(step());
  storage().commit_then_fail(1); // signal and message, under the lock
  advance(10'000);
  CHECK(storage().met.by_kind().at("store: answer lost") == 1);
  CHECK(log->messages.size() == 1);
  CHECK(position().message.status == message_status::sent);
  check();
}

TEST_CASE_FIXTURE(signal_world, "a snapshot of another's account changes "
                                "nothing") {
  report_snapshot foreign;
  foreign.account_id = "acc-1";
  foreign.events = {opened("1")};
  foreign.bound_to = "acc-2";
  auto came = now(ask<snapshot_reported>(desk(), foreign));
  REQUIRE(came.rows.size() == 1);
  CHECK(came.rows[0].why.code == errc::forbidden);
  CHECK(positions().empty());
  foreign.bound_to = "acc-1";
  came = now(ask<snapshot_reported>(desk(), foreign));
  CHECK(came.rows[0].outcome == position_outcome::created);
}
