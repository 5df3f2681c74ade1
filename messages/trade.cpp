// Names of trades' and effects' states, and a trade as its lock tells it.
// Must not know CAF, HTTP or storage.
#include "messages/trade.hpp"

#include "messages/effect.hpp"
#include "messages/enum_names.hpp"
#include "messages/json_text.hpp"

#include <algorithm>

namespace holdfast {

namespace {

constexpr enum_names<9> trade_statuses{
    "queued",   "executing", "filled",   "partially_filled", "placed",
    "rejected", "failed",    "in_doubt", "cancelled"};

constexpr enum_names<5> effect_states{"pending", "sending", "done", "failed",
                                      "unknown"};

/// The text of one member of a JSON object; empty when there is none.
std::string member_text(const std::string& object, std::string_view name) {
  std::vector<json_member> members;
  std::string why;
  if (object.empty() || !split_members(object, {}, members, why))
    return {};
  auto found = std::ranges::find(members, name, &json_member::name);
  if (found == members.end())
    return {};
  return decode_string(found->value).value_or(std::string{});
}

bool is_ended(std::string_view status) {
  return status == "FILLED" || status == "CANCELED" ||
         status == "PARTIALLY_CANCELED";
}

trade_status status_of_lock(const lock_record& lock) {
  switch (lock.status) {
  case lock_status::active:
    return trade_status::executing;
  case lock_status::in_doubt:
    return trade_status::in_doubt;
  case lock_status::released:
    return status_of_order(lock.result);
  case lock_status::force_released:
    return trade_status::cancelled;
  case lock_status::failed:
  case lock_status::expired:
    break;
  }
  return member_text(lock.failure, "code") == "order-rejected"
             ? trade_status::rejected
             : trade_status::failed;
}

} // namespace

std::string_view to_string(trade_status x) {
  return name_of(trade_statuses, x);
}

bool from_string(std::string_view text, trade_status& x) {
  return find_name(trade_statuses, text, x);
}

std::string_view to_string(effect_state x) { return name_of(effect_states, x); }

bool from_string(std::string_view text, effect_state& x) {
  return find_name(effect_states, text, x);
}

bool is_open(const std::string& order) {
  return !is_ended(member_text(order, "status"));
}

bool is_resting_type(std::string_view type) {
  return type == "LIMIT" || type == "LIMIT_MAKER";
}

bool rests(const trade_record& trade) {
  return (trade.status == trade_status::placed ||
          trade.status == trade_status::partially_filled) &&
         is_open(trade.order);
}

trade_status status_of_order(const std::string& order) {
  auto status = member_text(order, "status");
  if (status == "FILLED")
    return trade_status::filled;
  if (status == "PARTIALLY_FILLED" || status == "PARTIALLY_CANCELED")
    return trade_status::partially_filled;
  if (status != "CANCELED")
    return trade_status::placed;
  auto executed = member_text(order, "executedQuantity");
  return executed.find_first_of("123456789") == std::string::npos
             ? trade_status::cancelled
             : trade_status::partially_filled;
}

bool settled(trade_status x) {
  return x != trade_status::queued && x != trade_status::executing;
}

trade_id trade_of(const lock_record& lock) {
  return {lock.id.store, lock.entry ? lock.entry.number : lock.id.number};
}

trade_record to_trade(const lock_record& lock) {
  trade_record trade;
  trade.id = trade_of(lock);
  trade.work = lock.work;
  trade.status = status_of_lock(lock);
  trade.emergency = lock.beside;
  trade.lock = lock.id;
  trade.entry = lock.entry;
  trade.effect = lock.effect;
  trade.order = lock.status == lock_status::released ? lock.result : "";
  trade.error = lock.error;
  trade.failure = lock.failure;
  trade.created_at_ms = lock.requested_at_ms;
  trade.updated_at_ms =
      lock.released_at_ms != 0 ? lock.released_at_ms : lock.acquired_at_ms;
  return trade;
}

trade_record to_trade(const entry_record& entry) {
  trade_record trade;
  trade.id = {entry.id.store, entry.id.number};
  trade.work = entry.work;
  trade.status = entry.status == entry_status::cancelled
                     ? trade_status::cancelled
                     : trade_status::queued;
  trade.entry = entry.id;
  trade.created_at_ms = entry.queued_at_ms;
  trade.updated_at_ms =
      entry.settled_at_ms != 0 ? entry.settled_at_ms : entry.queued_at_ms;
  return trade;
}

} // namespace holdfast
