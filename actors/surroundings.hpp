// What the actors of one engine share: store, clocks, limits, counters.
// Must not know any actor.
#pragma once

#include "actors/recent_counts.hpp"
#include "rules/lock_rules.hpp"
#include "storage/store.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

namespace holdfast {

/// Both clocks. Injected, so that a simulation has its own time. Thread-safe.
class time_source {
public:
  virtual ~time_source() = default;
  virtual instant now() const = 0;
  /// Names the boot that `instant::boot_us` counts from.
  virtual std::uint64_t boot_id() const = 0;
};

/// Rising numbers from one atomic counter: what is given later is larger.
class shared_ids : public id_source {
public:
  /// Continues after `last`.
  explicit shared_ids(std::uint64_t last) : next_(last + 1) {}
  std::uint64_t next() override { return next_.fetch_add(1); }

private:
  std::atomic<std::uint64_t> next_;
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

/// Shared by the actors of one engine, which never outlive it.
struct surroundings {
  surroundings(store& s, std::shared_ptr<const time_source> t,
               std::function<std::uint64_t()> r)
      : db(s), time(std::move(t)), random(std::move(r)), ids(s.last_id()),
        recent(60) {}

  store& db;
  std::shared_ptr<const time_source> time;
  /// Uniform over all 64-bit numbers; thread-safe.
  std::function<std::uint64_t()> random;
  shared_ids ids;

  lock_limits limits;
  std::int64_t journal_retention_ms = std::int64_t{30} * 24 * 3600 * 1000;
  std::int64_t cleanup_interval_ms = 300'000;
  std::int64_t idle_owner_ms = 60'000;
  std::size_t owners_max = 100'000;
  std::size_t in_flight_max = 65'536;
  /// Where problems of the node itself go (level, text); thread-safe.
  std::function<void(int, const std::string&)> log;

  std::atomic<bool> paused = false;
  std::atomic<std::size_t> in_flight = 0; ///< accepted and not yet answered
  commit_health health;
  recent_counts recent;
  commit_times commits;

  circumstances at() {
    return {time->now(), ids, limits, db.tag(), time->boot_id()};
  }
  void warn(const std::string& text) const {
    if (log)
      log(1, text);
  }
};

using surroundings_ptr = std::shared_ptr<surroundings>;

} // namespace holdfast
