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

void feed_health::set(const std::string& feed, const std::string& trouble) {
  std::lock_guard guard{mutex_};
  trouble_[feed] = trouble;
}

std::string feed_health::trouble() const {
  std::lock_guard guard{mutex_};
  std::string text;
  for (const auto& [feed, trouble] : trouble_)
    if (!trouble.empty())
      text += (text.empty() ? "" : "; ") + feed + ": " + trouble;
  return text;
}

std::string feed_health::detail() const {
  auto text = trouble();
  return text.empty() ? "ok" : text;
}

std::vector<feed_state> feed_health::states() const {
  std::lock_guard guard{mutex_};
  std::vector<feed_state> all;
  for (const auto& [feed, trouble] : trouble_)
    all.push_back({feed, trouble.empty()});
  return all;
}

} // namespace holdfast
