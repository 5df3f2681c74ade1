// How the control bot gets its messages and gives its answers: late, again,
// after a crash, and while the chat is away.
#include "control_world.hpp"

using namespace holdfast;
using namespace holdfast::test;

TEST_CASE_FIXTURE(bot_world, "what comes too late is not carried out") {
  write(ann, "/pause", 0, 60'001);
  REQUIRE(room->written.size() == 1);
  CHECK(says(room->written[0].html, "Send it again"));
  for (int i = 0; i < 20; ++i)
    write(ann, "/status", 0, 3'600'000);
  CHECK(room->written.size() == 1); // one answer a minute
  write(ben, "/status", 0, 60'001);
  CHECK(room->written.size() == 2);
  advance(61'000);
  write(ann, "/status", 0, 60'001);
  CHECK(room->written.size() == 3);
  CHECK(outcomes("too_old") == 23);
  // A question is not confirmed by an old message either.
  auto code = code_in(say(ann, "/pause"));
  advance(61'000);
  write(ann, code, 0, 61'000);
  CHECK_FALSE(around()->paused.load());
  // A clock that is behind is no reason.
  write(ann, "/status", 0, -30'000);
  CHECK(says(room->written.back().html, "ready"));
}

TEST_CASE_FIXTURE(bot_world, "a confirmation that comes again after a crash "
                             "does nothing") {
  auto lock = hold("trade:A");
  auto code = code_in(say(ann, "/release trade:A it hangs"));
  // The answer never leaves, so that the message is never confirmed.
  for (int i = 0; i < 5; ++i)
    room->writes.push_back(unsure());
  write(ann, code);
  CHECK(look_at(lock).status == lock_status::force_released);
  REQUIRE(room->inbox.size() == 1);
  room->writes.clear();
  crash();
  go();
  come();
  auto next = hold("trade:A");
  auto before = room->written.size();
  begin();
  REQUIRE(room->written.size() == before + 1);
  CHECK(says(room->written.back().html, "Nothing waits"));
  CHECK(look_at(next).status == lock_status::active);
  CHECK(count(event_kind::force_released) == 1);
  CHECK(room->inbox.empty());
}

TEST_CASE_FIXTURE(bot_world, "a question is forgotten by a crash") {
  auto lock = hold("trade:A");
  auto code = code_in(say(ann, "/release trade:A it hangs"));
  crash();
  go();
  come();
  begin();
  CHECK(says(say(ann, code), "Nothing waits"));
  CHECK(look_at(lock).status == lock_status::active);
}

TEST_CASE_FIXTURE(bot_world, "no message is lost while the chat is away") {
  for (int i = 0; i < 3; ++i)
    room->fetches.push_back(no_chat_now());
  write(ann, "/status"); // answers the poll that waits
  auto before = room->written.size();
  write(ann, "/locks");
  CHECK(room->written.size() == before);
  advance(60'000);
  CHECK(room->written.size() == before + 1);
  CHECK(warnings.size() == 1); // once, however long
  CHECK(was_logged("the chat answers again"));
  room->fetches.push_back(no_chat_now(30'000));
  write(ann, "/status");
  auto polls = room->polls;
  advance(29'000);
  CHECK(room->polls == polls);
  advance(2'000);
  CHECK(room->polls > polls);
}

TEST_CASE_FIXTURE(bot_world, "an answer is written again until it is there") {
  room->writes = {unsure(), unsure(20'000)};
  write(ann, "/status");
  CHECK(room->written.empty());
  advance(2'000);
  CHECK(room->written.empty());
  advance(19'000);
  CHECK(room->written.size() == 1);
  // One that is refused, or would come too late, holds up nobody.
  room->writes = {{wrote_chat::refused, "bot was blocked", 0},
                  unsure(3'600'000)};
  write(ann, "/locks");
  write(ann, "/queue");
  CHECK(room->written.size() == 1);
  write(ann, "/status");
  CHECK(room->written.size() == 2);
  CHECK(warnings.size() == 2);
}

TEST_CASE_FIXTURE(bot_world, "who answers at once that nothing came is not "
                             "asked at once") {
  fetched_chat nothing;
  nothing.ok = true;
  room->fetches = {nothing, nothing};
  write(ann, "/status");
  auto polls = room->polls;
  settle();
  CHECK(room->polls == polls);
  advance(90);
  CHECK(room->polls == polls);
  advance(20);
  CHECK(room->polls == polls + 1);
}

TEST_CASE_FIXTURE(bot_world, "a change that cannot be committed is refused") {
  auto lock = hold("trade:A");
  auto code = code_in(say(ann, "/release trade:A it hangs"));
  storage().fail_with(storage_errc::io);
  auto answer = say(ann, code);
  storage().heal();
  CHECK_FALSE(says(answer, "Released"));
  CHECK_FALSE(answer.empty());
  CHECK(look_at(lock).status == lock_status::active);
}
