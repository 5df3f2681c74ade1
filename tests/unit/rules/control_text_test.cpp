// What operators are shown.
#include "rules/control_text.hpp"
#include "rules/telegram_html.hpp"
#include "tests/unit/rules/telegram_check.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

using namespace holdfast;

namespace {

constexpr std::int64_t shown_at_ms = 1'700'000'000'000;

bool shows(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

lock_record held_lock(const std::string& resource,
                      const std::string& owner = "ann") {
  lock_record lock;
  lock.id = {10, 7};
  lock.work.resource = resource;
  lock.work.owner_id = owner;
  lock.work.data = R"({"apiKey":"s3cret"})";
  lock.acquired_at_ms = shown_at_ms - 12'000;
  lock.expires_at_ms = shown_at_ms + 18'000;
  return lock;
}

effect_record doubtful() {
  effect_record effect;
  effect.id = {10, 9};
  effect.kind = "order";
  effect.resource = "trade:BTCUSDT";
  effect.owner_id = "ann";
  effect.state = effect_state::unknown;
  effect.attempts = 2;
  effect.intent = R"({"quantity":"s3cret"})";
  effect.updated_at_ms = shown_at_ms - 200'000;
  return effect;
}

} // namespace

TEST_CASE("a lock is shown with owner, age and lease, and none of its data") {
  auto text = control_locks({held_lock("trade:BTCUSDT")}, false, shown_at_ms);
  CHECK(text == "1 lock:\n<b>trade:BTCUSDT</b> · ann · trade, held 12 s, lease "
                "ends in 18 s\n<code>lock-0000000a-7</code>");
  auto doubt = held_lock("k");
  doubt.status = lock_status::in_doubt;
  CHECK(shows(control_locks({doubt}, false, shown_at_ms), "<b>in doubt</b>"));
  CHECK(shows(control_locks({held_lock("k")}, false, shown_at_ms + 20'000),
              "lease is over"));
  CHECK(control_locks({}, false, shown_at_ms) == "No lock is held.");
}

TEST_CASE("names of others are no markup") {
  auto text =
      control_locks({held_lock("<b>&x</b>", "</code>")}, false, shown_at_ms);
  CHECK(shows(text, "<b>&lt;b&gt;&amp;x&lt;/b&gt;</b>"));
  CHECK(shows(text, "&lt;/code&gt;"));
  control_command cmd;
  cmd.reason = "a < b";
  CHECK(
      shows(ask_release(held_lock("k"), cmd, shown_at_ms), "Reason: a &lt; b"));
  CHECK(control_answer("1 < 2 & 3") == "1 &lt; 2 &amp; 3");
}

TEST_CASE("a list that does not fit says how many are left") {
  std::vector<lock_record> locks(
      200, held_lock(std::string(256, '<'), std::string(256, '&')));
  auto text = control_locks(locks, false, shown_at_ms);
  CHECK(shown_units(text) <= 4096);
  CHECK(shown_units(text) > 3000);
  CHECK(shows(text, "200 locks:"));
  auto rows = std::count(text.begin(), text.end(), '\n') / 2;
  CHECK(shows(text, "… and " + std::to_string(200 - rows) + " more"));
  std::vector<lock_record> small(200, held_lock("k"));
  CHECK(shows(control_locks(small, true, shown_at_ms),
              "… and at least 171 more"));
  CHECK(shows(control_locks(small, true, shown_at_ms), "More than 200 locks:"));
  small.resize(30);
  CHECK_FALSE(shows(control_locks(small, false, shown_at_ms), "…"));
}

TEST_CASE("who waits is shown in serving order") {
  entry_view entry;
  entry.position = 3;
  entry.record.work.resource = "k";
  entry.record.work.owner_id = "bob";
  entry.record.work.priority = 1;
  entry.record.queued_at_ms = shown_at_ms - 7'200'000;
  CHECK(control_queue({entry}, false, shown_at_ms) ==
        "1 waits:\n3. <b>k</b> · bob · priority 1, waits 2 h");
  CHECK(control_queue({}, false, shown_at_ms) == "Nobody waits.");
}

TEST_CASE("an effect in doubt is shown with its id, and none of its intent") {
  auto text = control_doubts({doubtful()}, false, shown_at_ms);
  CHECK(shows(text, "<b>trade:BTCUSDT</b> · order · unknown · ann, tried 2×, "
                    "since 3 min\n<code>effect-0000000a-9</code>"));
  CHECK_FALSE(shows(text, "s3cret"));
  CHECK(control_doubts({}, false, shown_at_ms) == "No effect is unknown.");
}

TEST_CASE("the state of a node says first what is wrong with it") {
  stats now;
  now.active_locks = 3;
  now.effects_unknown = 2;
  now.commits_per_s_milli = 1234;
  now.commit_p99_us = 567;
  auto text = control_status(now, {true, "ok"});
  CHECK(text.starts_with("The node is ready.\nActive locks: 3\n"));
  CHECK(shows(text, "Effects unknown: 2\n"));
  CHECK(text.ends_with("Commits: 1.2/s, p99 0.5 ms"));
  now.paused = true;
  auto bad = control_status(now, {false, "no space & time"});
  CHECK(bad.starts_with("<b>The node cannot commit:</b> no space &amp; time "
                        "<b>Paused: no new task starts.</b>\n"));
  now.alerts.push_back({alert::queue_depth, true, "11 wait for <A>", 0});
  CHECK(shows(control_status(now, {true, "ok"}),
              "</b>\n🔴 <b>queue_depth</b>: 11 wait for &lt;A&gt;\nActive"));
}

TEST_CASE("a question shows what is confirmed, and how") {
  control_command cmd;
  cmd.outcome = resolution::retry;
  cmd.reason = "not there";
  auto text =
      with_code(ask_resolve(doubtful(), cmd, shown_at_ms), "012345", 60);
  CHECK(shows(text, "<b>retry</b> (do it once more)"));
  CHECK(shows(text, "effect-0000000a-9"));
  CHECK(shows(text, "Reason: not there"));
  CHECK(text.ends_with("\n\nTo do it, within 60 s: /confirm_012345"));
  cmd.outcome = resolution::done;
  cmd.reference = "C0<1";
  CHECK(shows(ask_resolve(doubtful(), cmd, shown_at_ms), "Reference: C0&lt;1"));
  CHECK(ask_pause(true) != ask_pause(false));
}

TEST_CASE("every text is HTML that Telegram takes, and fits") {
  control_command cmd;
  cmd.reason = std::string(1000, '&');
  auto large = held_lock(std::string(256, '<'), std::string(256, '>'));
  stats now;
  now.paused = true;
  for (const auto& text :
       {control_help(), control_status(now, {false, std::string(9000, '<')}),
        control_locks({large, large}, true, shown_at_ms),
        with_code(ask_release(large, cmd, shown_at_ms), "000000", 60),
        control_answer(std::string(9000, '&'))}) {
    auto parsed = test::parse_as_telegram(text);
    CHECK(parsed.error == "");
    CHECK(parsed.units <= 4096);
  }
}
