// What the control bot does for whom, on the real engine.
#include "control_world.hpp"

using namespace holdfast;
using namespace holdfast::test;

TEST_CASE_FIXTURE(bot_world,
                  "an operator is shown the state, locks and queue") {
  auto lock = hold("trade:A");
  acquire(want("trade:A", "next"));
  settle();
  CHECK(says(say(ann, "/status"), "Active locks: 1\nWaiting: 1"));
  auto locks = say(ann, "/locks");
  CHECK(says(locks, "<b>trade:A</b> · owner"));
  CHECK(says(locks, to_string(lock.id)));
  CHECK(say(ann, "/locks trade:B") == "No lock is held.");
  CHECK(says(say(ann, "/queue trade:A"), "1. <b>trade:A</b> · next"));
  CHECK(say(ann, "/unknown") == "No effect is unknown.");
  CHECK(says(say(ann, "/help"), "/release"));
  CHECK(says(say(ann, "/weather"), "no command"));
  CHECK(was_logged("telegram:11: /locks: answered"));
  CHECK(outcomes("answered") == 6);
  CHECK(outcomes("refused") == 1);
}

TEST_CASE_FIXTURE(bot_world, "whoever is not listed is not answered, and fills "
                             "no log") {
  hold("trade:A");
  for (int i = 0; i < 50; ++i)
    CHECK(say(stranger, "/locks").empty());
  CHECK(say(stranger, "/pause", group).empty());
  CHECK(logged.size() == 1);
  CHECK(was_logged("telegram:66 is not among control_bot.user_ids"));
  advance(61'000);
  CHECK(say(stranger, "/locks").empty());
  CHECK(logged.size() == 2);
  CHECK(was_logged("50 other messages"));
  CHECK(outcomes("foreign") == 52);
  hold("trade:A"); // the first lease is over
  // Who may is answered in the same group, also by the bot's name.
  CHECK(says(say(ann, "/locks@holdfast_bot", group), "trade:A"));
  CHECK(say(ann, "/locks@other_bot", group).empty());
  CHECK(say(ann, "hello", group).empty());
}

TEST_CASE_FIXTURE(bot_world,
                  "a release is asked for, confirmed, done once, and "
                  "stands in the journal with who and why") {
  auto lock = hold("trade:A");
  auto question = say(ann, "/release trade:A it hangs");
  CHECK(says(question, to_string(lock.id)));
  CHECK(says(question, "Reason: it hangs"));
  CHECK(look_at(lock).status == lock_status::active);
  auto code = code_in(question);
  CHECK(says(say(ann, code), "Released " + to_string(lock.id)));
  CHECK(look_at(lock).status == lock_status::force_released);
  REQUIRE(count(event_kind::force_released) == 1);
  auto row = journal("trade:A").back();
  CHECK(row.actor == "telegram:11");
  CHECK(says(row.detail, "it hangs"));
  // Once: not for the next holder either.
  auto next = hold("trade:A");
  CHECK(says(say(ann, code), "Nothing waits for this code"));
  CHECK(look_at(next).status == lock_status::active);
  CHECK(outcomes("done") == 1);
  CHECK(outcomes("asked") == 1);
}

TEST_CASE_FIXTURE(bot_world,
                  "a code is for who was asked, where he was asked") {
  auto lock = hold("trade:A");
  auto code = code_in(say(ann, "/release trade:A it hangs", group));
  CHECK(says(say(ben, code, group), "Nothing waits"));
  CHECK(say(stranger, code, group).empty());
  CHECK(says(say(ann, code), "Nothing waits")); // in another chat
  CHECK(says(say(ann, "/confirm 1234567", group), "six digits"));
  CHECK(look_at(lock).status == lock_status::active);
  CHECK(says(say(ann, code, group), "Released"));
}

TEST_CASE_FIXTURE(bot_world, "a code is good for a minute, and only the newest "
                             "one") {
  auto lock = hold("trade:A");
  auto first = code_in(say(ann, "/release trade:A it hangs"));
  auto second = code_in(say(ann, "/pause"));
  CHECK(first != second);
  CHECK(says(say(ann, first), "Nothing waits"));
  advance(60'001);
  CHECK(says(say(ann, second), "good for 60 s"));
  CHECK(says(say(ann, second), "Nothing waits"));
  CHECK_FALSE(around()->paused.load());
  CHECK(look_at(lock).status != lock_status::force_released);
  auto third = code_in(say(ann, "/pause"));
  advance(59'000);
  CHECK(says(say(ann, third), "Paused"));
}

TEST_CASE_FIXTURE(bot_world, "a lock that has changed hands is left alone") {
  auto lock = hold("trade:A");
  auto code = code_in(say(ann, "/release trade:A it hangs"));
  now(release(lock));
  auto next = hold("trade:A");
  CHECK(says(say(ann, code), "had ended meanwhile"));
  CHECK(look_at(next).status == lock_status::active);
  CHECK(count(event_kind::force_released) == 0);
  CHECK(says(say(ann, "/release " + to_string(lock.id) + " why"), "has ended"));
  CHECK(says(say(ann, "/release trade:B why"), "Nobody holds"));
  auto by_id = say(ann, "/release " + to_string(next.id) + " why");
  CHECK(says(say(ann, code_in(by_id)), "Released"));
}

TEST_CASE_FIXTURE(bot_world, "pause and resume are journaled once each") {
  CHECK(says(say(ann, code_in(say(ann, "/pause"))), "Paused"));
  CHECK(around()->paused.load());
  CHECK(says(say(ann, "/status"), "Paused"));
  CHECK(says(say(ben, code_in(say(ben, "/pause"))), "already"));
  CHECK(says(say(ben, code_in(say(ben, "/resume"))), "Resumed"));
  CHECK_FALSE(around()->paused.load());
  CHECK(count(event_kind::paused) == 1);
  CHECK(count(event_kind::resumed) == 1);
  for (const auto& event : journal())
    if (event.kind == event_kind::resumed)
      CHECK(event.actor == "telegram:12");
}

TEST_CASE_FIXTURE(bot_world, "an unknown effect is resolved as it was shown") {
  log->answers.push_back(unknown_send(true));
  tell(opened());
  REQUIRE(effects().size() == 1);
  auto id = to_string(effects()[0].id);
  CHECK(says(say(ann, "/unknown"), id));
  CHECK(says(say(ann, "/resolve " + id + " done ref=x seen"), "no message"));
  auto first = code_in(say(ann, "/resolve " + id + " done ref=1 seen"));
  // Somebody else is faster, and it becomes unknown once more.
  log->answers.push_back(unknown_send(true));
  auto other = code_in(say(ben, "/resolve " + id + " retry not there"));
  CHECK(says(say(ben, other), "Resolved"));
  settle();
  CHECK(effects()[0].state == effect_state::unknown);
  CHECK(says(say(ann, first), "has changed since it was shown"));
  CHECK(effects()[0].state == effect_state::unknown);
  CHECK(says(say(ann, code_in(say(ann, "/resolve " + id + " done seen"))),
             "Resolved"));
  CHECK(effects()[0].state == effect_state::done);
  CHECK(count(event_kind::resolved) == 2);
  CHECK(says(say(ann, "/resolve " + id + " done seen"), "only what is"));
  CHECK(says(say(ann, "/resolve effect-0000000a-77 done seen"), "effect"));
}
