// Those who wait for one resource, in the order in which they will be served.
// Must not know CAF, storage or the clock.
#pragma once

#include "messages/lock.hpp"

#include <cstdint>
#include <map>
#include <string_view>

namespace holdfast {

/// Strict priority; first come (smaller entry number), first served inside it.
class waiter_queue {
public:
  /// Adds an entry, or replaces the one with the same id.
  void put(entry_record entry);

  /// Removes an entry; one that is not there is no error.
  void erase(const entry_record& entry);

  bool empty() const { return entries_.empty(); }
  std::size_t size() const { return entries_.size(); }

  /// The one served next; null when nobody waits.
  const entry_record* front() const;

  const entry_record* find(entry_id id) const;

  /// The entry of a transaction with this key; null for an empty key.
  const entry_record* find_key(std::string_view idempotency_key) const;

  /// How many will be served before it, plus one; 0 when it does not wait.
  std::int64_t position(entry_id id) const;

  /// In serving order.
  auto begin() const { return entries_.begin(); }
  auto end() const { return entries_.end(); }

private:
  struct rank {
    std::uint8_t priority;
    std::uint64_t number;
    auto operator<=>(const rank&) const = default;
  };
  static rank rank_of(const entry_record& entry);

  std::map<rank, entry_record> entries_;
};

} // namespace holdfast
