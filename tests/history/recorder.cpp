#include "tests/history/recorder.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace linear {

namespace {

std::int64_t now_us() {
  using namespace std::chrono;
  return duration_cast<microseconds>(steady_clock::now().time_since_epoch())
      .count();
}

} // namespace

std::size_t recorder::invoke(operation asked) {
  asked.invoked_us = now_us();
  std::lock_guard guard{mutex_};
  all_.push_back(std::move(asked));
  return all_.size() - 1;
}

void recorder::answer(std::size_t number, operation told) {
  auto now = now_us();
  std::lock_guard guard{mutex_};
  told.invoked_us = all_[number].invoked_us;
  told.answered_us = now;
  all_[number] = std::move(told);
}

void recorder::died() {
  auto now = now_us();
  std::lock_guard guard{mutex_};
  deaths_us_.push_back(now);
}

operations recorder::all() const {
  std::lock_guard guard{mutex_};
  auto all = all_;
  for (auto& op : all) {
    auto death = std::ranges::upper_bound(deaths_us_, op.invoked_us);
    if (!op.answered() && death != deaths_us_.end())
      op.over_us = *death;
  }
  std::ranges::stable_sort(all, {}, &operation::invoked_us);
  return all;
}

} // namespace linear
