#include "actors/watchdog.hpp"

#include "storage/records.hpp"

namespace holdfast {

namespace {

constexpr std::chrono::seconds every{5};

} // namespace

watchdog::watchdog(caf::actor_config& cfg, surroundings_ptr around,
                   directory_actor locks, reader_actor facts)
    : watchdog_actor::base(cfg), around_(std::move(around)),
      locks_(std::move(locks)), facts_(std::move(facts)) {}

void watchdog::on_exit() {
  let_go(locks_);
  let_go(facts_);
}

watchdog::behavior_type watchdog::make_behavior() {
  sleep();
  return {
      [this](tick) { look(); },
  };
}

/// What fires, since an earlier run said so. False: it cannot be read now.
bool watchdog::load() {
  if (!watches_.empty())
    return true;
  try {
    std::vector<alert_watch> found;
    auto from = around_->db.read();
    for (auto which : all_alerts) {
      auto row = from->get(table::meta, alert_resource(which));
      found.emplace_back(which,
                         row ? decode_alert(which, *row).text : std::string{},
                         row.has_value());
    }
    watches_ = std::move(found);
    return true;
  } catch (const storage_error&) {
    return false; // reads fail as commits do, and that is told elsewhere
  }
}

void watchdog::look() {
  if (!load())
    return sleep();
  request(facts_, caf::infinite, look_around{})
      .then([this](const alert_facts& facts) { judge(facts); },
            [this](const caf::error&) { sleep(); });
}

void watchdog::judge(const alert_facts& facts) {
  auto now_us = around_->time->now().boot_us;
  for (std::size_t i = 0; i < watches_.size(); ++i) {
    auto& watch = watches_[i];
    auto level = level_of(watch.which(), facts, around_->alerts);
    auto known = watch.owed();
    auto change = watch.look(level, now_us, around_->alerts);
    if (!change)
      continue;
    // Nothing is durable now; somebody may read the log.
    if (!known)
      around_->warn("alert " + std::string{to_string(watch.which())} +
                    (*change ? ": " + watch.text() : " is over"));
    tell(i, *change);
  }
  if (telling_ == 0)
    sleep();
}

void watchdog::tell(std::size_t which, bool firing) {
  auto& watch = watches_[which];
  change_alert cmd;
  cmd.resource = alert_resource(watch.which());
  cmd.to = {watch.which(), firing, watch.text(), around_->time->now().wall_ms};
  cmd.messages = messages_for(cmd.to, around_->alerts);
  ++telling_;
  auto done = [this] {
    if (--telling_ == 0)
      sleep();
  };
  request(locks_, caf::infinite, std::move(cmd))
      .then(
          [this, which, firing, done](bool) {
            watches_[which].told(firing);
            done();
          },
          // Told again the next time; what is written already stays so.
          [done](const caf::error&) { done(); });
}

void watchdog::sleep() { delayed_send(this, every, tick{}); }

} // namespace holdfast
