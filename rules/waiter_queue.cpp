#include "rules/waiter_queue.hpp"

#include <algorithm>
#include <iterator>

namespace holdfast {

waiter_queue::rank waiter_queue::rank_of(const entry_record& entry) {
  return {entry.work.priority, entry.id.number};
}

void waiter_queue::put(entry_record entry) {
  auto where = rank_of(entry);
  entries_.insert_or_assign(where, std::move(entry));
}

void waiter_queue::erase(const entry_record& entry) {
  entries_.erase(rank_of(entry));
}

const entry_record* waiter_queue::front() const {
  return entries_.empty() ? nullptr : &entries_.begin()->second;
}

const entry_record* waiter_queue::find(entry_id id) const {
  auto i = std::ranges::find_if(
      entries_, [&](const auto& kv) { return kv.second.id == id; });
  return i == entries_.end() ? nullptr : &i->second;
}

const entry_record* waiter_queue::find_key(std::string_view key) const {
  if (key.empty())
    return nullptr;
  auto i = std::ranges::find_if(entries_, [&](const auto& kv) {
    return kv.second.work.idempotency_key == key;
  });
  return i == entries_.end() ? nullptr : &i->second;
}

std::int64_t waiter_queue::position(entry_id id) const {
  auto i = std::ranges::find_if(
      entries_, [&](const auto& kv) { return kv.second.id == id; });
  return i == entries_.end() ? 0 : std::distance(entries_.begin(), i) + 1;
}

} // namespace holdfast
