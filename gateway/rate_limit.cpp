// Token buckets.
// Must not know HTTP, CAF or a clock: time is handed in.
#include "gateway/rate_limit.hpp"

#include <algorithm>
#include <cmath>

namespace holdfast {

namespace {

using std::chrono::milliseconds;

/// How much a bucket gains until `now`. Time that goes back gains nothing.
double gained(rate_limit::time_point since, rate_limit::time_point now,
              double per_second) {
  std::chrono::duration<double> passed = now - since;
  return std::max(0.0, passed.count()) * per_second;
}

milliseconds time_to_one(double level, double per_second) {
  auto ms = std::ceil((1 - level) / per_second * 1000);
  return milliseconds{std::max<std::int64_t>(1, std::llround(ms))};
}

} // namespace

rate_limit::buckets& rate_limit::buckets_of(const std::string& caller,
                                            time_point now) {
  auto found = buckets_.find(caller);
  if (found != buckets_.end())
    return found->second;
  bucket all{2 * settings_.burst, now};
  bucket ordinary{settings_.burst, now};
  return buckets_.emplace(caller, buckets{all, ordinary}).first->second;
}

std::optional<milliseconds> rate_limit::take(const std::string& caller,
                                             bool vital, time_point now) {
  if (settings_.per_second <= 0)
    return std::nullopt;
  std::lock_guard lock{guard_};
  auto& of = buckets_of(caller, now);
  auto refill = [&](bucket& what, double times) {
    auto rate = times * settings_.per_second;
    what.level = std::min(times * settings_.burst,
                          what.level + gained(what.filled_at, now, rate));
    what.filled_at = std::max(what.filled_at, now);
  };
  refill(of.all, 2);
  refill(of.ordinary, 1);
  if (of.all.level < 1)
    return time_to_one(of.all.level, 2 * settings_.per_second);
  if (!vital && of.ordinary.level < 1)
    return time_to_one(of.ordinary.level, settings_.per_second);
  of.all.level -= 1;
  if (!vital)
    of.ordinary.level -= 1;
  return std::nullopt;
}

} // namespace holdfast
