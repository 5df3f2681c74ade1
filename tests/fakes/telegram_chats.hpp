// The chats and what was written in them, in order.
// Must not know calls or limits.
#pragma once

#include "tests/fakes/fake_http.hpp"
#include "tests/fakes/telegram_text.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace fake {

/// A text as it was sent, and what Telegram makes of it.
struct bot_text {
  std::string raw;
  std::string parse_mode; ///< as sent
  formatted_text parsed;
};

struct message {
  std::int64_t id = 0; ///< counts from 1 in each chat
  bot_text sent;
  formatted_text shown; ///< now
  std::optional<std::int64_t> reply_to;
  std::int64_t sent_at_ms = 0;
  std::int64_t edited_at_ms = 0;
  std::vector<std::string> edits; ///< raw, in order
};

using chat_id = std::int64_t;

class chat_list {
public:
  /// Only these are there, and those that one of them moves to; nothing: any.
  void know(std::optional<std::set<chat_id>> ids) { known_ = std::move(ids); }
  bool knows(chat_id id) const { return !known_ || known_->contains(id); }

  /// From then on `id` is no more: it has become `to`.
  void migrate(chat_id id, chat_id to);
  std::optional<chat_id> moved_to(chat_id id) const;

  /// nullptr when there is none.
  message* find(chat_id chat, std::int64_t message_id);

  const message& send(chat_id chat, const bot_text& text,
                      std::optional<std::int64_t> reply_to);
  void edit(chat_id chat, message& which, const bot_text& text);

  json chats_json() const; ///< `[{chatId, messages: […]}]`
  json log_json() const;   ///< everything accepted, in order

private:
  void write_down(const char* method, chat_id chat, std::int64_t message_id,
                  const std::string& text);

  std::optional<std::set<chat_id>> known_;
  std::map<chat_id, chat_id> moved_;
  std::map<chat_id, std::deque<message>> messages_; ///< addresses stay
  std::vector<json> log_;
};

} // namespace fake
