// What the actors of one engine share: store, clocks, limits, counters.
// Must not know any actor.
#pragma once

#include "actors/counters.hpp"
#include "actors/recent_counts.hpp"
#include "rules/alert_rules.hpp"
#include "rules/lock_rules.hpp"
#include "rules/signal_text.hpp"
#include "storage/store.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace holdfast {

/// Both clocks. Injected, so that a simulation has its own time. Thread-safe.
class time_source {
public:
  virtual ~time_source() = default;
  virtual instant now() const = 0;
  /// Names the boot that `instant::boot_us` counts from.
  virtual std::uint64_t boot_id() const = 0;
};

/// Whether commits work, and if not, why. Thread-safe.
class commit_health {
public:
  void ok();
  void failing(const std::string& why);
  bool is_ok() const { return ok_.load(); }
  std::string detail() const;

private:
  std::atomic<bool> ok_ = true;
  mutable std::mutex mutex_;
  std::string why_;
};

/// The feeds of positions, and what is wrong with them. Thread-safe.
class feed_health {
public:
  /// Empty: all is well.
  void set(const std::string& feed, const std::string& trouble);
  /// "ok", or what is wrong with which.
  std::string detail() const;
  /// Each feed, and whether all is well with it.
  std::vector<feed_state> states() const;
  /// Empty: all is well; otherwise what is wrong, as `detail` says it.
  std::string trouble() const;

private:
  mutable std::mutex mutex_;
  std::map<std::string, std::string> trouble_;
};

/// How long settled trades and effects are kept.
inline constexpr std::int64_t settled_retention_ms =
    std::int64_t{90} * 24 * 3600 * 1000;

/// Shared by the actors of one engine, which never outlive it.
struct surroundings {
  surroundings(store& s, std::shared_ptr<const time_source> t,
               std::function<std::uint64_t()> r)
      : db(s), time(std::move(t)), random(std::move(r)),
        next_id(s.last_id() + 1), recent(60) {}

  store& db;
  std::shared_ptr<const time_source> time;
  /// Uniform over all 64-bit numbers; thread-safe.
  std::function<std::uint64_t()> random;
  std::atomic<std::uint64_t> next_id;
  std::mutex token_gate; ///< see `deciding`

  lock_limits limits;
  signal_settings signals;
  message_settings messages;
  alert_settings alerts;
  std::int64_t journal_retention_ms = std::int64_t{30} * 24 * 3600 * 1000;
  std::int64_t cleanup_interval_ms = 300'000;
  std::int64_t idle_owner_ms = 60'000;
  std::size_t owners_max = 100'000;
  std::size_t in_flight_max = 65'536;
  /// Hears of trouble in the engine itself; thread-safe, may be empty.
  std::function<void(const std::string&)> on_warning;

  std::atomic<bool> paused = false;
  /// Trades of lower numbers come from a backup: the node that it was taken of
  /// may have done them since.
  std::uint64_t restored_below = 0;
  std::atomic<std::size_t> in_flight = 0; ///< accepted and not yet answered
  commit_health health;
  feed_health feeds;
  recent_counts recent;
  commit_times commits;
  counters counted;

  void warn(const std::string& text) const {
    if (on_warning)
      on_warning(text);
  }
};

/// The circumstances of one decision, as `decide_…` takes them. Must live until
/// the decision has been sent to the persistence actor: from the moment a
/// fencing token is taken until then it keeps others from taking one, so that
/// the writer's mailbox, and with it the journal, has grants in token order.
class deciding : public id_source {
public:
  explicit deciding(surroundings& around)
      : around_(around), now_(around.time->now()) {}
  std::uint64_t next() override { return around_.next_id.fetch_add(1); }
  std::uint64_t next_token() override {
    if (!gate_.owns_lock())
      gate_ = std::unique_lock{around_.token_gate};
    return next();
  }
  operator circumstances() {
    return {now_, *this, around_.limits, around_.db.tag(),
            around_.time->boot_id()};
  }

private:
  surroundings& around_;
  instant now_;
  std::unique_lock<std::mutex> gate_;
};

using surroundings_ptr = std::shared_ptr<surroundings>;

} // namespace holdfast
