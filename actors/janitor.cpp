#include "actors/janitor.hpp"

namespace holdfast {

janitor::janitor(caf::actor_config& cfg, surroundings_ptr around,
                 persistence_actor persistence)
    : janitor_actor::base(cfg), around_(std::move(around)),
      persistence_(std::move(persistence)) {}

void janitor::on_exit() { let_go(persistence_); }

janitor::behavior_type janitor::make_behavior() {
  sleep();
  return {
      [this](tick) {
        auto now_ms = around_->time->now().wall_ms;
        purge_request what;
        what.ended_before_ms = now_ms - around_->limits.outcome_retention_ms;
        what.dead_before_ms = what.ended_before_ms;
        what.journal_before_ms = now_ms - around_->journal_retention_ms;
        what.settled_before_ms = now_ms - settled_retention_ms;
        clean(what);
      },
  };
}

void janitor::sleep() {
  delayed_send(this, std::chrono::milliseconds{around_->cleanup_interval_ms},
               tick{});
}

/// One slice; the next is asked for when this one is done, so that requests
/// get their turn in between.
void janitor::clean(purge_request what) {
  request(persistence_, caf::infinite, purge_step{what})
      .then(
          [this, what](const purge_result& done) {
            if (!done.more)
              return sleep();
            auto next = what;
            next.history_from = done.history_from;
            next.entries_from = done.entries_from;
            next.dead_letters_from = done.dead_letters_from;
            next.trades_from = done.trades_from;
            next.effects_from = done.effects_from;
            next.positions_from = done.positions_from;
            clean(next);
          },
          [this](const caf::error& why) {
            around_->warn("cleaning up failed: " + to_problem(why).detail);
            sleep();
          });
}

} // namespace holdfast
