#include "actors/order_watcher.hpp"

#include "rules/trade_rules.hpp"

#include <algorithm>

namespace holdfast {

namespace {

constexpr std::chrono::milliseconds tick_interval{500};
/// How often an unknown order is asked for, and the rarest for one that rests.
constexpr std::int64_t interval_max_ms = 30'000;
/// Questions at the exchange at one time.
constexpr std::size_t asking_max = 16;
/// More are not followed before the next start; what is in doubt always is.
constexpr std::size_t watched_max = 100'000;
constexpr std::string_view node_actor = "node";

auto milliseconds(std::int64_t n) { return std::chrono::milliseconds{n}; }

} // namespace

order_watcher::order_watcher(caf::actor_config& cfg, surroundings_ptr around,
                             locks_actor locks, queries_actor queries,
                             exchange_actor exchange, std::int64_t follow_ms)
    : order_watcher_actor::base(cfg), around_(std::move(around)),
      locks_(std::move(locks)), queries_(std::move(queries)),
      exchange_(std::move(exchange)), follow_ms_(follow_ms) {}

void order_watcher::on_exit() {
  let_go(locks_);
  let_go(queries_);
  let_go(exchange_);
  orders_.clear();
}

order_watcher::behavior_type order_watcher::make_behavior() {
  for (auto status : {trade_status::in_doubt, trade_status::placed,
                      trade_status::partially_filled})
    load(status, {});
  return {
      [this](watch_order& what) { add(std::move(what.trade)); },
      [this](const load_open& what) { load(what.status, what.cursor); },
      [this](tick) {
        ticking_ = false;
        ask_due();
        schedule();
      },
  };
}

/// Page by page: the reader serves others in between.
void order_watcher::load(trade_status status, const std::string& cursor) {
  request(queries_, caf::infinite,
          list_trades{{}, {}, false, status, {1000, cursor}})
      .then(
          [this, status](trade_page& page) {
            for (auto& trade : page.items)
              if (trade.status == trade_status::in_doubt || rests(trade))
                add(std::move(trade));
            if (!page.next_cursor.empty())
              load(status, page.next_cursor);
          },
          [this, status, cursor](const caf::error& why) {
            around_->warn("cannot read the trades whose orders are open: " +
                          to_problem(why).detail);
            delayed_send(this, std::chrono::seconds{5},
                         load_open{status, cursor});
          });
}

void order_watcher::add(trade_record trade) {
  auto terms = read_terms(trade.work.data);
  if (!terms)
    return; // no order was ever made of it
  auto doubtful = trade.status == trade_status::in_doubt;
  if (!doubtful && orders_.size() >= watched_max) {
    around_->warn("more than " + std::to_string(watched_max) +
                  " orders rest: " + to_string(trade.id) + " is not followed");
    return;
  }
  auto now = clock().now();
  auto& w = orders_[trade.id.number];
  w.client_order_id = client_order_id(
      trade.work.resource, trade.work.idempotency_key, trade.id.number);
  w.symbol = std::move(terms->symbol);
  w.resting_type = is_resting_type(terms->type);
  w.interval_ms = doubtful ? interval_max_ms : 1000;
  w.due = now + milliseconds(w.interval_ms);
  auto age_ms = around_->time->now().wall_ms - trade.created_at_ms;
  w.until = now + milliseconds(std::max<std::int64_t>(0, follow_ms_ - age_ms));
  w.trade = std::move(trade);
  schedule();
}

void order_watcher::schedule() {
  if (ticking_ || orders_.empty())
    return;
  ticking_ = true;
  delayed_send(this, tick_interval, tick{});
}

void order_watcher::ask_due() {
  auto now = clock().now();
  std::erase_if(orders_, [&](const auto& x) {
    return x.second.trade.status != trade_status::in_doubt &&
           !x.second.asking && x.second.until <= now;
  });
  for (auto& [number, w] : orders_) {
    if (asking_ >= asking_max)
      return;
    if (!w.asking && w.due <= now) {
      w.asking = true;
      ++asking_;
      ask(number, w);
    }
  }
}

void order_watcher::ask(std::uint64_t trade, const watched& w) {
  request(exchange_, caf::infinite, find_order{w.client_order_id, w.symbol})
      .then(
          [this, trade](const order_report& report) {
            --asking_;
            heard(trade, report);
          },
          [this, trade](const caf::error&) {
            --asking_;
            again(trade); // the exchange's actor is gone, or another comes
          });
}

void order_watcher::heard(std::uint64_t trade, const order_report& report) {
  auto i = orders_.find(trade);
  if (i == orders_.end())
    return;
  auto& w = i->second;
  if (w.trade.status == trade_status::in_doubt) {
    if (report.kind == order_report::accepted &&
        (w.resting_type || !is_open(report.order)))
      return resolve(trade, resolution::done, report.order,
                     "the exchange has the order");
    if (report.kind == order_report::not_found && !around_->paused.load())
      return resolve(trade, resolution::retry, {},
                     "the exchange surely has no such order");
    return again(trade, report.retry_after_ms);
  }
  if (report.kind == order_report::accepted && report.order != w.trade.order)
    return update(trade, report.order);
  again(trade, report.retry_after_ms);
}

void order_watcher::resolve(std::uint64_t trade, resolution outcome,
                            const std::string& order,
                            const std::string& reason) {
  const auto& known = orders_.at(trade).trade;
  request(locks_, caf::infinite,
          resolve_lock{known.work.resource, known.lock, outcome, order,
                       std::string{node_actor}, reason})
      .then([this, trade](const lock_record&) { look_again(trade); },
            [this, trade](const caf::error& why) {
              // An operator was faster, or it has to wait.
              if (to_problem(why).code == errc::storage_unavailable)
                again(trade);
              else
                look_again(trade);
            });
}

void order_watcher::update(std::uint64_t trade, const std::string& order) {
  const auto& known = orders_.at(trade).trade;
  request(locks_, caf::infinite,
          update_trade{known.work.resource, known.id, order})
      .then(
          [this, trade](trade_record& now) {
            auto i = orders_.find(trade);
            if (i == orders_.end())
              return;
            if (!rests(now)) {
              orders_.erase(i);
              return;
            }
            i->second.trade = std::move(now);
            i->second.interval_ms = 1000;
            again(trade);
          },
          [this, trade](const caf::error& why) {
            if (to_problem(why).code == errc::stale_lock)
              orders_.erase(trade);
            else
              again(trade);
          });
}

/// What has become of a trade that was in doubt: it may rest now.
void order_watcher::look_again(std::uint64_t trade) {
  const auto& known = orders_.at(trade).trade;
  request(locks_, caf::infinite,
          watch_trade{known.work.resource, known.id, {}, 0, 0})
      .then(
          [this, trade](trade_record& now) {
            orders_.erase(trade);
            if (now.status == trade_status::in_doubt || rests(now))
              add(std::move(now));
          },
          [this, trade](const caf::error&) { again(trade); });
}

void order_watcher::again(std::uint64_t trade, std::int64_t not_before_ms) {
  auto i = orders_.find(trade);
  if (i == orders_.end())
    return;
  auto& w = i->second;
  w.asking = false;
  w.due = clock().now() + milliseconds(std::max(w.interval_ms, not_before_ms));
  w.interval_ms = std::min(w.interval_ms * 2, interval_max_ms);
}

} // namespace holdfast
