#include "actors/position_desk.hpp"

#include "rules/position_rules.hpp"

#include <algorithm>
#include <set>

namespace holdfast {

namespace {

/// Reports asked about at one time: more would only wait in mailboxes.
constexpr std::size_t claims_max = 512;

position_row row_of(const position_event& event) {
  position_row row;
  row.account_id = event.account_id;
  row.position_id = event.position_id;
  return row;
}

position_event close_of(const position_record& missing,
                        std::int64_t taken_at_ms) {
  position_event event;
  event.change = position_change::closed;
  event.account_id = missing.account_id;
  event.position_id = missing.position_id;
  event.inferred = true;
  event.taken_at_ms = taken_at_ms;
  return event;
}

} // namespace

position_desk::position_desk(caf::actor_config& cfg, surroundings_ptr around,
                             locks_actor locks, queries_actor queries)
    : positions_actor::base(cfg), around_(std::move(around)),
      locks_(std::move(locks)), queries_(std::move(queries)) {}

void position_desk::on_exit() {
  let_go(locks_);
  let_go(queries_);
  waiting_.clear();
}

position_desk::behavior_type position_desk::make_behavior() {
  return {
      [this](report_positions& what) -> caf::result<positions_reported> {
        auto to = make_response_promise<positions_reported>();
        start(std::move(what.events), std::move(what.bound_to),
              [to](round& all) mutable {
                to.deliver(positions_reported{std::move(all.rows)});
              });
        return to;
      },
      [this](report_snapshot& what) { return snapshot(what); },
  };
}

void position_desk::start(std::vector<position_event> events,
                          std::string bound_to,
                          std::function<void(round&)> done) {
  auto all = std::make_shared<round>();
  all->events = std::move(events);
  all->bound_to = std::move(bound_to);
  all->done = std::move(done);
  std::ranges::transform(all->events, std::back_inserter(all->rows), row_of);
  if (all->events.empty())
    return all->done(*all);
  waiting_.push_back(all);
  go_on();
}

/// One owner gets the reports of its position in the order of the list: they
/// leave in that order, and its mailbox keeps it.
void position_desk::go_on() {
  while (asking_ < claims_max && !waiting_.empty()) {
    auto all = waiting_.front();
    ask(all, all->next++);
    if (all->next == all->events.size())
      waiting_.pop_front();
  }
}

void position_desk::ask(const round_ptr& all, std::size_t row) {
  ++asking_;
  ++all->open;
  report_position report{{}, std::move(all->events[row]), all->bound_to};
  request(locks_, caf::infinite, std::move(report))
      .then(
          [this, all, row](const position_reported& came) {
            all->rows[row].outcome = came.outcome;
            if (came.position.announced)
              all->rows[row].signal = came.position.signal;
            answered(all);
          },
          [this, all, row](const caf::error& why) {
            all->rows[row].why = to_problem(why);
            answered(all);
          });
}

void position_desk::answered(const round_ptr& all) {
  --asking_;
  if (--all->open == 0 && all->next == all->events.size())
    all->done(*all);
  go_on();
}

caf::result<snapshot_reported> position_desk::snapshot(report_snapshot& what) {
  auto to = make_response_promise<snapshot_reported>();
  if (what.taken_at_ms == 0)
    what.taken_at_ms = around_->time->now().wall_ms;
  auto events = what.events;
  for (auto& event : events) {
    event.taken_at_ms = what.taken_at_ms;
    if (event.account_id == what.account_id)
      continue;
    return make_error({errc::invalid,
                       "the snapshot is of account '" + what.account_id +
                           "', but has a position of '" + event.account_id +
                           "'",
                       "", "", 0, 0});
  }
  // Before `what` is moved away: arguments are evaluated in any order.
  auto bound_to = what.bound_to;
  start(std::move(events), std::move(bound_to),
        [this, what = std::move(what), to](round& all) mutable {
          find_missing(std::move(what), std::move(all.rows), to);
        });
  return to;
}

void position_desk::find_missing(
    report_snapshot what, std::vector<position_row> rows,
    caf::typed_response_promise<snapshot_reported> to) {
  auto heard = [this, what, rows, to](position_page& open) mutable {
    std::set<std::string> listed;
    for (const auto& event : what.events)
      listed.insert(event.position_id);
    snapshot_reported result;
    result.rows = std::move(rows);
    auto now_ms = around_->time->now().wall_ms;
    std::erase_if(open.items, [&](const auto& x) {
      return listed.contains(x.position_id) ||
             touched_after(x, what.taken_at_ms, now_ms);
    });
    if (!what.close_missing) {
      result.missing = std::move(open.items);
      to.deliver(std::move(result));
      return;
    }
    std::vector<position_event> closes;
    for (const auto& x : open.items)
      closes.push_back(close_of(x, what.taken_at_ms));
    start(std::move(closes), what.bound_to,
          [to, result = std::move(result)](round& all) mutable {
            for (auto& row : all.rows)
              // Left alone: it was touched after the list was taken.
              if (row.why.code != errc::none ||
                  row.outcome == position_outcome::closed)
                result.closed.push_back(std::move(row));
            to.deliver(std::move(result));
          });
  };
  request(queries_, caf::infinite, list_open_positions{what.account_id})
      .then(heard, [to](const caf::error& why) mutable { to.deliver(why); });
}

} // namespace holdfast
