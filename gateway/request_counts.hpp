// How many requests were answered, by route and class of status.
// Internal to the gateway; must not know HTTP's messages, CAF or Boost.
#pragma once

#include "actors/counters.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace holdfast {

/// Thread-safe. Its size is that of the route table, whatever is asked for.
class request_counts {
public:
  /// 1xx to 5xx.
  static constexpr std::size_t classes = 5;

  request_counts();

  /// `route` as in `http_request::route`.
  void add(std::size_t route, unsigned status) {
    auto kind = status / 100;
    if (route < counts_.size() && kind >= 1 && kind <= classes)
      counts_[route][kind - 1].add();
  }

  /// Of answers with statuses `kind`00 to `kind`99.
  std::uint64_t value(std::size_t route, std::size_t kind) const {
    return counts_.at(route).at(kind - 1).value();
  }

private:
  std::vector<std::array<counter, classes>> counts_;
};

} // namespace holdfast
