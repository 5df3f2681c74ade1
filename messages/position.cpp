// Names of what happens to positions, and their reports as JSON.
// Must not know CAF, HTTP or storage.
#include "messages/position.hpp"

#include "messages/enum_names.hpp"
#include "messages/json_text.hpp"
#include "messages/json_writer.hpp"

#include <array>
#include <utility>

namespace holdfast {

namespace {

constexpr enum_names<2> sides{"BUY", "SELL"};
constexpr enum_names<4> changes{"", "opened", "updated", "closed"};
constexpr enum_names<3> statuses{"processing", "completed", "failed"};
constexpr enum_names<5> message_statuses{"off", "pending", "sent", "unknown",
                                         "failed"};
constexpr enum_names<5> outcomes{"created", "updated", "closed", "duplicate",
                                 "unchanged"};
constexpr enum_names<3> channels{"telegram", "webhook", "alerts"};

/// The texts of a report that are written as they are.
using text_field = std::pair<std::string_view, std::string position_event::*>;
constexpr std::array<text_field, 14> text_fields{{
    {"accountId", &position_event::account_id},
    {"positionId", &position_event::position_id},
    {"symbol", &position_event::symbol},
    {"volume", &position_event::volume},
    {"openPrice", &position_event::open_price},
    {"currentPrice", &position_event::current_price},
    {"stopLoss", &position_event::stop_loss},
    {"takeProfit", &position_event::take_profit},
    {"profit", &position_event::profit},
    {"commission", &position_event::commission},
    {"swap", &position_event::swap},
    {"closePrice", &position_event::close_price},
    {"time", &position_event::time},
    {"comment", &position_event::comment},
}};

bool take_flag(const json_member& member, bool& x) {
  x = member.value == "true";
  return member.kind == json_kind::boolean;
}

bool take(const json_member& member, position_event& x) {
  if (member.name == "event")
    return from_string(decode_string(member.value).value_or(""), x.change);
  if (member.name == "type")
    return from_string(decode_string(member.value).value_or(""), x.side);
  if (member.name == "silent")
    return take_flag(member, x.silent);
  if (member.name == "inferred")
    return take_flag(member, x.inferred);
  if (member.name == "takenAtMs") {
    auto at = decode_integer(member.value);
    x.taken_at_ms = at.value_or(0);
    return at.has_value();
  }
  for (const auto& [name, field] : text_fields)
    if (member.name == name) {
      auto text = decode_string(member.value);
      x.*field = text.value_or(std::string{});
      return text.has_value();
    }
  return false;
}

} // namespace

std::string_view to_string(position_side x) { return name_of(sides, x); }

std::string_view to_string(position_change x) { return name_of(changes, x); }

bool from_string(std::string_view text, position_side& x) {
  // As MetaTrader writes it.
  constexpr std::string_view prefix = "POSITION_TYPE_";
  if (text.starts_with(prefix))
    text.remove_prefix(prefix.size());
  return find_name(sides, text, x);
}

bool from_string(std::string_view text, position_change& x) {
  return !text.empty() && find_name(changes, text, x);
}

std::string_view to_string(position_status x) { return name_of(statuses, x); }

std::string_view to_string(message_status x) {
  return name_of(message_statuses, x);
}

bool from_string(std::string_view text, position_status& x) {
  return find_name(statuses, text, x);
}

bool from_string(std::string_view text, message_status& x) {
  return find_name(message_statuses, text, x);
}

std::string_view to_string(position_outcome x) { return name_of(outcomes, x); }

std::string_view to_string(channel x) { return name_of(channels, x); }

bool channel_of(std::string_view effect_kind, channel& x) {
  if (effect_kind == telegram_send || effect_kind == telegram_edit)
    return x = channel::telegram, true;
  if (effect_kind == signal_webhook)
    return x = channel::webhook, true;
  if (effect_kind == alert_post)
    return x = channel::alerts, true;
  return false;
}

std::string to_json(const position_event& x) {
  std::string text;
  json_writer to{text};
  to.begin_object();
  if (x.change != position_change::unsaid)
    to.member("event", to_string(x.change));
  to.member("type", to_string(x.side));
  for (const auto& [name, field] : text_fields)
    if (!(x.*field).empty())
      to.member(name, x.*field);
  if (x.silent)
    to.member("silent", true);
  if (x.inferred)
    to.member("inferred", true);
  if (x.taken_at_ms != 0)
    to.member("takenAtMs", x.taken_at_ms);
  to.end_object();
  return text;
}

bool from_json(std::string_view text, position_event& x) {
  std::vector<json_member> members;
  std::string why;
  if (!split_members(text, {}, members, why))
    return false;
  x = {};
  for (const auto& member : members)
    if (!take(member, x))
      return false;
  return !x.account_id.empty() && !x.position_id.empty();
}

std::string position_resource(std::string_view account_id,
                              std::string_view position_id) {
  auto name = account_prefix(account_id);
  for (auto c : position_id)
    if (c == '%')
      name += "%25";
    else if (c == ':')
      name += "%3A";
    else
      name += c;
  return name;
}

std::string account_prefix(std::string_view account_id) {
  return "position:" + std::string{account_id} + ':';
}

} // namespace holdfast
