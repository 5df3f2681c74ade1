// What an offset confirms is gone.
// Must not know calls.
#include "tests/fakes/telegram_updates.hpp"

#include "tests/fakes/fake_clock.hpp"

#include <algorithm>
#include <stdexcept>

namespace fake {

void update_queue::add(const json& updates) {
  if (!updates.is_array())
    throw std::invalid_argument("`updates` is an array of objects");
  std::deque<json> added;
  auto last = last_id_;
  for (auto update : updates) {
    if (!update.is_object())
      throw std::invalid_argument("an update is a JSON object");
    if (!is_allowed(update))
      continue;
    auto id = update.value("update_id", last + 1);
    if (id <= last)
      throw std::invalid_argument("`update_id` is above " +
                                  std::to_string(last));
    update["update_id"] = last = id;
    added.push_back(update);
  }
  last_id_ = last;
  waiting_.insert(waiting_.end(), added.begin(), added.end());
}

/// The kind of an update is the name of its other member.
bool update_queue::is_allowed(const json& update) const {
  if (allowed_.empty())
    return true;
  for (const auto& member : update.items())
    if (allowed_.contains(member.key()))
      return true;
  return false;
}

update_poll update_queue::begin(std::int64_t offset, std::int64_t timeout_ms) {
  auto confirmed = [&] {
    return offset < 0
               ? waiting_.size() > 0ULL - static_cast<std::uint64_t>(offset)
               : !waiting_.empty() && waiting_.front()["update_id"] < offset;
  };
  while (confirmed())
    waiting_.pop_front();
  return {++polls_, steady_ms() + timeout_ms};
}

std::optional<json> update_queue::take(const update_poll& poll,
                                       std::size_t limit) const {
  if (waiting_.empty() && steady_ms() < poll.until_ms)
    return std::nullopt;
  auto list = json::array();
  for (std::size_t i = 0; i < std::min(limit, waiting_.size()); ++i)
    list.push_back(waiting_[i]);
  return list;
}

} // namespace fake
