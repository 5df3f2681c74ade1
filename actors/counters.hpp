// What an engine counts since its start, for /metrics.
// Must not know any actor, nor how metrics are written down.
#pragma once

#include "messages/effect.hpp"
#include "messages/errc.hpp"
#include "messages/journal.hpp"
#include "messages/metrics.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace holdfast {

/// Goes up by one or more, from any thread. Nothing is ordered by it.
class counter {
public:
  void add(std::uint64_t more = 1) {
    value_.fetch_add(more, std::memory_order_relaxed);
  }
  std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

private:
  std::atomic<std::uint64_t> value_{0};
};

/// Counts values by size. Thread-safe; a reader may see a value in its bucket
/// and not yet in the sum.
template <std::size_t N>
class histogram {
public:
  explicit histogram(const std::array<std::uint64_t, N>& bounds)
      : bounds_(bounds) {}

  void add(std::uint64_t value) {
    std::size_t i = 0;
    while (i < N && value > bounds_[i])
      ++i;
    buckets_[i].add();
    sum_.add(value);
  }

  histogram_counts counts() const {
    histogram_counts out;
    out.bounds.assign(bounds_.begin(), bounds_.end());
    for (const auto& bucket : buckets_)
      out.counts.push_back(bucket.value());
    out.sum = sum_.value();
    return out;
  }

private:
  const std::array<std::uint64_t, N> bounds_;
  std::array<counter, N + 1> buckets_;
  counter sum_;
};

/// What came of a message to the control bot.
enum class control_outcome : std::uint8_t {
  answered, ///< it was only asked
  asked,    ///< back, before something is changed
  done,
  refused,
  too_old,
  foreign, ///< of somebody who is no operator
};

/// Shared by the actors of one engine. Thread-safe.
class counters {
public:
  counters();

  /// How a request for a lock has ended.
  void granted() { granted_.add(); }
  void queued() { queued_.add(); }
  void replayed() { replayed_.add(); }
  void acquire_refused(errc code) { at(refused_, code).add(); }

  /// A row that was committed to the journal.
  void event(event_kind kind, std::uint64_t more = 1) {
    at(events_, kind).add(more);
  }

  /// An effect that has ended, or whose outcome is unknown.
  void effect(const effect_record& what);

  void stale_token() { stale_tokens_.add(); }
  void duplicate() { duplicates_.add(); }
  void control(control_outcome x) {
    control_.at(static_cast<std::size_t>(x)).add();
  }

  void waited(std::int64_t ms) { wait_ms_.add(not_negative(ms)); }
  void held(std::int64_t ms) { hold_ms_.add(not_negative(ms)); }
  void committed(std::uint64_t took_us, std::uint64_t ops) {
    commit_us_.add(took_us);
    commit_ops_.add(ops);
  }

  /// Fills in what is counted here.
  void tell(node_metrics& to) const;

private:
  /// The last one of an array counts what has no place of its own.
  template <std::size_t N, class Enum>
  static counter& at(std::array<counter, N>& of, Enum x) {
    auto index = static_cast<std::size_t>(x);
    return of[index < N ? index : N - 1];
  }

  /// Wall clocks are set back now and then.
  static std::uint64_t not_negative(std::int64_t x) {
    return x > 0 ? static_cast<std::uint64_t>(x) : 0;
  }

  static constexpr std::size_t event_kinds = 64; ///< numbers below this
  static constexpr std::size_t effect_kinds = 6;

  counter granted_;
  counter queued_;
  counter replayed_;
  std::array<counter, static_cast<std::size_t>(errc::forbidden) + 1> refused_;
  std::array<counter, event_kinds> events_;
  std::array<std::array<counter, 3>, effect_kinds> effects_;
  counter stale_tokens_;
  counter duplicates_;
  std::array<counter, 6> control_; ///< by outcome
  histogram<12> wait_ms_;
  histogram<12> hold_ms_;
  histogram<12> commit_us_;
  histogram<12> commit_ops_;
};

} // namespace holdfast
