#include "adapters/weight_limiter.hpp"

namespace holdfast {

std::int64_t weight_limiter::take(std::int64_t weight, std::int64_t now_ms) {
  while (!taken_.empty() && taken_.front().at_ms + window_ms_ <= now_ms) {
    sum_ -= taken_.front().weight;
    taken_.pop_front();
  }
  if (sum_ + weight <= weight_max_) {
    sum_ += weight;
    taken_.push_back({now_ms, weight});
    return 0;
  }
  auto left = sum_;
  for (const auto& x : taken_) {
    left -= x.weight;
    if (left + weight <= weight_max_)
      return x.at_ms + window_ms_ - now_ms;
  }
  return window_ms_;
}

} // namespace holdfast
