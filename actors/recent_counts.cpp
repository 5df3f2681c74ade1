#include "actors/recent_counts.hpp"

#include <algorithm>

namespace holdfast {

void recent_counts::add(std::int64_t now_s, const totals& more) {
  std::lock_guard guard{mutex_};
  auto& slot = seconds_[static_cast<std::size_t>(now_s) % seconds_.size()];
  if (slot.at != now_s)
    slot = {now_s, {}};
  for (std::size_t i = 0; i < kinds; ++i)
    slot.counts[i] += more[i];
}

void recent_counts::add(std::int64_t now_s, what kind) {
  totals one{};
  one[kind] = 1;
  add(now_s, one);
}

recent_counts::totals recent_counts::sum(std::int64_t now_s) const {
  std::lock_guard guard{mutex_};
  totals result{};
  for (const auto& slot : seconds_)
    if (slot.at > now_s - static_cast<std::int64_t>(seconds_.size()) &&
        slot.at <= now_s)
      for (std::size_t i = 0; i < kinds; ++i)
        result[i] += slot.counts[i];
  return result;
}

namespace {
constexpr std::size_t ring_size = 4096;
}

void commit_times::add(std::int64_t now_us, std::uint64_t took_us,
                       std::uint64_t ops) {
  std::lock_guard guard{mutex_};
  if (ring_.size() < ring_size)
    ring_.push_back({now_us, took_us, ops});
  else
    ring_[next_] = {now_us, took_us, ops};
  next_ = (next_ + 1) % ring_size;
}

commit_times::summary commit_times::sum(std::int64_t now_us,
                                        std::int64_t window_us,
                                        std::int64_t& span_us) const {
  std::vector<commit> recent;
  auto full = false;
  {
    std::lock_guard guard{mutex_};
    full = ring_.size() == ring_size;
    recent = ring_;
  }
  auto oldest = now_us;
  std::vector<std::uint64_t> took;
  summary result;
  for (const auto& c : recent) {
    if (c.at_us <= now_us - window_us)
      continue;
    oldest = std::min(oldest, c.at_us);
    took.push_back(c.took_us);
    result.ops += c.ops;
  }
  result.commits = took.size();
  span_us = full && took.size() == ring_size
                ? std::max<std::int64_t>(1, now_us - oldest)
                : window_us;
  auto quantile = [&](std::size_t percent) -> std::uint64_t {
    if (took.empty())
      return 0;
    auto nth = took.begin() +
               static_cast<std::ptrdiff_t>((took.size() - 1) * percent / 100);
    std::nth_element(took.begin(), nth, took.end());
    return *nth;
  };
  result.p50_us = quantile(50);
  result.p99_us = quantile(99);
  return result;
}

} // namespace holdfast
