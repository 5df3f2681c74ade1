#include "actors/surroundings.hpp"

namespace holdfast {

void commit_health::ok() {
  if (ok_.load())
    return;
  std::lock_guard guard{mutex_};
  why_.clear();
  ok_.store(true);
}

void commit_health::failing(const std::string& why) {
  std::lock_guard guard{mutex_};
  why_ = why;
  ok_.store(false);
}

std::string commit_health::detail() const {
  std::lock_guard guard{mutex_};
  return why_;
}

} // namespace holdfast
