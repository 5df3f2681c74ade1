// How much a bot may write in a second.
// Must not know calls.
#pragma once

#include "tests/fakes/fake_clock.hpp"

#include <cstdint>
#include <deque>
#include <map>

namespace fake {

class bot_limits {
public:
  std::size_t per_chat_per_s = 0; ///< 0: no limit
  std::size_t per_s = 0;          ///< 0: no limit

  /// True when one more fits now, and was counted.
  bool admit(std::int64_t chat) {
    auto now = steady_ms();
    auto& here = by_chat_[chat];
    if (is_full(here, per_chat_per_s, now) || is_full(all_, per_s, now))
      return false;
    here.push_back(now);
    all_.push_back(now);
    return true;
  }

private:
  static constexpr std::int64_t window_ms = 1000;

  static bool is_full(std::deque<std::int64_t>& times, std::size_t limit,
                      std::int64_t now) {
    while (!times.empty() && times.front() + window_ms <= now)
      times.pop_front();
    return limit > 0 && times.size() >= limit;
  }

  std::map<std::int64_t, std::deque<std::int64_t>> by_chat_;
  std::deque<std::int64_t> all_; ///< of every chat
};

} // namespace fake
