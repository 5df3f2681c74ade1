// The queries of `reader` about positions and their messages.
#include "actors/reader.hpp"
#include "storage/records.hpp"

namespace holdfast {

namespace {

bool fits(const list_positions& what, const position_record& x) {
  return (what.any_status || x.status == what.status) &&
         (what.account_id.empty() || x.account_id == what.account_id) &&
         (what.any_open || x.open == what.open) &&
         (!what.signals || x.announced);
}

/// The first key behind all that begin with `resource` and a zero byte.
std::string behind(std::string resource) {
  resource += '\1';
  return resource;
}

} // namespace

position_page list(const store& db, const list_positions& what) {
  position_page page;
  auto before = cursor_number(what.page.cursor, from_newest);
  db.read()->scan_back(table::positions, number_key(before),
                       [&](std::string_view, std::string_view row) {
                         auto x = decode_position(row);
                         if (!fits(what, x))
                           return true;
                         if (page.items.size() == what.page.limit) {
                           page.next_cursor =
                               std::to_string(page.items.back().signal.number);
                           return false;
                         }
                         page.items.push_back(std::move(x));
                         return true;
                       });
  return page;
}

position_page list(const store& db, const list_open_positions& what) {
  position_page page;
  auto from = db.read();
  auto prefix = account_prefix(what.account_id);
  from->scan(table::position_index, prefix,
             [&](std::string_view key, std::string_view row) {
               if (!key.starts_with(prefix))
                 return false;
               auto ref = decode_position_ref(row);
               if (!ref.open)
                 return true;
               auto found = from->get(table::positions, number_key(ref.number));
               if (!found)
                 return true;
               auto x = decode_position(*found);
               // An account's id may go on where this one ends.
               if (x.account_id == what.account_id)
                 page.items.push_back(std::move(x));
               return true;
             });
  return page;
}

outbox_page list(const store& db, const list_outbox& what) {
  outbox_page page;
  auto from = db.read();
  std::string resource; // the one whose first message was seen last
  auto begin = what.after.empty() ? std::string{} : behind(what.after);
  from->scan(table::outbox, begin,
             [&](std::string_view key, std::string_view row) {
               auto at = parse_outbox_key(key);
               if (at.resource == resource || decode_channel(row) != what.of)
                 return true;
               if (page.items.size() == what.limit) {
                 page.next_after = resource;
                 return false;
               }
               resource = at.resource;
               if (auto x = from->get(table::effects, number_key(at.number)))
                 page.items.push_back(decode_effect(*x));
               return true;
             });
  return page;
}

std::optional<position_record> find_position(const store& db,
                                             const get_position& what) {
  auto row = db.read()->get(table::positions, number_key(what.id.number));
  if (!row)
    return std::nullopt;
  auto x = decode_position(*row);
  if (x.signal != what.id || !x.announced)
    return std::nullopt;
  return x;
}

} // namespace holdfast
