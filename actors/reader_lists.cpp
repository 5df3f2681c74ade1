// The queries of `reader`, each on one snapshot of the store.
#include "actors/reader.hpp"
#include "actors/step_writer.hpp"
#include "storage/records.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <stdexcept>

namespace holdfast {

std::uint64_t cursor_number(const std::string& cursor, std::uint64_t absent) {
  if (cursor.empty())
    return absent;
  std::uint64_t number = 0;
  auto end = cursor.data() + cursor.size();
  auto [at, error] = std::from_chars(cursor.data(), end, number);
  if (error != std::errc{} || at != end)
    throw std::invalid_argument{"cursor must be a nextCursor of this list, "
                                "not '" +
                                cursor + "'"};
  return number;
}

namespace {

bool fits(const list_locks& what, const lock_record& lock) {
  return (what.any_status || lock.status == what.status) &&
         (what.resource.empty() || lock.work.resource == what.resource) &&
         (what.owner_id.empty() || lock.work.owner_id == what.owner_id);
}

/// Matching locks of one table, newest first, one more than the page holds.
void collect(const snapshot& from, table t, const list_locks& what,
             std::uint64_t before, std::vector<lock_record>& out) {
  auto room = what.page.limit + std::size_t{1};
  from.scan_back(
      t, number_key(before), [&](std::string_view, std::string_view row) {
        if (!what.resource.empty() && lock_resource(row) != what.resource)
          return true;
        auto lock = decode_lock(row);
        if (lock.beside || !fits(what, lock))
          return true;
        out.push_back(std::move(lock));
        return --room > 0;
      });
}

bool ended(lock_status status) {
  return status != lock_status::active && status != lock_status::in_doubt;
}

} // namespace

lock_record find_lock(const store& db, const get_lock& what, bool& found) {
  auto from = db.read();
  for (auto t : {table::locks, table::history})
    if (auto row = from->get(t, number_key(what.id.number))) {
      auto lock = decode_lock(*row);
      found = lock.id == what.id && !lock.beside;
      return lock;
    }
  found = false;
  return {};
}

lock_page list(const store& db, const list_locks& what) {
  auto from = db.read();
  auto before = cursor_number(what.page.cursor, from_newest);
  lock_page page;
  if (what.any_status || !ended(what.status))
    collect(*from, table::locks, what, before, page.items);
  if (what.any_status || ended(what.status))
    collect(*from, table::history, what, before, page.items);
  std::ranges::sort(page.items, std::ranges::greater{},
                    [](const auto& lock) { return lock.id.number; });
  if (page.items.size() > what.page.limit) {
    page.items.resize(what.page.limit);
    page.next_cursor = std::to_string(page.items.back().id.number);
  }
  return page;
}

resource_view view(const store& db, const get_resource& what) {
  auto state = read_resource(*db.read(), what.resource);
  resource_view result;
  result.resource = what.resource;
  result.locked = state.holder.has_value();
  if (state.holder)
    result.lock = *std::move(state.holder);
  std::int64_t position = 0;
  for (const auto& [rank, entry] : state.waiters)
    result.queue.push_back({entry, ++position, false, {}});
  return result;
}

namespace {

std::string to_cursor(std::string_view key) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (unsigned char c : key) {
    text += digits[c >> 4];
    text += digits[c & 15];
  }
  return text;
}

std::string from_cursor(const std::string& cursor) {
  std::string key;
  auto good = cursor.size() % 2 == 0;
  for (std::size_t i = 0; good && i < cursor.size(); i += 2) {
    unsigned value = 0;
    auto end = cursor.data() + i + 2;
    auto [at, error] = std::from_chars(cursor.data() + i, end, value, 16);
    good = error == std::errc{} && at == end;
    key += static_cast<char>(value);
  }
  if (good && !key.empty())
    try {
      parse_waiter_key(key);
    } catch (const storage_error&) {
      good = false;
    }
  if (!good)
    throw std::invalid_argument{"cursor must be a nextCursor of this list, "
                                "not '" +
                                cursor + "'"};
  return key;
}

} // namespace

entry_page list(const store& db, const list_queue& what) {
  auto from = db.read();
  auto after = from_cursor(what.page.cursor);
  // Positions count from the head of the queue, so begin there.
  std::string begin;
  if (!after.empty())
    begin = waiter_prefix(parse_waiter_key(after).resource);
  else if (!what.resource.empty())
    begin = waiter_prefix(what.resource);
  entry_page page;
  std::string resource;
  std::string last;
  std::int64_t position = 0;
  auto take = [&](std::string_view key, std::string_view) {
    auto ref = parse_waiter_key(key);
    if (!what.resource.empty() && ref.resource != what.resource)
      return false;
    position = ref.resource == resource ? position + 1 : 1;
    resource = ref.resource;
    if (key <= after)
      return true;
    auto row = from->get(table::entries, number_key(ref.number));
    if (!row)
      throw storage_error{storage_errc::corrupt,
                          "entry " + std::to_string(ref.number) +
                              " waits, but is not in the table of entries"};
    auto entry = decode_entry(*row);
    if (!what.owner_id.empty() && entry.work.owner_id != what.owner_id)
      return true;
    if (page.items.size() == what.page.limit) {
      page.next_cursor = to_cursor(last);
      return false;
    }
    page.items.push_back({std::move(entry), position, false, {}});
    last = key;
    return true;
  };
  from->scan(table::waiters, begin, take);
  return page;
}

namespace {

/// One page of a numbered table, newest first: rows that `take` decodes and
/// does not refuse.
template <class Page, class Take>
Page newest_first(const store& db, table t, const page_request& which,
                  Take take) {
  Page page;
  db.read()->scan_back(t, number_key(cursor_number(which.cursor, from_newest)),
                       [&](std::string_view, std::string_view row) {
                         auto item = take(row);
                         if (!item)
                           return true;
                         if (page.items.size() == which.limit) {
                           page.next_cursor =
                               std::to_string(page.items.back().id.number);
                           return false;
                         }
                         page.items.push_back(*std::move(item));
                         return true;
                       });
  return page;
}

} // namespace

dead_letter_page list(const store& db, const list_dead_letters& what) {
  return newest_first<dead_letter_page>(
      db, table::dead_letters, what.page, [](std::string_view row) {
        return std::optional{decode_dead_letter(row)};
      });
}

trade_page list(const store& db, const list_trades& what) {
  return newest_first<trade_page>(
      db, table::trades, what.page,
      [&](std::string_view row) -> std::optional<trade_record> {
        if (!what.resource.empty() && trade_resource(row) != what.resource)
          return std::nullopt;
        auto x = decode_trade(row);
        if ((what.any_status || x.status == what.status) &&
            (what.owner_id.empty() || x.work.owner_id == what.owner_id))
          return x;
        return std::nullopt;
      });
}

effect_record find_effect(const store& db, const get_effect& what,
                          bool& found) {
  auto from = db.read();
  auto row = from->get(table::effects, number_key(what.id.number));
  auto effect = row ? decode_effect(*row) : effect_record{};
  found = row && effect.id == what.id;
  return effect;
}

effect_page list(const store& db, const list_effects& what) {
  return newest_first<effect_page>(
      db, table::effects, what.page,
      [&](std::string_view row) -> std::optional<effect_record> {
        auto x = decode_effect(row);
        if (what.any_state || x.state == what.state)
          return x;
        return std::nullopt;
      });
}

journal_page list(const store& db, const read_journal& what) {
  auto from = db.read();
  journal_page page;
  page.next_after = what.after;
  if (what.after == from_newest)
    return page;
  from->scan(table::journal, number_key(what.after + 1),
             [&](std::string_view key, std::string_view row) {
               auto seq = key_number(key);
               if (what.resource.empty() ||
                   event_resource(row) == what.resource) {
                 if (page.items.size() == what.limit) {
                   page.more = true;
                   return false;
                 }
                 page.items.push_back(decode_event(seq, row));
               }
               page.next_after = seq;
               return true;
             });
  return page;
}

} // namespace holdfast
