// A lock service that answers what a test tells it to.
#include "tests/unit/gateway/fake_service.hpp"

#include "rules/sha256.hpp"

#include <caf/send.hpp>
#include <caf/typed_response_promise.hpp>

#include <algorithm>
#include <iterator>
#include <memory>
#include <stdexcept>

namespace holdfast::test {

namespace {

template <class T>
caf::result<T> say(fake_service& service, asked_command what,
                   T canned_answers::*member) {
  auto answers = service.answers();
  service.note(std::move(what));
  if (answers.refusal)
    return make_error(*answers.refusal);
  return answers.*member;
}

caf::result<force_released> say_released(fake_service& service,
                                         asked_command what) {
  auto answers = service.answers();
  service.note(std::move(what));
  if (answers.refusal)
    return make_error(*answers.refusal);
  return force_released{answers.released};
}

/// What the fake lock service keeps: calls that wait.
struct held_calls {
  using promise = caf::typed_response_promise<acquire_answer>;
  std::vector<std::pair<promise, acquire_lock>> acquires;
  std::vector<caf::typed_response_promise<entry_view>> watches;

  void grant(const canned_answers& answers,
             const std::function<bool(const acquire_lock&)>& which) {
    for (auto& [to, cmd] : acquires)
      if (to.pending() && which(cmd))
        to.deliver(answers.acquire(cmd));
  }
};

locks_actor::behavior_type fake_locks(locks_actor::pointer self,
                                      fake_service* service) {
  auto& s = *service;
  auto held = std::make_shared<held_calls>();
  using answers = canned_answers;
  return {
      [self, &s, held](const acquire_lock& cmd) -> caf::result<acquire_answer> {
        auto now = s.answers();
        if (now.hold_waits && cmd.otherwise == when_locked::wait) {
          auto to = self->make_response_promise<acquire_answer>();
          held->acquires.emplace_back(to, cmd);
          s.note(cmd);
          return to;
        }
        s.note(cmd);
        if (now.refusal)
          return make_error(*now.refusal);
        return now.acquire(cmd);
      },
      [&s](const renew_lock& cmd) { return say(s, cmd, &answers::lock); },
      [&s](const release_lock& cmd) { return say(s, cmd, &answers::lock); },
      [&s](const force_release& cmd) { return say_released(s, cmd); },
      [&s](const force_release_owner& cmd) { return say_released(s, cmd); },
      [&s](const resolve_lock& cmd) { return say(s, cmd, &answers::lock); },
      [](const report_position&) { return position_reported{}; },
      [](const begin_message&) { return begun_message{}; },
      [](const end_message&) { return effect_record{}; },
      [&s](const resolve_message& cmd) {
        return say(s, cmd, &answers::effect);
      },
      [&s](const update_trade&) { return s.answers().trade; },
      [&s](const cancel_entry& cmd) { return say(s, cmd, &answers::entry); },
      [self, &s, held](const watch_entry& cmd) -> caf::result<entry_view> {
        if (!s.answers().hold_waits || cmd.wait_ms == 0)
          return say(s, cmd, &answers::entry);
        held->watches.push_back(self->make_response_promise<entry_view>());
        s.note(cmd);
        return held->watches.back();
      },
      [&s](const watch_trade& cmd) { return say(s, cmd, &answers::trade); },
      [](const begin_effect&) { return effect_record{}; },
      [&s, held](const abandon_wait& cmd) {
        auto now = s.answers();
        s.note(cmd);
        if (now.grant_abandoned)
          held->grant(now, [&](const acquire_lock& waiting) {
            return waiting.caller == cmd.caller;
          });
      },
      [&s](const requeue_dead_letter& cmd) {
        return say(s, cmd, &answers::entry);
      },
      [&s](const discard_dead_letter& cmd) {
        return say(s, cmd, &answers::letter);
      },
      [&s, held](const set_paused& cmd) -> caf::result<bool> {
        s.note(cmd);
        held->grant(s.answers(), [](const acquire_lock&) { return true; });
        return !cmd.paused;
      },
  };
}

queries_actor::behavior_type fake_queries(queries_actor::pointer self,
                                          fake_service* service) {
  auto& s = *service;
  auto held = std::make_shared<
      std::vector<caf::typed_response_promise<journal_page>>>();
  using answers = canned_answers;
  return {
      [&s](const get_lock& cmd) { return say(s, cmd, &answers::lock); },
      [&s](const list_locks& cmd) { return say(s, cmd, &answers::locks); },
      [&s](const get_resource& cmd) { return say(s, cmd, &answers::resource); },
      [&s](const list_queue& cmd) { return say(s, cmd, &answers::queue); },
      [&s](const list_dead_letters& cmd) {
        return say(s, cmd, &answers::letters);
      },
      [&s](const list_trades& cmd) { return say(s, cmd, &answers::trades); },
      [&s](const get_effect& cmd) { return say(s, cmd, &answers::effect); },
      [&s](const list_effects& cmd) { return say(s, cmd, &answers::effects); },
      [&s](const list_positions& cmd) {
        return say(s, cmd, &answers::positions);
      },
      [&s](const get_position& cmd) { return say(s, cmd, &answers::position); },
      [](const list_open_positions&) { return position_page{}; },
      [](const list_outbox&) { return outbox_page{}; },
      [self, &s, held](const read_journal& cmd) -> caf::result<journal_page> {
        if (!s.answers().hold_waits || cmd.wait_ms == 0)
          return say(s, cmd, &answers::journal);
        held->push_back(self->make_response_promise<journal_page>());
        s.note(cmd);
        return held->back();
      },
      [&s](const get_stats& cmd) { return say(s, cmd, &answers::numbers); },
      [&s](const get_metrics& cmd) { return say(s, cmd, &answers::metrics); },
      [&s](const get_health& cmd) { return say(s, cmd, &answers::now); },
      [&s](const abandon_wait& cmd) { s.note(cmd); },
  };
}

/// Every position is new, unless a test says otherwise.
position_row created(const position_event& event) {
  return {event.account_id,
          event.position_id,
          position_outcome::created,
          {0x5F3A9C1E, 3},
          {}};
}

std::vector<position_row> all_created(const std::vector<position_event>& from) {
  std::vector<position_row> rows;
  std::ranges::transform(from, std::back_inserter(rows), created);
  return rows;
}

positions_actor::behavior_type fake_positions(positions_actor::pointer,
                                              fake_service* service) {
  auto& s = *service;
  return {
      [&s](const report_positions& cmd) -> caf::result<positions_reported> {
        auto now = s.answers();
        s.note(cmd);
        if (now.refusal)
          return make_error(*now.refusal);
        return now.report ? now.report(cmd)
                          : positions_reported{all_created(cmd.events)};
      },
      [&s](const report_snapshot& cmd) -> caf::result<snapshot_reported> {
        auto now = s.answers();
        s.note(cmd);
        if (now.refusal)
          return make_error(*now.refusal);
        return now.snapshot
                   ? now.snapshot(cmd)
                   : snapshot_reported{all_created(cmd.events), {}, {}};
      },
  };
}

} // namespace

void fake_service::set(const std::function<void(canned_answers&)>& change) {
  std::lock_guard lock{guard_};
  change(answers_);
}

canned_answers fake_service::answers() {
  std::lock_guard lock{guard_};
  return answers_;
}

void fake_service::note(asked_command what) {
  std::lock_guard lock{guard_};
  asked_.push_back(std::move(what));
  changed_.notify_all();
}

gateway_options with_read_token() {
  gateway_options options;
  auto who =
      std::make_shared<const identity>(identity{"looker", scope::read, ""});
  options.tokens = std::make_shared<const token_table>(
      std::vector{token_table::entry{sha256("read-token"), std::move(who)}});
  return options;
}

gateway_world::gateway_world(gateway_options options) {
  init_types(config_);
  config_.set("scheduler.max-threads", std::size_t{2});
  system_.emplace(config_);
  service.set([](canned_answers& answers) {
    answers.lock = example_lock();
    answers.entry = example_entry();
    answers.acquire = [](const acquire_lock&) {
      acquire_answer out;
      out.lock = example_lock();
      return out;
    };
    answers.letter.id = {0xABCD, 9};
    answers.letter.kind = "unclaimed";
    answers.now = {true, "ok"};
  });
  locks_ = system_->spawn(fake_locks, &service);
  queries_ = system_->spawn(fake_queries, &service);
  options.port = 0;
  positions_ = system_->spawn(fake_positions, &service);
  http = std::make_unique<gateway>(*system_, locks_, queries_, positions_,
                                   options);
}

gateway_world::~gateway_world() {
  http.reset();
  end_actors();
}

void gateway_world::end_actors() {
  caf::anon_send_exit(locks_, caf::exit_reason::user_shutdown);
  caf::anon_send_exit(queries_, caf::exit_reason::user_shutdown);
  caf::anon_send_exit(positions_, caf::exit_reason::user_shutdown);
  locks_ = nullptr;
  queries_ = nullptr;
  positions_ = nullptr;
}

raw_answer gateway_world::call(std::string_view method, std::string_view target,
                               std::string_view body,
                               std::string_view headers) {
  return client().call(method, target, body, headers);
}

lock_record example_lock() {
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

entry_view example_entry() {
  entry_view entry;
  entry.record.id = {0x5F3A9C1E, 7};
  entry.record.work = example_lock().work;
  entry.record.queued_at_ms = 1'795'361'795'123;
  entry.position = 2;
  return entry;
}

position_record example_position() {
  position_record position;
  position.signal = {0x5F3A9C1E, 3};
  position.account_id = "acc-1";
  position.position_id = "250999390";
  position.symbol = "EURUSD";
  position.status = position_status::completed;
  position.announced = true;
  position.category = "vip";
  position.volume = "0.1";
  position.open_price = "1.1";
  position.created_at_ms = 1'795'361'795'123;
  position.updated_at_ms = 1'795'361'795'124;
  return position;
}

} // namespace holdfast::test
