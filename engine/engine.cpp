#include "engine/engine.hpp"

#include "actors/control_bot.hpp"
#include "actors/crew.hpp"
#include "actors/order_watcher.hpp"
#include "actors/position_feed.hpp"
#include "actors/trade_executor.hpp"
#include "engine/system_time.hpp"
#include "storage/lmdb_store.hpp"
#include "storage/records.hpp"

#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include <map>
#include <mutex>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

namespace holdfast {

namespace {

void require(bool good, const char* rule) {
  if (!good)
    throw std::invalid_argument{rule};
}

void check(const options& opts) {
  const auto& l = opts.locks;
  require(l.timeout_max_ms >= 1, "timeout_max_ms must be at least 1");
  require(l.timeout_ms >= 1 && l.timeout_ms <= l.timeout_max_ms,
          "timeout_ms must be from 1 to timeout_max_ms");
  require(l.queue_depth_max >= 1, "queue_depth_max must be at least 1");
  require(l.retry_base_ms >= 1 && l.retry_max_ms >= l.retry_base_ms,
          "retry_base_ms must be from 1 to retry_max_ms");
  require(l.outcome_retention_ms >= 1 && opts.journal_retention_ms >= 1,
          "retention must be at least 1 ms");
  require(opts.cleanup_interval_ms >= 1 && opts.idle_owner_ms >= 1,
          "cleanup_interval_ms and idle_owner_ms must be at least 1");
  require(opts.orders.reconcile_ms >= 1 && opts.orders.settle_ms >= 1 &&
              opts.orders.follow_ms >= 1,
          "reconcile_ms, settle_ms and follow_ms must be at least 1");
  require(opts.owners_max >= 1 && opts.in_flight_max >= 1,
          "owners_max and in_flight_max must be at least 1");
}

std::uint64_t system_random() {
  std::random_device source;
  return (std::uint64_t{source()} << 32) | source();
}

surroundings_ptr make_surroundings(const options& opts, store& db) {
  auto around =
      std::make_shared<surroundings>(db, make_system_time(), system_random);
  around->limits = opts.locks;
  around->journal_retention_ms = opts.journal_retention_ms;
  around->cleanup_interval_ms = opts.cleanup_interval_ms;
  around->idle_owner_ms = opts.idle_owner_ms;
  around->owners_max = opts.owners_max;
  around->in_flight_max = opts.in_flight_max;
  around->on_warning = opts.warn;
  around->signals = opts.signals;
  around->messages = opts.messages;
  around->alerts = opts.alerts;
  return around;
}

step node_event(const surroundings& around, event_kind kind) {
  journal_event event;
  event.at_ms = around.time->now().wall_ms;
  event.kind = kind;
  step s;
  s.events.push_back(encode(event));
  return s;
}

/// Longer than any exchange adapter takes to answer.
constexpr std::chrono::seconds sending_max{10};

/// Who trades on one exchange.
struct trading_desk {
  trade_executor_actor trader;
  order_watcher_actor watcher;
};

} // namespace

struct engine::impl {
  impl(caf::actor_system& s, const options& opts, store* on)
      : sys(s), orders(opts.orders) {
    check(opts);
    if (!on) {
      lmdb_options where;
      where.directory = opts.data_dir;
      where.map_bytes = opts.map_bytes;
      own = open_lmdb_store(where);
      on = own.get();
    }
    db = on;
    around = make_surroundings(opts, *db);
    auto found = recover(*around);
    db->commit({node_event(*around, event_kind::node_started)});
    all = spawn_crew(sys, around, std::move(found), true);
    locks = all.directory;
    queries = all.reader;
    positions = all.desk;
  }

  /// Waits until `actor` has ended.
  template <class Handle>
  void end(caf::scoped_actor& self, Handle& actor) {
    self->monitor(actor);
    self->send_exit(actor, caf::exit_reason::user_shutdown);
    let_go(actor);
    self->receive([](const caf::down_msg&) {});
  }

  /// What is being sent to the exchange is waited for, so that its outcome
  /// stands in the ledger; what is only asked about is asked again at the next
  /// start. The exchange answers within its own time-out.
  void finish_sends(caf::scoped_actor& self) {
    std::lock_guard guard{executors_mutex};
    auto warn = [this](const caf::error&) {
      around->warn("stopping: the exchange does not answer; what was sent is "
                   "reconciled at the next start");
    };
    for (auto& desk : desks)
      self->request(desk.trader, sending_max, finish_sending{})
          .receive([](bool) {}, warn);
    for (auto& notifier : all.notifiers)
      self->request(notifier, sending_max, finish_sending{})
          .receive([](bool) {},
                   [this](const caf::error&) {
                     around->warn(
                         "stopping: a messenger does not answer; what was sent "
                         "is unknown at the next start");
                   });
    // Outcomes that the runner has got go to their owners before these end.
    self->request(all.runner, caf::infinite, flush_tasks{})
        .receive([](bool) {}, warn);
  }

  void stop() {
    if (!all.directory)
      return;
    caf::scoped_actor self{sys};
    auto warn = [this](const caf::error& why) {
      around->warn("stopping: " + to_problem(why).detail);
    };
    {
      std::lock_guard guard{executors_mutex};
      for (auto& bot : bots)
        end(self, bot);
      bots.clear();
      for (auto& feed : feeds)
        end(self, feed);
      feeds.clear();
      adapters.clear();
    }
    end(self, all.alerts);
    finish_sends(self);
    self->request(all.directory, caf::infinite, shut_down{})
        .receive([](bool) {}, warn);
    end(self, all.desk);
    end(self, all.janitor);
    end(self, all.timer);
    {
      std::lock_guard guard{executors_mutex};
      end(self, all.runner);
      end(self, all.signals);
      for (auto& notifier : all.notifiers)
        end(self, notifier);
      for (auto& desk : desks) {
        end(self, desk.trader);
        end(self, desk.watcher);
      }
      desks.clear();
    }
    self->request(all.persistence, caf::infinite,
                  commit_step{node_event(*around, event_kind::node_stopped)})
        .receive([](std::uint64_t) {}, warn);
    end(self, all.directory);
    end(self, all.persistence);
    end(self, all.reader);
    let_go(locks);
    let_go(queries);
    let_go(positions);
    own.reset();
  }

  /// `adapter` serves `what` from now on.
  template <class Handle>
  void look_after(const std::string& what, const Handle& adapter) {
    adapters[what] = caf::actor_cast<caf::strong_actor_ptr>(adapter);
  }

  /// None of them has ended, as one does that throws.
  bool adapters_live(caf::blocking_actor& self) {
    std::lock_guard guard{executors_mutex};
    // Whoever has ended already says so before this returns.
    for (auto& [name, adapter] : adapters)
      self.monitor(adapter);
    auto live = true;
    self.receive([&](const caf::down_msg&) { live = false; },
                 caf::after(std::chrono::seconds{0}) >> [] {});
    for (auto& [name, adapter] : adapters)
      self.demonitor(adapter->address());
    return live;
  }

  caf::actor_system& sys;
  std::unique_ptr<store> own;
  store* db = nullptr;
  surroundings_ptr around;
  crew all;
  locks_actor locks;
  queries_actor queries;
  positions_actor positions;

  /// Executors may come while the engine stops: guards `all.runner`, which is
  /// gone from then on, `desks`, and with them `locks`, which goes later.
  std::mutex executors_mutex;
  std::vector<trading_desk> desks; ///< ours to end
  std::vector<position_feed_actor> feeds;
  std::vector<control_bot_actor> bots;
  /// The host's, by what they are for: `is_alive` looks after them.
  std::map<std::string, caf::strong_actor_ptr> adapters;
  order_patience orders;
};

engine::engine(caf::actor_system& sys, const options& opts)
    : impl_(std::make_unique<impl>(sys, opts, nullptr)) {}

engine::engine(caf::actor_system& sys, const options& opts, store& on)
    : impl_(std::make_unique<impl>(sys, opts, &on)) {}

engine::~engine() { impl_->stop(); }

const locks_actor& engine::locks() const { return impl_->locks; }

const queries_actor& engine::queries() const { return impl_->queries; }

const positions_actor& engine::positions() const { return impl_->positions; }

const store& engine::storage() const { return *impl_->db; }

void engine::register_executor(std::string name, executor_actor work) {
  std::lock_guard guard{impl_->executors_mutex};
  if (!impl_->all.runner)
    return; // stopped: nothing runs any more
  caf::anon_send(impl_->all.runner,
                 register_task_executor{std::move(name), std::move(work)});
}

void engine::trade_on(exchange_actor exchange) {
  std::lock_guard guard{impl_->executors_mutex};
  if (!impl_->all.runner)
    return;
  auto& x = *impl_;
  x.look_after("exchange", exchange);
  trading_desk desk;
  desk.watcher = x.sys.spawn<order_watcher>(x.around, x.locks, x.queries,
                                            exchange, x.orders.follow_ms);
  desk.trader = x.sys.spawn<trade_executor>(
      x.around, x.locks, std::move(exchange), desk.watcher, x.orders);
  caf::anon_send(x.all.runner,
                 register_task_executor{std::string{trade_task}, desk.trader});
  x.desks.push_back(std::move(desk));
}

void engine::notify_on(channel of, messenger_actor messenger,
                       notifier_settings how) {
  std::lock_guard guard{impl_->executors_mutex};
  if (!impl_->all.runner)
    return;
  auto number = static_cast<std::size_t>(of);
  impl_->look_after("messenger " + std::to_string(number), messenger);
  caf::anon_send(impl_->all.notifiers.at(number),
                 register_messenger{std::move(messenger), how});
}

void engine::feed_from(position_source_actor source, feed_settings how) {
  std::lock_guard guard{impl_->executors_mutex};
  auto& x = *impl_;
  if (!x.all.runner)
    return;
  x.look_after("source " + how.account_id, source);
  feed_links links{std::move(source), x.positions, x.locks, x.queries,
                   x.all.persistence};
  x.feeds.push_back(
      x.sys.spawn<position_feed>(x.around, std::move(links), std::move(how)));
}

void engine::commands_from(control_channel_actor channel,
                           control_settings who) {
  std::lock_guard guard{impl_->executors_mutex};
  auto& x = *impl_;
  if (!x.all.runner)
    return;
  x.look_after("control", channel);
  control_links links{std::move(channel), x.locks, x.queries};
  x.bots.push_back(
      x.sys.spawn<control_bot>(x.around, std::move(links), std::move(who)));
}

bool engine::is_alive(std::chrono::milliseconds within) const {
  caf::scoped_actor self{impl_->sys};
  auto alive = true;
  auto no = [&](const caf::error&) { alive = false; };
  // Both at once, so that the time is that of the slower one.
  auto directory = self->request(impl_->all.directory, within, ping{});
  auto reader = self->request(impl_->all.reader, within, get_health{});
  directory.receive([](bool) {}, no);
  reader.receive([](const health&) {}, no);
  return alive && impl_->adapters_live(*self.ptr());
}

void engine::stop() { impl_->stop(); }

} // namespace holdfast
