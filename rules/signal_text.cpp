// The messages of a signal: what changes ask for, and what is told.
// Must not know CAF, HTTP, storage or how a message is sent.
#include "rules/signal_text.hpp"

#include "messages/timestamp.hpp"
#include "rules/signal_template.hpp"

#include <utility>

namespace holdfast {

namespace {

std::string with_sign(const std::string& amount) {
  auto gains = !amount.empty() && amount != "0" && amount.front() != '-';
  return gains ? '+' + amount : amount;
}

std::string mark_of(const position_record& x) {
  const auto& result = x.result_pips.empty() ? x.profit : x.result_pips;
  if (result.empty())
    return {};
  return result == "0" ? "➖" : result.front() == '-' ? "❌" : "✅";
}

std::string changes_of(const position_decision& change) {
  std::string text;
  for (const auto& one : change.changes)
    text += (text.empty() ? "" : ", ") + one;
  if (change.outcome == position_outcome::created)
    return "opened";
  if (change.outcome != position_outcome::closed)
    return text;
  const auto& x = change.position;
  text = "closed";
  if (!x.close_price.empty())
    text += " at " + x.close_price;
  if (!x.result_pips.empty())
    text += ", " + with_sign(x.result_pips) + " pips";
  return text;
}

std::string name_of_signal(const position_record& x) {
  return x.signal ? to_string(x.signal) : std::string{};
}

std::vector<placeholder_value> values_of(const position_decision& change,
                                         const position_event& event) {
  const auto& x = change.position;
  auto buys = x.side == position_side::buy;
  return {
      {"pair", x.symbol},
      {"type", std::string{to_string(x.side)}},
      {"arrow", buys ? "⬆️" : "⬇️"},
      {"category", x.category},
      {"entry", x.open_price},
      {"sl", x.stop_loss},
      {"tp", x.take_profit},
      {"volume", x.volume},
      {"exit", x.close_price},
      {"pips", with_sign(x.result_pips)},
      {"profit", with_sign(x.profit)},
      {"mark", mark_of(x)},
      {"changes", changes_of(change)},
      {"accountId", x.account_id},
      {"positionId", x.position_id},
      {"signalId", name_of_signal(x)},
      {"comment", x.comment},
      {"time", event.time.empty() ? timestamp(x.updated_at_ms) : event.time},
  };
}

/// What a change is called, how it is told, and whether a reply tells it, too.
struct telling {
  std::string_view change;
  std::string_view event; ///< for the webhook
  const std::string& text;
  bool edits = true;
  bool replies = false;
};

telling telling_of(const position_decision& change,
                   const message_settings& how) {
  if (change.outcome == position_outcome::created)
    return {"open", "signal_created", how.templates.open, false, false};
  if (change.outcome == position_outcome::updated)
    return {"update", "signal_updated", how.templates.update, true,
            how.update_reply};
  // A close with changes was told before, without them.
  return {"close", "signal_closed", how.templates.close, true,
          how.close_reply && change.changes.empty()};
}

message_draft telegram_draft(std::string_view kind, std::string_view change,
                             const position_record& x, std::string_view text,
                             const message_settings& how, bool reply) {
  message_draft draft;
  draft.kind = kind;
  json_writer to{draft.intent};
  to.begin_object()
      .member("change", change)
      .member("signalId", name_of_signal(x))
      .member("chatId", how.chat_id)
      .member("text", text);
  if (reply)
    to.member("reply", true);
  to.end_object();
  draft.supersedes = kind == telegram_edit;
  return draft;
}

message_draft webhook_draft(std::string_view event,
                            const position_decision& change) {
  message_draft draft;
  draft.kind = signal_webhook;
  json_writer to{draft.intent};
  to.begin_object().key("body").begin_object().member("event", event);
  to.key("signal").begin_object();
  append_signal(to, change.position);
  to.end_object().key("changes").begin_array();
  for (const auto& one : change.changes)
    to.value(one);
  to.end_array().end_object().end_object();
  return draft;
}

void append_unless_empty(json_writer& to, std::string_view name,
                         const std::string& text) {
  if (!text.empty())
    to.member(name, text);
}

} // namespace

signal_templates default_templates() {
  signal_templates x;
  x.open = "{arrow} <b>{pair}</b> {type}\n"
           "<pre>Entry   {entry}\n"
           "SL      {sl}\n"
           "TP      {tp}\n"
           "Volume  {volume}</pre>\n"
           "<i>{category} · {signalId}</i>";
  x.update = "{arrow} <b>{pair}</b> {type} · updated\n"
             "<pre>Entry   {entry}\n"
             "SL      {sl}\n"
             "TP      {tp}\n"
             "Volume  {volume}</pre>\n"
             "✏️ {changes}\n"
             "<i>{category} · {signalId}</i>";
  x.close = "{mark} <b>{pair}</b> {type} · closed\n"
            "<pre>Entry   {entry}\n"
            "Exit    {exit}\n"
            "Pips    {pips}\n"
            "Profit  {profit}</pre>\n"
            "<i>{category} · {signalId}</i>";
  x.reply = "{arrow} <b>{pair}</b> {type}: {changes}";
  return x;
}

std::vector<message_draft> messages_for(const position_decision& change,
                                        const position_event& event,
                                        const message_settings& how) {
  std::vector<message_draft> drafts;
  const auto& x = change.position;
  if (change.outcome > position_outcome::closed || !x.announced || x.silent)
    return drafts;
  auto told = telling_of(change, how);
  if (how.telegram) {
    auto values = values_of(change, event);
    auto add = [&](std::string_view kind, std::string_view text, bool reply) {
      drafts.push_back(telegram_draft(kind, told.change, x,
                                      fill_message(text, values), how, reply));
    };
    add(told.edits ? telegram_edit : telegram_send, told.text, false);
    if (told.replies)
      add(telegram_send, how.templates.reply, true);
  }
  if (how.webhook)
    drafts.push_back(webhook_draft(told.event, change));
  return drafts;
}

void append_signal(json_writer& to, const position_record& x) {
  to.member("signalId", name_of_signal(x))
      .member("accountId", x.account_id)
      .member("positionId", x.position_id)
      .member("pair", x.symbol)
      .member("type", to_string(x.side))
      .member("category", x.category)
      .member("entryPrice", x.open_price);
  append_unless_empty(to, "stopLoss", x.stop_loss);
  append_unless_empty(to, "takeProfit", x.take_profit);
  to.member("status", x.open ? "active" : "closed");
  append_unless_empty(to, "closePrice", x.close_price);
  append_unless_empty(to, "resultPips", x.result_pips);
  append_unless_empty(to, "profit", x.profit);
  to.member("createdAt", timestamp(x.created_at_ms))
      .member("updatedAt", timestamp(x.updated_at_ms));
}

std::string escape_html(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (auto c : text)
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else
      out += c;
  return out;
}

} // namespace holdfast
