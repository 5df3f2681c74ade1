#include "actors/position_feed.hpp"

#include "rules/retry_policy.hpp"
#include "rules/transition_builder.hpp"
#include "storage/records.hpp"

#include <algorithm>

namespace holdfast {

namespace {

constexpr std::uint32_t absent_polls = 2;
/// Deals lag behind by 1-2 s (external services page of MetaApi): so often is
/// asked before a position is closed without a price.
constexpr std::uint32_t questions_before_close = 5;
/// And so often in all, ever more rarely.
constexpr std::uint32_t questions_max = 20;
constexpr std::int64_t question_max_ms = 60'000;
constexpr std::int64_t retry_max_ms = 60'000;
constexpr std::int64_t day_ms = std::int64_t{24} * 3600 * 1000;
constexpr std::int64_t unpriced_age_ms = std::int64_t{3600} * 1000;
constexpr std::string_view seen_prefix = "feed_seen:";

} // namespace

position_feed::position_feed(caf::actor_config& cfg, surroundings_ptr around,
                             feed_links links, feed_settings how)
    : position_feed_actor::base(cfg), around_(std::move(around)),
      links_(std::move(links)), how_(std::move(how)),
      name_("feed of account " + how_.account_id) {}

void position_feed::on_exit() {
  links_ = {};
  missing_.clear();
}

position_feed::behavior_type position_feed::make_behavior() {
  around_->feeds.set(name_, "has not answered yet");
  send(this, tick{});
  return {
      [this](tick) { poll(); },
  };
}

void position_feed::poll() {
  // A list is as old as its question.
  auto taken_at_ms = around_->time->now().wall_ms;
  request(links_.source, caf::infinite, fetch_positions{})
      .then([this, taken_at_ms](
                const fetched_positions& what) { listed(what, taken_at_ms); },
            [this](const caf::error& why) {
              disconnected(to_problem(why).detail, 0);
            });
}

void position_feed::listed(const fetched_positions& what,
                           std::int64_t taken_at_ms) {
  if (!what.ok)
    return disconnected(what.why, what.retry_after_ms);
  connected();
  report_snapshot all;
  all.account_id = how_.account_id;
  all.events = what.events;
  all.taken_at_ms = taken_at_ms;
  all.close_missing = false;
  try {
    if (!known_account_)
      known_account_ =
          around_->db.read()
              ->get(table::meta, std::string{seen_prefix} + how_.account_id)
              .has_value();
  } catch (const storage_error& why) {
    return disconnected(why.what(), 0);
  }
  if (!known_account_ && !how_.announce_at_first)
    for (auto& event : all.events)
      event.silent = true;
  request(links_.desk, caf::infinite, std::move(all))
      .then([this](const snapshot_reported& came) { reported(came); },
            [this](const caf::error& why) {
              around_->warn(name_ + ": " + to_problem(why).detail);
              sleep(how_.poll_interval_ms);
            });
}

void position_feed::reported(const snapshot_reported& what) {
  auto failed = std::ranges::find_if(what.rows, [](const position_row& row) {
    return row.why.code != errc::none;
  });
  if (failed != what.rows.end())
    around_->warn(name_ + ": position " + failed->position_id +
                  " was not taken: " + failed->why.detail);
  else if (!known_account_)
    remember_account();
  // What is there again, or was closed by somebody else, is not missing.
  std::erase_if(missing_, [&](const auto& entry) {
    return !entry.second.closed &&
           std::ranges::find(what.missing, entry.first,
                             &position_record::position_id) ==
               what.missing.end();
  });
  for (const auto& x : what.missing) {
    auto& entry = missing_[x.position_id];
    // Open once more since it was closed: it is missing anew.
    if (entry.closed)
      entry = {};
    entry.position = x;
    ++entry.polls;
  }
  if (!unpriced_loaded_)
    load_unpriced();
  ask_deals();
  sleep(how_.poll_interval_ms);
}

/// Positions that an earlier run has closed without a price: the deal may have
/// come since.
void position_feed::load_unpriced() {
  unpriced_loaded_ = true;
  list_positions closed;
  closed.account_id = how_.account_id;
  closed.any_open = false;
  closed.open = false;
  closed.page.limit = 200;
  request(links_.queries, caf::infinite, std::move(closed))
      .then(
          [this](position_page& page) {
            auto since_ms = around_->time->now().wall_ms - unpriced_age_ms;
            for (auto& x : page.items)
              if (x.inferred_close && x.close_price.empty() &&
                  x.closed_at_ms > since_ms) {
                missing entry;
                entry.closed = true;
                entry.questions = questions_before_close;
                entry.position = x;
                missing_.try_emplace(x.position_id, std::move(entry));
              }
          },
          [this](const caf::error&) { unpriced_loaded_ = false; });
}

void position_feed::ask_deals() {
  auto now_us = around_->time->now().boot_us;
  for (auto& [id, entry] : missing_)
    if ((entry.closed || entry.polls >= absent_polls) &&
        entry.next_us <= now_us) {
      ++entry.questions;
      auto pause_ms = std::min<std::int64_t>(
          question_max_ms, how_.poll_interval_ms << (entry.questions / 3));
      entry.next_us = entry.closed ? now_us + pause_ms * 1000 : 0;
      ask_deal(id);
    }
}

void position_feed::ask_deal(const std::string& position_id) {
  fetch_close question;
  question.position_id = position_id;
  const auto& x = missing_.at(position_id).position;
  question.from_ms = x.created_at_ms - day_ms;
  question.to_ms = around_->time->now().wall_ms + day_ms;
  request(links_.source, caf::infinite, std::move(question))
      .then([this, position_id](
                const fetched_close& deal) { heard(position_id, deal); },
            [this, position_id](const caf::error& why) {
              fetched_close none;
              none.why = to_problem(why).detail;
              heard(position_id, none);
            });
}

void position_feed::heard(const std::string& position_id,
                          const fetched_close& deal) {
  auto i = missing_.find(position_id);
  if (i == missing_.end())
    return; // it is there again
  auto& entry = i->second;
  if (deal.found ||
      (!entry.closed && entry.questions >= questions_before_close))
    return close(position_id, deal);
  if (entry.closed && entry.questions >= questions_max)
    missing_.erase(i);
}

void position_feed::close(const std::string& position_id,
                          const fetched_close& deal) {
  const auto& known = missing_.at(position_id).position;
  report_position report;
  auto& event = report.event;
  event.change = position_change::closed;
  event.account_id = known.account_id;
  event.position_id = position_id;
  event.inferred = true;
  if (deal.found) {
    event.close_price = deal.close_price;
    event.profit = deal.profit;
    event.time = deal.time;
  }
  request(links_.locks, caf::infinite, std::move(report))
      .then(
          [this, position_id, found = deal.found](const position_reported&) {
            auto i = missing_.find(position_id);
            if (i == missing_.end())
              return;
            if (found)
              missing_.erase(i);
            else
              i->second.closed = true;
          },
          [this, position_id](const caf::error& why) {
            // The next poll finds it missing still.
            around_->warn(name_ + ": position " + position_id +
                          " could not be closed: " + to_problem(why).detail);
          });
}

void position_feed::connected() {
  failures_ = 0;
  if (link_ == link::up)
    return;
  link_ = link::up;
  around_->feeds.set(name_, {});
  journal(event_kind::feed_connected, {});
}

/// No list: nothing is known of any position.
void position_feed::disconnected(const std::string& why,
                                 std::int64_t retry_after_ms) {
  ++failures_;
  around_->feeds.set(name_, why);
  if (link_ != link::down) {
    link_ = link::down;
    around_->warn(name_ + ": " + why);
    journal(event_kind::feed_disconnected, why);
  }
  sleep(std::max(how_.poll_interval_ms,
                 retry_delay(failures_, how_.poll_interval_ms, retry_max_ms,
                             retry_after_ms, around_->random())));
}

void position_feed::remember_account() {
  step s;
  s.writes.push_back({table::meta, std::string{seen_prefix} + how_.account_id,
                      std::string{"1"}});
  request(links_.persistence, caf::infinite, commit_step{std::move(s)})
      .then([this](std::uint64_t) { known_account_ = true; },
            [this](const caf::error& why) {
              around_->warn(name_ + ": " + to_problem(why).detail);
            });
}

void position_feed::journal(event_kind kind, const std::string& why) {
  journal_event event;
  event.at_ms = around_->time->now().wall_ms;
  event.kind = kind;
  event.owner_id = how_.account_id;
  event.detail =
      detail{}.text("accountId", how_.account_id).text_if("error", why).done();
  step s;
  s.events.push_back(encode(event));
  request(links_.persistence, caf::infinite, commit_step{std::move(s)})
      .then([](std::uint64_t) {},
            [this](const caf::error& failed) {
              around_->warn(name_ + ": " + to_problem(failed).detail);
            });
}

void position_feed::sleep(std::int64_t ms) {
  delayed_send(this, std::chrono::milliseconds{ms}, tick{});
}

} // namespace holdfast
