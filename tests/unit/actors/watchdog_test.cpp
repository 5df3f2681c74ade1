// Alerts through the real actors: each is told once when it begins and once
// when it is over, whatever fails in between.
#include "actors/surroundings.hpp"
#include "signal_world.hpp"
#include "trade_world.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace holdfast;
using namespace holdfast::test;

namespace {

constexpr std::int64_t look_ms = 5000; ///< how often the watchdog looks

struct alert_world : signal_world {
  static settings quick() {
    settings s;
    s.alerts.telegram_chat_id = "operators";
    s.alerts.webhook = true;
    s.alerts.queue_depth = 2;
    s.alerts.resolved_after_ms = 30'000;
    return s;
  }

  alert_world() : signal_world(quick()) { listen(); }

  /// Where alerts are posted.
  void listen() {
    notifier_settings pace;
    pace.resend_unknown = true;
    hook = host(system().spawn(chat, posted));
    notify_on(channel::alerts, hook, pace);
    settle();
  }

  void die_and_listen_again() {
    die_and_come_back();
    listen();
  }

  /// "queue_depth fires", "queue_depth is over", as the journal has it.
  std::vector<std::string> told() {
    std::vector<std::string> all;
    for (const auto& event : journal()) {
      if (event.kind == event_kind::alert_firing)
        all.push_back(member_of(event.detail, "alert") + " fires");
      if (event.kind == event_kind::alert_resolved)
        all.push_back(member_of(event.detail, "alert") + " is over");
    }
    return all;
  }

  /// What the operators' chat shows, oldest first.
  std::vector<std::string> shown() const {
    std::vector<std::string> all;
    for (const auto& [id, message] : log->messages)
      if (message.signal.empty())
        all.push_back(message.text);
    return all;
  }

  std::vector<alert_state> firing() {
    return now(ask<stats>(queries(), get_stats{})).alerts;
  }

  /// One holds and `n` wait; all are let go by `drain`.
  void crowd(int n) {
    holder = now(acquire(want("trade:A", "holder", "", 600'000))).lock;
    for (int i = 0; i < n; ++i)
      acquire(want("trade:A", "w" + std::to_string(i), "", 600'000));
    settle();
  }

  static acquire_lock want(const std::string& resource,
                           const std::string& owner, const std::string& key,
                           std::int64_t lease_ms) {
    auto cmd = simulation::want(resource, owner, key);
    cmd.timeout_ms = lease_ms;
    return cmd;
  }

  void drain() {
    for (;;) {
      auto state = this->state("trade:A");
      if (!state.holder)
        return;
      now(release(*state.holder));
    }
  }

  lock_record holder;
  std::shared_ptr<chat_log> posted = std::make_shared<chat_log>();
  messenger_actor hook;
};

using lines = std::vector<std::string>;

} // namespace

TEST_CASE_FIXTURE(alert_world, "a queue that is too deep is told once, in "
                               "journal, chat, webhook and stats, and once "
                               "when it is over") {
  crowd(3);
  advance(look_ms);
  CHECK(told() == lines{"queue_depth fires"});
  CHECK(shown() == lines{"🔴 <b>queue_depth</b>: 3 wait for trade:A"});
  REQUIRE(posted->asked.size() == 1);
  CHECK(posted->asked[0].kind == alert_post);
  REQUIRE(firing().size() == 1);
  CHECK(firing()[0].which == alert::queue_depth);
  CHECK(firing()[0].text == "3 wait for trade:A");
  advance(60'000);
  CHECK(told().size() == 1);
  drain();
  advance(30'000);
  CHECK(told().size() == 1); // well, not for long enough
  advance(2 * look_ms);
  CHECK(told() == lines{"queue_depth fires", "queue_depth is over"});
  CHECK(shown().back() == "🟢 <b>queue_depth</b> is over");
  CHECK(posted->asked.size() == 2);
  CHECK(firing().empty());
  // The alerts' owners have gone to sleep, and nothing is left to send.
  advance(120'000);
  CHECK(told().size() == 2);
  check();
}

TEST_CASE_FIXTURE(alert_world, "an alert that fires is not told again after a "
                               "crash, and is over after one") {
  crowd(3);
  advance(look_ms);
  for (int i = 0; i < 5; ++i) {
    die_and_listen_again();
    advance(2 * look_ms);
  }
  CHECK(told() == lines{"queue_depth fires"});
  CHECK(shown().size() == 1);
  CHECK(posted->asked.size() == 1);
  CHECK(firing().size() == 1);
  drain();
  die_and_listen_again();
  advance(30'000 + 2 * look_ms);
  CHECK(told() == lines{"queue_depth fires", "queue_depth is over"});
  CHECK(shown().size() == 2);
  check();
}

TEST_CASE_FIXTURE(alert_world, "a change whose commit is not known to have "
                               "worked is told once") {
  crowd(3);
  storage().commit_then_fail(1);
  advance(2 * look_ms);
  advance(60'000); // commits_failing has come and gone, or was not seen
  auto all = told();
  CHECK(std::ranges::count(all, "queue_depth fires") == 1);
  CHECK(std::ranges::count(shown(),
                           "🔴 <b>queue_depth</b>: 3 wait for trade:A") == 1);
  check();
}

TEST_CASE_FIXTURE(alert_world, "that commits fail is logged at once, and told "
                               "when they work again") {
  storage().fail_with(storage_errc::disk_full);
  auto lost = acquire(simulation::want("trade:B", "ann"));
  settle();
  CHECK(lost->code() == errc::storage_unavailable);
  advance(2 * look_ms);
  CHECK(told().empty());
  auto logged = std::ranges::count_if(warnings, [](const auto& line) {
    return line.starts_with("alert commits_failing: commits fail: ");
  });
  CHECK(logged == 1);
  storage().heal();
  advance(60'000);
  CHECK(told() == lines{"commits_failing fires", "commits_failing is over"});
  CHECK(shown().size() == 2);
  check();
}

TEST_CASE_FIXTURE(alert_world, "an effect that is unknown for a minute is "
                               "told, and over when somebody has resolved it") {
  log->answers = {unknown_send(false)};
  tell(opened());
  advance(60'000);
  CHECK(told().empty());
  advance(2 * look_ms);
  CHECK(told() == lines{"effect_unknown fires"});
  std::vector<effect_record> unknown;
  std::ranges::copy_if(
      effects(), std::back_inserter(unknown),
      [](const auto& effect) { return effect.state == effect_state::unknown; });
  REQUIRE(unknown.size() == 1);
  CHECK(firing().at(0).text == "nobody knows what came of " +
                                   to_string(unknown[0].id) +
                                   " of position:acc-1:1: look, and resolve");
  resolve_message how;
  how.effect = unknown[0].id;
  how.actor = "ann";
  how.reason = "looked";
  how.outcome = resolution::retry;
  now(ask<effect_record>(locks(), how));
  advance(30'000 + 2 * look_ms);
  CHECK(told() == lines{"effect_unknown fires", "effect_unknown is over"});
  check();
}

TEST_CASE_FIXTURE(alert_world, "leases that run out are told") {
  for (int i = 0; i < 6; ++i)
    now(acquire(want("r" + std::to_string(i), "ann", "", 1000)));
  advance(1000 + look_ms);
  CHECK(told() == lines{"lease_expiries fires"});
  advance(60'000 + 30'000 + 2 * look_ms);
  CHECK(told() == lines{"lease_expiries fires", "lease_expiries is over"});
}

TEST_CASE_FIXTURE(alert_world, "too many failures are told") {
  for (int i = 0; i < 10; ++i) {
    auto lock = now(acquire(simulation::want("r", "ann"))).lock;
    if (i < 8)
      now(release(lock));
    else
      now(fail(lock, "no margin"));
  }
  advance(look_ms);
  CHECK(told() == lines{"failure_ratio fires"});
  CHECK(firing().at(0).text ==
        "2 of 10 locks that ended within a minute have failed");
}

TEST_CASE_FIXTURE(alert_world, "a message that was given up is told as a dead "
                               "letter, and its alert is not one more") {
  log->answers = {rejected_send(), rejected_send()};
  tell(opened());
  advance(look_ms);
  CHECK(told() == lines{"dead_letters fires"});
  // The alert's own message was rejected, too; the webhook has it.
  CHECK(shown().empty());
  REQUIRE(posted->asked.size() == 1);
  advance(120'000);
  CHECK(told().size() == 1);
}

TEST_CASE_FIXTURE(alert_world, "a webhook that does not say what came is told "
                               "again, the chat is not") {
  log->answers = {unknown_send(true)};
  posted->answers = {unknown_send(true), unavailable()};
  crowd(3);
  advance(look_ms + 30'000);
  CHECK(shown().size() == 1);
  CHECK(posted->messages.size() == 2);
  CHECK(told() == lines{"queue_depth fires"});
}

TEST_CASE_FIXTURE(alert_world, "a feed that does not answer for a minute is "
                               "told") {
  around()->feeds.set("acc-1", "no answer");
  advance(60'000 - look_ms);
  CHECK(told().empty());
  advance(3 * look_ms);
  CHECK(told() == lines{"feed_stale fires"});
  around()->feeds.set("acc-1", "");
  advance(30'000 + 2 * look_ms);
  CHECK(told() == lines{"feed_stale fires", "feed_stale is over"});
}

TEST_CASE_FIXTURE(alert_world, "reads that fail change nothing") {
  SUBCASE("from the start") {}
  SUBCASE("later") { advance(2 * look_ms); }
  crowd(3);
  storage().fail_reads_after(0);
  advance(4 * look_ms);
  storage().fail_reads_after(SIZE_MAX);
  CHECK(told().empty());
  advance(2 * look_ms);
  CHECK(told() == lines{"queue_depth fires"});
}

TEST_CASE_FIXTURE(trade_world, "an order that is asked for again and again is "
                               "unknown since it was sent, not since it was "
                               "asked for") {
  orders->answers.push_back(time_out());
  orders->found = time_out();
  auto lock = now(acquire(want_trade("k"))).lock;
  advance(60'000);
  CHECK(outcome(lock).status == trade_status::in_doubt);
  auto asked = orders->looked_for.size();
  advance(90'000);
  CHECK(orders->looked_for.size() > asked + 1);
  CHECK(kinds("alert:effect_unknown") == std::vector{event_kind::alert_firing});
}
