// The JSON of positions and signals.
// Must not know HTTP, CAF or Boost.
#include "gateway/shapes.hpp"
#include "rules/signal_text.hpp"

#include <string_view>

namespace holdfast {

namespace {

void unless_empty(json_writer& to, std::string_view name,
                  std::string_view text) {
  if (!text.empty())
    to.member(name, text);
}

void append_signal_id(json_writer& to, const position_record& x) {
  to.key("signalId");
  if (x.status == position_status::processing)
    to.value("PENDING");
  else if (x.announced)
    to.value(to_string(x.signal));
  else
    to.null();
}

void append_message(json_writer& to, const message_state& x) {
  to.begin_object().member("state", to_string(x.status));
  unless_empty(to, "chatId", x.chat_id);
  if (x.message_id != 0)
    to.member("messageId", x.message_id);
  to.end_object();
}

void append_cursor(json_writer& to, const position_page& page) {
  unless_empty(to, "nextCursor", page.next_cursor);
}

} // namespace

void append_json(json_writer& to, const position_record& x) {
  to.begin_object();
  to.member("accountId", x.account_id)
      .member("positionId", x.position_id)
      .member("pair", x.symbol);
  append_signal_id(to, x);
  to.member("status", to_string(x.status));
  unless_empty(to, "lastKnownProfit", x.profit);
  to.member("createdAt", timestamp(x.created_at_ms))
      .member("updatedAt", timestamp(x.updated_at_ms));
  if (x.closed_at_ms != 0)
    to.member("closedAt", timestamp(x.closed_at_ms));
  if (x.message.message_id != 0)
    to.member("telegramMessageId", x.message.message_id);
  to.end_object();
}

void append_json(json_writer& to, const signal_view& x) {
  to.begin_object();
  append_signal(to, x.position);
  to.key("telegram");
  append_message(to, x.position.message);
  to.end_object();
}

void append_json(json_writer& to, const position_page& x) {
  to.begin_object().key("items").begin_array();
  for (auto& position : x.items)
    append_json(to, position);
  to.end_array();
  append_cursor(to, x);
  to.end_object();
}

void append_json(json_writer& to, const signal_page_view& x) {
  to.begin_object().key("items").begin_array();
  for (auto& position : x.positions.items)
    append_json(to, signal_view{position});
  to.end_array();
  append_cursor(to, x.positions);
  to.end_object();
}

} // namespace holdfast
