// How many requests a second each caller may send.
// Must not know HTTP, CAF or a clock: time is handed in.
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <string>

namespace holdfast {

struct rate_settings {
  double per_second = 0; ///< 0: no limit
  double burst = 100;    ///< so many at once after a pause
};

/// Token buckets, two for each caller: one for all requests at twice the
/// settings, one at the settings for those that can wait. So what ends or
/// extends a lock still passes when the caller's other requests are refused.
/// Thread-safe.
class rate_limit {
public:
  using time_point = std::chrono::steady_clock::time_point;

  explicit rate_limit(rate_settings settings) : settings_(settings) {}

  /// Counts one request of `caller` at `now`; answers when to try again if it
  /// is one too many. `vital`: it ends or extends a lock.
  std::optional<std::chrono::milliseconds> take(const std::string& caller,
                                                bool vital, time_point now);

private:
  struct bucket {
    double level = 0;
    time_point filled_at;
  };
  struct buckets {
    bucket all;
    bucket ordinary;
  };

  buckets& buckets_of(const std::string& caller, time_point now);

  const rate_settings settings_;
  std::mutex guard_;
  /// By name: a caller whose token is replaced keeps what it has used up.
  std::map<std::string, buckets> buckets_;
};

} // namespace holdfast
