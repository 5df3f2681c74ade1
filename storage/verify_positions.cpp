#include "storage/verify_positions.hpp"

#include "storage/records.hpp"

namespace holdfast::storage_impl {

namespace {

std::string position_row(std::uint64_t n) {
  return "position " + std::to_string(n);
}

bool open(effect_state x) {
  return x != effect_state::done && x != effect_state::failed;
}

} // namespace

std::vector<std::string> position_faults(const snapshot& view,
                                         std::string_view key,
                                         std::string_view value) {
  std::vector<std::string> faults;
  auto row = position_row(key_number(key));
  auto x = decode_position(value);
  if (x.signal.number != key_number(key))
    faults.push_back(row + " carries the number " +
                     std::to_string(x.signal.number));
  if (x.resource != position_resource(x.account_id, x.position_id))
    faults.push_back(row + " has a resource that is not its own");
  auto ref = view.get(table::position_index, x.resource);
  if (!ref) {
    faults.push_back(row + " is not in position_index");
    return faults;
  }
  auto newest = decode_position_ref(*ref);
  if (newest.number != x.signal.number)
    faults.push_back(row + " is not the one that position_index names");
  else if (newest.open != x.open)
    faults.push_back(row + (x.open ? " is open, but position_index says closed"
                                   : " is closed, but position_index says "
                                     "open"));
  if (x.open != (x.closed_at_ms == 0))
    faults.push_back(row + (x.open ? " is open, but has a closing time"
                                   : " is closed, but has no closing time"));
  if (x.status == position_status::processing &&
      !view.get(table::resources, x.resource))
    faults.push_back(row + " is processing, but nothing works on it");
  return faults;
}

std::vector<std::string> position_index_faults(const snapshot& view,
                                               std::string_view key,
                                               std::string_view value) {
  auto x = decode_position_ref(value);
  auto position = view.get(table::positions, number_key(x.number));
  auto row = "position_index row \"" + std::string{key} + "\"";
  if (!position)
    return {row + " names " + position_row(x.number) +
            ", which is not in positions"};
  if (decode_position(*position).resource != key)
    return {row + " names " + position_row(x.number) +
            ", which is of another resource"};
  return {};
}

std::vector<std::string> outbox_faults(const snapshot& view,
                                       std::string_view key,
                                       std::string_view value) {
  auto at = parse_outbox_key(key);
  auto row = "message " + std::to_string(at.number) + " of \"" + at.resource +
             "\" in the outbox";
  std::vector<std::string> faults;
  if (!view.get(table::resources, at.resource))
    faults.push_back(row + " has not ended, but its resource has no record");
  auto effect = view.get(table::effects, number_key(at.number));
  if (!effect) {
    faults.push_back(row + " is not in effects");
    return faults;
  }
  auto x = decode_effect(*effect);
  auto of = decode_channel(value);
  channel its{};
  if (x.resource != at.resource || !channel_of(x.kind, its) || its != of)
    faults.push_back(row + " differs from its effect in resource or channel");
  if (!open(x.state))
    faults.push_back(row + " has ended: it is " +
                     std::string{to_string(x.state)});
  return faults;
}

std::vector<std::string> message_faults(const snapshot& view,
                                        const effect_record& x) {
  auto listed =
      view.get(table::outbox, outbox_key(x.resource, x.id.number)).has_value();
  if (listed || !open(x.state))
    return {};
  return {"effect " + std::to_string(x.id.number) + " is a message that is " +
          std::string{to_string(x.state)} + ", but not in the outbox"};
}

bool has_rows(const snapshot& view, table t, std::string_view resource) {
  auto prefix = waiter_prefix(resource);
  auto found = false;
  view.scan(t, prefix, [&](auto key, auto) {
    found = key.starts_with(prefix);
    return false;
  });
  return found;
}

} // namespace holdfast::storage_impl
