// Writes down what clients do and hear, by one clock. Must not know what the
// calls mean, or how they are sent.
#pragma once

#include "tests/history/operation.hpp"

#include <cstddef>
#include <mutex>

namespace linear {

/// For any number of threads.
class recorder {
public:
  /// Before the call is sent; answers its number.
  std::size_t invoke(operation asked);

  /// After its answer was read. Without it the call stays unanswered.
  void answer(std::size_t number, operation told);

  /// The process that took the calls is dead, and has been reaped: what was
  /// sent to it has no effect after this.
  void died();

  /// Everything so far, by the time of the calls.
  operations all() const;

private:
  mutable std::mutex mutex_;
  operations all_;
  std::vector<std::int64_t> deaths_us_;
};

} // namespace linear
