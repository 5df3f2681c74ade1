// What happened in the last minute, for /v1/stats.
// Must not know any actor; the time is handed in.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <vector>

namespace holdfast {

/// Events of the last `window_s` seconds, by kind. Thread-safe.
class recent_counts {
public:
  enum what : std::size_t {
    granted,
    released,
    failed,
    expired,
    replayed,
    duplicates ///< reports of positions that brought nothing new
  };
  static constexpr std::size_t kinds = 6;
  using totals = std::array<std::uint64_t, kinds>;

  explicit recent_counts(std::uint32_t window_s) : seconds_(window_s) {}

  void add(std::int64_t now_s, const totals& more);
  void add(std::int64_t now_s, what kind);
  totals sum(std::int64_t now_s) const;
  std::uint32_t window_s() const {
    return static_cast<std::uint32_t>(seconds_.size());
  }

private:
  struct second {
    std::int64_t at = -1;
    totals counts{};
  };
  mutable std::mutex mutex_;
  std::vector<second> seconds_;
};

/// Duration and size of the last commits. Thread-safe.
class commit_times {
public:
  struct summary {
    std::uint64_t commits = 0; ///< in the window
    std::uint64_t ops = 0;     ///< decisions in them
    std::uint64_t p50_us = 0;
    std::uint64_t p99_us = 0;
  };

  void add(std::int64_t now_us, std::uint64_t took_us, std::uint64_t ops);
  /// Of the last `window_us`, as far as the newest 4096 commits reach back;
  /// `span_us` is set to the time they cover.
  summary sum(std::int64_t now_us, std::int64_t window_us,
              std::int64_t& span_us) const;

private:
  struct commit {
    std::int64_t at_us;
    std::uint64_t took_us;
    std::uint64_t ops;
  };
  mutable std::mutex mutex_;
  std::vector<commit> ring_;
  std::size_t next_ = 0;
};

} // namespace holdfast
