#include "actors/reader.hpp"

#include "storage/records.hpp"

#include <algorithm>
#include <stdexcept>

namespace holdfast {

reader::reader(caf::actor_config& cfg, surroundings_ptr around)
    : reader_actor::base(cfg), around_(std::move(around)) {}

void reader::on_exit() {
  problem why{errc::shutting_down, "the node is stopping", "", "", 0, 1000};
  for (auto& p : std::exchange(polls_, {}))
    p.to.deliver(make_error(why));
}

namespace {

/// Runs a query; what it throws becomes a refusal.
template <class Page, class F>
caf::result<Page> answer(F query) {
  try {
    return query();
  } catch (const storage_error& why) {
    return make_error({errc::storage_unavailable, why.what(), "", "", 0, 1000});
  } catch (const std::invalid_argument& why) {
    return make_error({errc::invalid, why.what(), "", "", 0, 0});
  }
}

/// The handler of a query for a list.
template <class Query, class Page>
auto lists(const store& db) {
  return [&db](const Query& what) {
    return answer<Page>([&] { return list(db, what); });
  };
}

caf::error no_such(const std::string& what) {
  return make_error({errc::not_found, "there is no " + what, "", "", 0, 0});
}

} // namespace

reader::behavior_type reader::make_behavior() {
  return {
      [this](const get_lock& what) -> caf::result<lock_record> {
        return answer<lock_record>([&]() -> caf::result<lock_record> {
          auto found = false;
          auto lock = find_lock(around_->db, what, found);
          if (!found)
            return no_such("lock " + to_string(what.id));
          return lock;
        });
      },
      lists<list_locks, lock_page>(around_->db),
      [this](const get_resource& what) {
        return answer<resource_view>([&] { return view(around_->db, what); });
      },
      lists<list_queue, entry_page>(around_->db),
      lists<list_dead_letters, dead_letter_page>(around_->db),
      lists<list_trades, trade_page>(around_->db),
      [this](const get_effect& what) {
        return answer<effect_record>([&]() -> caf::result<effect_record> {
          bool found = false;
          auto effect = find_effect(around_->db, what, found);
          if (!found)
            return no_such("effect " + to_string(what.id));
          return effect;
        });
      },
      lists<list_effects, effect_page>(around_->db),
      lists<list_positions, position_page>(around_->db),
      [this](const get_position& what) {
        return answer<position_record>([&]() -> caf::result<position_record> {
          auto found = find_position(around_->db, what);
          if (!found)
            return no_such("signal " + to_string(what.id));
          return *std::move(found);
        });
      },
      lists<list_open_positions, position_page>(around_->db),
      lists<list_outbox, outbox_page>(around_->db),
      [this](const read_journal& what) { return journal(what); },
      [this](const get_stats&) {
        return answer<stats>([&] { return numbers(); });
      },
      [this](const get_metrics&) {
        return answer<node_metrics>([&] { return metrics(); });
      },
      [this](const struct look_around&) {
        return answer<alert_facts>([&] { return look_around(); });
      },
      [this](const get_health&) { return health(); },
      [this](const abandon_wait& gone) {
        std::erase_if(polls_, [&](auto& p) {
          if (p.what.caller != gone.caller)
            return false;
          p.to.deliver(make_error(
              {errc::cancelled, "the caller is gone", "", "", 0, 0}));
          return true;
        });
      },
      [this](const journal_advanced&) {
        if (!polls_.empty())
          advance();
      },
      [this](tick) {
        ticking_ = false;
        end_overdue();
        schedule();
      },
  };
}

caf::result<journal_page> reader::journal(const read_journal& what) {
  return answer<journal_page>([&]() -> caf::result<journal_page> {
    auto page = list(around_->db, what);
    if (!page.items.empty() || what.wait_ms <= 0)
      return page;
    auto promise = make_response_promise<journal_page>();
    polls_.push_back(
        {promise, what, around_->time->now().boot_us + what.wait_ms * 1000});
    // Nothing up to there concerns it: look only at what comes.
    polls_.back().what.after = page.next_after;
    schedule();
    return promise;
  });
}

void reader::advance() {
  std::erase_if(polls_, [&](auto& p) {
    try {
      auto page = list(around_->db, p.what);
      p.what.after = page.next_after;
      if (page.items.empty())
        return false;
      p.to.deliver(std::move(page));
    } catch (const storage_error& why) {
      p.to.deliver(
          make_error({errc::storage_unavailable, why.what(), "", "", 0, 1000}));
    }
    return true;
  });
}

void reader::end_overdue() {
  auto now_us = around_->time->now().boot_us;
  std::erase_if(polls_, [&](auto& p) {
    if (p.deadline_boot_us > now_us)
      return false;
    p.to.deliver(journal_page{{}, false, p.what.after});
    return true;
  });
}

void reader::schedule() {
  if (ticking_ || polls_.empty())
    return;
  ticking_ = true;
  auto next = std::ranges::min_element(polls_, {}, &poll::deadline_boot_us);
  auto wait_us = next->deadline_boot_us - around_->time->now().boot_us;
  // Not longer than a second: a poll with an earlier end may come.
  delayed_send(this,
               std::chrono::microseconds{
                   std::clamp<std::int64_t>(wait_us, 0, 1'000'000)},
               tick{});
}

namespace {

/// Hands over the number of every effect that is unknown. Locks in doubt are
/// few, and so, as a rule, are messages that have not ended: somebody has to
/// look after each.
template <class F>
void each_unknown_effect(const snapshot& from, F found) {
  auto look = [&](std::string_view row) {
    auto lock = decode_lock(row);
    if (lock.effect && lock.status == lock_status::in_doubt)
      found(lock.effect.number);
  };
  from.scan(table::in_doubt, {}, [&](std::string_view key, std::string_view) {
    if (auto row = from.get(table::locks, key))
      look(*row);
    return true;
  });
  from.scan(table::beside, {}, [&](std::string_view, std::string_view row) {
    look(row);
    return true;
  });
  from.scan(table::outbox, {}, [&](std::string_view key, std::string_view) {
    auto number = parse_outbox_key(key).number;
    auto row = from.get(table::effects, number_key(number));
    if (row && decode_effect(*row).state == effect_state::unknown)
      found(number);
    return true;
  });
}

} // namespace

stats reader::numbers() const {
  auto from = around_->db.read();
  auto now_us = around_->time->now().boot_us;
  stats result;
  result.paused = around_->paused.load();
  result.in_doubt = from->count(table::in_doubt);
  result.active_locks = from->count(table::locks) - result.in_doubt;
  each_unknown_effect(*from, [&](std::uint64_t) { ++result.effects_unknown; });
  result.queue_length = from->count(table::waiters);
  result.dead_letters = from->count(table::dead_letters);
  result.resources = from->count(table::resources);
  result.window_s = around_->recent.window_s();
  auto recent = around_->recent.sum(now_us / 1'000'000);
  result.granted = recent[recent_counts::granted];
  result.released = recent[recent_counts::released];
  result.failed = recent[recent_counts::failed];
  result.expired = recent[recent_counts::expired];
  result.replayed = recent[recent_counts::replayed];
  std::int64_t span_us = 1;
  auto commits = around_->commits.sum(
      now_us, std::int64_t{result.window_s} * 1'000'000, span_us);
  result.commits_per_s_milli =
      commits.commits * 1'000'000'000 / static_cast<std::uint64_t>(span_us);
  if (commits.commits > 0)
    result.ops_per_commit_milli = commits.ops * 1000 / commits.commits;
  result.commit_p50_us = commits.p50_us;
  result.commit_p99_us = commits.p99_us;
  for (auto which : all_alerts)
    if (auto row = from->get(table::meta, alert_resource(which)))
      result.alerts.push_back(decode_alert(which, *row));
  return result;
}

node_metrics reader::metrics() const {
  node_metrics result;
  result.now = numbers();
  result.ready = around_->health.is_ok();
  result.queue_by_priority.resize(10);
  around_->db.read()->scan(
      table::waiters, {}, [&](std::string_view key, std::string_view) {
        auto priority = std::clamp<int>(parse_waiter_key(key).priority, 1, 10);
        ++result.queue_by_priority[static_cast<std::size_t>(priority - 1)];
        return true;
      });
  around_->counted.tell(result);
  result.feeds = around_->feeds.states();
  auto usage = around_->db.usage();
  result.store_used_bytes = usage.used_bytes;
  result.store_limit_bytes = usage.limit_bytes;
  return result;
}

alert_facts reader::look_around() const {
  alert_facts result;
  auto from = around_->db.read();
  auto now = around_->time->now();
  std::string resource;
  std::uint64_t depth = 0;
  // Those of one resource stand together.
  from->scan(table::waiters, {}, [&](std::string_view key, std::string_view) {
    auto of = parse_waiter_key(key).resource;
    depth = of == resource ? depth + 1 : 1;
    resource = std::move(of);
    if (depth > result.deepest_queue) {
      result.deepest_queue = depth;
      result.deepest_resource = resource;
    }
    return true;
  });
  each_unknown_effect(*from, [&](std::uint64_t number) {
    ++result.unknown;
    auto row = from->get(table::effects, number_key(number));
    if (!row)
      return;
    auto effect = decode_effect(*row);
    auto age_ms = now.wall_ms - effect.updated_at_ms;
    if (result.oldest_unknown.empty() || age_ms > result.oldest_unknown_ms) {
      result.oldest_unknown = to_string(effect.id) + " of " + effect.resource;
      result.oldest_unknown_ms = age_ms;
    }
  });
  auto recent = around_->recent.sum(now.boot_us / 1'000'000);
  result.released = recent[recent_counts::released];
  result.failed = recent[recent_counts::failed];
  result.expired = recent[recent_counts::expired];
  if (!around_->health.is_ok())
    result.commit_trouble = around_->health.detail();
  result.feed_trouble = around_->feeds.trouble();
  result.dead_letters = from->count(table::dead_letters);
  auto usage = around_->db.usage();
  result.store_used_bytes = usage.used_bytes;
  result.store_limit_bytes = usage.limit_bytes;
  return result;
}

struct health reader::health() const {
  if (around_->health.is_ok())
    return {true, around_->feeds.detail()};
  return {false, around_->health.detail()};
}

} // namespace holdfast
