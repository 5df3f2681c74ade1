#include "simulation/world.hpp"

#include "actors/crew.hpp"
#include "actors/order_watcher.hpp"
#include "actors/position_feed.hpp"
#include "actors/step_writer.hpp"
#include "actors/trade_executor.hpp"
#include "simulation/trace.hpp"
#include "storage/records.hpp"
#include "storage/verify.hpp"

#include <caf/init_global_meta_objects.hpp>

#include <algorithm>
#include <stdexcept>

namespace holdfast::simulation {

namespace {

/// What a client is about to do.
struct client_call {
  std::shared_ptr<std::function<void(caf::event_based_actor*)>> what;
};

} // namespace

} // namespace holdfast::simulation

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::simulation::client_call)

namespace holdfast::simulation {

namespace {

/// Virtual time, and which boot it is of.
class virtual_time : public time_source {
public:
  virtual_time(const world& w, std::uint64_t boot) : world_(w), boot_(boot) {}
  instant now() const override { return world_.clock(); }
  std::uint64_t boot_id() const override { return boot_; }

private:
  const world& world_;
  std::uint64_t boot_;
};

class client : public caf::event_based_actor {
public:
  using caf::event_based_actor::event_based_actor;
  caf::behavior make_behavior() override {
    return {[this](const client_call& call) { (*call.what)(this); }};
  }
  const char* name() const override { return "client"; }
};

} // namespace

world::world(settings s) : settings_(std::move(s)), random_(settings_.seed) {
  init_types(config_);
  config_.set("scheduler.policy", caf::atom("testing"));
  // One message at a time, so that everything can come in between.
  config_.set("scheduler.max-throughput", std::size_t{1});
  system_ = std::make_unique<caf::actor_system>(config_);
  store_.on_commit = [this] { check_journal(); };
  store_.on_wait = [this](std::int64_t ms) {
    scheduler().clock().current_time += std::chrono::milliseconds{ms};
  };
  spawn_callers();
  start();
}

world::~world() {
  on_step = nullptr;
  settings_.trace = nullptr;
  kill();
  for (auto& caller : callers_)
    caf::anon_send_exit(caller, caf::exit_reason::kill);
  callers_.clear();
  settle();
  // Timers keep their actors alive: let them come.
  while (scheduler().trigger_timeout())
    settle();
  around_.reset();
}

caf::scheduler::test_coordinator& world::scheduler() const {
  return static_cast<caf::scheduler::test_coordinator&>(system_->scheduler());
}

std::int64_t world::elapsed_ms() const {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             scheduler().clock().now().time_since_epoch())
      .count();
}

instant world::clock() const {
  auto us = std::chrono::duration_cast<std::chrono::microseconds>(
                scheduler().clock().now().time_since_epoch())
                .count();
  // Begins well after the epoch of either clock.
  constexpr std::int64_t epoch_ms = 1'790'000'000'000;
  return {1'000'000 + us - boot_offset_us_,
          epoch_ms + us / 1000 + wall_shift_ms_};
}

std::size_t world::pending_timeouts() const {
  return scheduler().clock().schedule().size();
}

std::size_t world::in_flight() const { return around_->in_flight.load(); }

std::size_t world::actors() const { return system_->registry().running(); }

void world::start() {
  store_.open();
  around_ = std::make_shared<surroundings>(
      store_, std::make_shared<virtual_time>(*this, boot_),
      [this] { return random_(); });
  around_->limits = settings_.limits;
  around_->idle_owner_ms = settings_.idle_owner_ms;
  around_->cleanup_interval_ms = settings_.cleanup_interval_ms;
  around_->owners_max = settings_.owners_max;
  around_->in_flight_max = settings_.in_flight_max;
  around_->messages = settings_.messages;
  around_->alerts = settings_.alerts;
  around_->on_warning = [this](const std::string& text) {
    warnings.push_back(text);
  };
  crew_ = std::make_unique<crew>(
      spawn_crew(*system_, around_, recover(*around_), false));
  if (!settings_.watchdog)
    caf::anon_send_exit(crew_->alerts, caf::exit_reason::kill);
  locks_ = crew_->directory;
  queries_ = crew_->reader;
  desk_ = crew_->desk;
}

void world::kill() {
  store_.cut();
  locks_ = nullptr;
  queries_ = nullptr;
  desk_ = nullptr;
  for (auto& actor : hosted_)
    caf::anon_send_exit(actor, caf::exit_reason::kill);
  hosted_.clear();
  kill_crew(*crew_);
  while (run_chosen()) {
  }
}

void world::crash() {
  note("the node crashes");
  kill();
  // Calls under way never hear: their connections are broken.
  spawn_callers();
  start();
}

void world::reboot() {
  note("the machine starts anew");
  kill();
  spawn_callers();
  boot_offset_us_ = clock().boot_us + boot_offset_us_ - 1'000'000;
  ++boot_;
  start();
}

void world::restart() {
  note("the node is stopped");
  auto done = ask<bool>(crew_->directory, shut_down{});
  settle();
  if (done->pending())
    blame("the directory did not drain");
  kill();
  start();
}

void world::register_executor(std::string name, executor_actor work) {
  caf::anon_send(crew_->runner,
                 register_task_executor{std::move(name), std::move(work)});
}

void world::trade_on(exchange_actor exchange, order_patience patience) {
  auto watcher = host(system_->spawn<order_watcher>(
      around_, locks_, queries_, exchange, patience.follow_ms));
  register_executor(
      std::string{trade_task},
      host(system_->spawn<trade_executor>(around_, locks_, std::move(exchange),
                                          std::move(watcher), patience)));
}

void world::notify_on(channel of, messenger_actor messenger,
                      notifier_settings how) {
  caf::anon_send(crew_->notifiers.at(static_cast<std::size_t>(of)),
                 register_messenger{std::move(messenger), how});
}

void world::feed_from(position_source_actor source, feed_settings how) {
  host(
      system_->spawn<position_feed>(around_,
                                    feed_links{std::move(source), desk_, locks_,
                                               queries_, crew_->persistence},
                                    std::move(how)));
}

void world::spawn_callers() {
  for (auto& caller : callers_)
    caf::anon_send_exit(caller, caf::exit_reason::kill);
  callers_.clear();
  for (int i = 0; i < 5; ++i)
    callers_.push_back(system_->spawn<client>());
}

void world::do_later(job what) {
  next_caller_ = (next_caller_ + 1) % callers_.size();
  caf::anon_send(callers_[next_caller_],
                 client_call{std::make_shared<job>(std::move(what))});
}

bool world::run_chosen() {
  auto& jobs = scheduler().jobs;
  if (jobs.empty())
    return false;
  auto chosen = random_.pick(jobs.size());
  std::swap(jobs.front(), jobs[chosen]);
  if (settings_.trace)
    note(describe(*jobs.front()));
  scheduler().try_run_once();
  return true;
}

bool world::step() {
  if (!run_chosen())
    return false;
  ++steps_;
  if (on_step)
    on_step();
  return true;
}

bool world::tick() {
  auto& clock = scheduler().clock();
  if (!clock.has_pending_timeout())
    return false;
  // What is due at the same moment comes in an order that the seed chooses.
  auto due = clock.schedule().begin()->first;
  while (clock.has_pending_timeout() && clock.schedule().begin()->first <= due)
    clock.trigger_timeout();
  return true;
}

void world::settle() {
  for (int steps = 0; step(); ++steps)
    if (steps > 100'000)
      throw std::runtime_error{"the node never comes to rest"};
}

void world::advance(std::int64_t ms) {
  auto& clock = scheduler().clock();
  auto until = clock.current_time + std::chrono::milliseconds{ms};
  settle();
  for (int in_a_row = 0;
       clock.has_pending_timeout() && clock.schedule().begin()->first <= until;
       ++in_a_row) {
    auto before = clock.current_time;
    tick();
    settle();
    if (clock.current_time != before)
      in_a_row = 0;
    else if (in_a_row > 10'000)
      throw std::runtime_error{"a timer comes again and again at one moment"};
  }
  clock.current_time = std::max(clock.current_time, until);
  settle();
}

void world::skip(std::int64_t ms) {
  settle();
  scheduler().clock().current_time += std::chrono::milliseconds{ms};
}

void world::suspend(std::int64_t ms) {
  boot_offset_us_ -= ms * 1000;
  wall_shift_ms_ += ms;
}

reply_ptr<lock_record> world::renew(const lock_record& lock,
                                    std::int64_t timeout_ms) {
  return ask<lock_record>(locks(),
                          renew_lock{{}, lock.id, lock.token(), timeout_ms});
}

reply_ptr<lock_record> world::release(const lock_record& lock,
                                      std::string result) {
  return ask<lock_record>(
      locks(),
      release_lock{{}, lock.id, lock.token(), false, std::move(result), {}});
}

reply_ptr<lock_record> world::fail(const lock_record& lock, std::string error) {
  return ask<lock_record>(
      locks(),
      release_lock{{}, lock.id, lock.token(), true, {}, std::move(error)});
}

std::vector<journal_event> world::journal(const std::string& resource) const {
  std::vector<journal_event> rows;
  disk().read()->scan(table::journal, {},
                      [&](std::string_view key, std::string_view row) {
                        auto event = decode_event(key_number(key), row);
                        if (resource.empty() || event.resource == resource)
                          rows.push_back(std::move(event));
                        return true;
                      });
  return rows;
}

std::vector<event_kind> world::kinds(const std::string& resource) const {
  std::vector<event_kind> result;
  for (const auto& event : journal(resource))
    result.push_back(event.kind);
  return result;
}

resource_state world::state(const std::string& resource) const {
  return read_resource(*disk().read(), resource);
}

/// What every commit wrote must make sense.
void world::check_journal() {
  if (!settings_.check_commits)
    return;
  disk().read()->scan(table::journal, number_key(seen_ + 1),
                      [&](std::string_view key, std::string_view row) {
                        seen_ = key_number(key);
                        journal_.row(decode_event(seen_, row));
                        return true;
                      });
  journal_.committed();
  if (!journal_.fault().empty())
    blame(journal_.fault());
}

void world::blame(const std::string& fault) {
  if (!fault_.empty())
    return;
  fault_ = fault;
  fault_step_ = steps_;
  note("FAULT: " + fault);
}

void world::note(std::string_view what) {
  if (!settings_.trace)
    return;
  auto ms = std::to_string(elapsed_ms());
  settings_.trace(std::to_string(steps_) + ' ' + ms + "ms " +
                  std::string{what});
}

void world::check_tables() {
  auto report = verify(disk());
  if (!report.ok())
    blame(report.faults.front());
}

acquire_lock want(std::string resource, std::string owner, std::string key) {
  acquire_lock cmd;
  cmd.resource = std::move(resource);
  cmd.owner_id = std::move(owner);
  cmd.idempotency_key = std::move(key);
  return cmd;
}

} // namespace holdfast::simulation
