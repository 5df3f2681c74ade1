#include "world/world.hpp"

#include "actors/step_writer.hpp"
#include "storage/records.hpp"
#include "storage/verify.hpp"

#include <caf/init_global_meta_objects.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <map>

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(
    std::shared_ptr<std::function<void(caf::event_based_actor*)>>)

namespace holdfast::test {

std::vector<commit_result>
fenced_store::commit(const std::vector<holdfast::step>& steps) {
  if (cut_)
    throw storage_error{storage_errc::io, "the node has crashed"};
  auto results = disk_.commit(steps);
  committed_();
  return results;
}

purge_result fenced_store::purge(const purge_request& what) {
  if (cut_)
    throw storage_error{storage_errc::io, "the node has crashed"};
  auto result = disk_.purge(what);
  committed_();
  return result;
}

void fenced_store::probe() {
  if (cut_)
    throw storage_error{storage_errc::io, "the node has crashed"};
  disk_.probe();
}

std::unique_ptr<snapshot> fenced_store::read() const {
  if (reads_left_ == 0)
    throw storage_error{storage_errc::io, "the disk cannot be read"};
  if (reads_left_ != SIZE_MAX)
    --reads_left_;
  return disk_.read();
}

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

/// The argument is for CAF 0.17, which dereferences a null pointer to an empty
/// tuple when there is none.
caf::behavior run_jobs(caf::event_based_actor* self, int /*unused*/) {
  return {
      [self](
          const std::shared_ptr<std::function<void(caf::event_based_actor*)>>&
              what) { (*what)(self); },
  };
}

} // namespace

world::world(settings s) : settings_(s), random_(s.seed) {
  init_types(config_);
  config_.set("scheduler.policy", caf::atom("testing"));
  // One message at a time, so that everything can come in between.
  config_.set("scheduler.max-throughput", std::size_t{1});
  system_ = std::make_unique<caf::actor_system>(config_);
  spawn_callers();
  start();
}

world::~world() {
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
  return dynamic_cast<caf::scheduler::test_coordinator&>(system_->scheduler());
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

void world::start() {
  store_ = std::make_unique<fenced_store>(disk_, [this] {
    ++commits_;
    check_journal();
  });
  around_ = std::make_shared<surroundings>(
      *store_, std::make_shared<virtual_time>(*this, boot_),
      [this] { return random_(); });
  around_->limits = settings_.limits;
  around_->idle_owner_ms = settings_.idle_owner_ms;
  around_->cleanup_interval_ms = settings_.cleanup_interval_ms;
  around_->owners_max = settings_.owners_max;
  around_->in_flight_max = settings_.in_flight_max;
  around_->on_warning = [this](const std::string& text) {
    warnings.push_back(text);
  };
  crew_ = spawn_crew(*system_, around_, recover(*around_), false);
}

void world::kill() {
  store_->cut();
  kill_crew(crew_);
  while (step()) {
  }
}

void world::crash() {
  kill();
  // Calls under way never hear: their connections are broken.
  spawn_callers();
  start();
}

void world::reboot() {
  kill();
  spawn_callers();
  boot_offset_us_ = clock().boot_us + boot_offset_us_ - 1'000'000;
  ++boot_;
  start();
}

void world::restart() {
  auto done = ask<bool>(crew_.directory, shut_down{});
  settle();
  if (done->pending())
    fault_ = "the directory did not drain";
  kill();
  start();
}

void world::notify_on(channel of, messenger_actor messenger,
                      notifier_settings how) {
  caf::anon_send(crew_.notifiers.at(static_cast<std::size_t>(of)),
                 register_messenger{std::move(messenger), how});
}

void world::spawn_callers() {
  for (auto& caller : callers_)
    caf::anon_send_exit(caller, caf::exit_reason::kill);
  callers_.clear();
  for (int i = 0; i < 5; ++i)
    callers_.push_back(system_->spawn(run_jobs, 0));
}

void world::do_later(job what) {
  next_caller_ = (next_caller_ + 1) % callers_.size();
  caf::anon_send(callers_[next_caller_],
                 std::make_shared<job>(std::move(what)));
}

bool world::step() {
  auto& jobs = scheduler().jobs;
  if (jobs.empty())
    return false;
  auto chosen =
      jobs.begin() + static_cast<std::ptrdiff_t>(random_() % jobs.size());
  std::rotate(jobs.begin(), chosen, chosen + 1);
  scheduler().try_run_once();
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
  while (clock.has_pending_timeout() &&
         clock.schedule().begin()->first <= until) {
    scheduler().trigger_timeout();
    settle();
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

void world::register_executor(std::string name, executor_actor work) {
  caf::anon_send(crew_.runner,
                 register_task_executor{std::move(name), std::move(work)});
}

std::vector<journal_event> world::journal(const std::string& resource) const {
  std::vector<journal_event> rows;
  disk_.read()->scan(table::journal, {},
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
  return read_resource(*disk_.read(), resource);
}

/// What every commit wrote must make sense.
void world::check_journal() {
  if (!settings_.check_commits)
    return;
  disk_.read()->scan(table::journal, number_key(seen_ + 1),
                     [&](std::string_view key, std::string_view row) {
                       seen_ = key_number(key);
                       journal_.row(decode_event(seen_, row));
                       return true;
                     });
  journal_.committed();
  if (fault_.empty())
    fault_ = journal_.fault();
}

void world::check_tables() {
  auto report = verify(disk_);
  if (!report.ok() && fault_.empty())
    fault_ = report.faults.front();
}

acquire_lock want(std::string resource, std::string owner, std::string key) {
  acquire_lock cmd;
  cmd.resource = std::move(resource);
  cmd.owner_id = std::move(owner);
  cmd.idempotency_key = std::move(key);
  return cmd;
}

} // namespace holdfast::test
