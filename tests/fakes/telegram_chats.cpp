// Messages get their ids and times here.
// Must not know calls or limits.
#include "tests/fakes/telegram_chats.hpp"

#include "tests/fakes/fake_clock.hpp"

namespace fake {

namespace {

json message_json(const message& m) {
  json result{{"messageId", m.id},
              {"text", m.sent.raw},
              {"plain", m.sent.parsed.text},
              {"shown", m.shown.text},
              {"parseMode", m.sent.parse_mode},
              {"sentAtMs", m.sent_at_ms},
              {"edits", m.edits}};
  if (m.reply_to)
    result["replyTo"] = *m.reply_to;
  return result;
}

} // namespace

void chat_list::migrate(chat_id id, chat_id to) {
  moved_[id] = to;
  if (known_)
    known_->insert(to);
}

std::optional<chat_id> chat_list::moved_to(chat_id id) const {
  auto found = moved_.find(id);
  if (found == moved_.end())
    return std::nullopt;
  return found->second;
}

message* chat_list::find(chat_id chat, std::int64_t message_id) {
  auto found = messages_.find(chat);
  if (found == messages_.end() || message_id < 1 ||
      message_id > static_cast<std::int64_t>(found->second.size()))
    return nullptr;
  return &found->second[static_cast<std::size_t>(message_id - 1)];
}

const message& chat_list::send(chat_id chat, const bot_text& text,
                               std::optional<std::int64_t> reply_to) {
  auto& all = messages_[chat];
  auto& sent = all.emplace_back();
  sent.id = static_cast<std::int64_t>(all.size());
  sent.sent = text;
  sent.shown = text.parsed;
  sent.reply_to = reply_to;
  sent.sent_at_ms = wall_ms();
  write_down("sendMessage", chat, sent.id, text.raw);
  return sent;
}

void chat_list::edit(chat_id chat, message& which, const bot_text& text) {
  which.shown = text.parsed;
  which.edits.push_back(text.raw);
  which.edited_at_ms = wall_ms();
  write_down("editMessageText", chat, which.id, text.raw);
}

void chat_list::write_down(const char* method, chat_id chat,
                           std::int64_t message_id, const std::string& text) {
  log_.push_back({{"seq", log_.size() + 1},
                  {"method", method},
                  {"chatId", chat},
                  {"messageId", message_id},
                  {"text", text},
                  {"atMs", wall_ms()}});
}

json chat_list::chats_json() const {
  auto chats = json::array();
  for (const auto& [id, messages] : messages_) {
    auto list = json::array();
    for (const auto& each : messages)
      list.push_back(message_json(each));
    chats.push_back({{"chatId", id}, {"messages", list}});
  }
  return chats;
}

json chat_list::log_json() const { return log_; }

} // namespace fake
