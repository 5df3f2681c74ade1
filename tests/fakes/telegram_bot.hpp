// Answers the calls of the Bot API from the chats: checks token, text, markup
// and ids as Telegram does.
// Must not know sockets.
#pragma once

#include "tests/fakes/fake_service.hpp"
#include "tests/fakes/telegram_chats.hpp"
#include "tests/fakes/telegram_limits.hpp"
#include "tests/fakes/telegram_request.hpp"
#include "tests/fakes/telegram_updates.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace fake {

/// `{ok: false, error_code, description, parameters?}`
answer bot_refusal(int code, const std::string& description,
                   const json& parameters = nullptr);

/// A 429 that names the time to wait.
answer bot_limited(int retry_after_s);

class bot {
public:
  explicit bot(std::string token) : token_(std::move(token)) {}
  bot(const bot&) = delete;
  bot& operator=(const bot&) = delete;

  /// Counts a request as seen, whatever becomes of it.
  void count(const bot_request& request);
  /// Counts one that was refused for a limit.
  void count_limited() { ++refused_["limit"]; }

  /// Serves a request; nothing while it waits for updates, with `poll`, which
  /// it fills in first. `same_text`: an edit is refused as one that changes
  /// nothing.
  std::optional<answer> serve(const bot_request& request,
                              std::optional<update_poll>& poll, bool same_text);

  json state_json() const; ///< what /fake/chats shows

  chat_list& chats() { return chats_; }
  bot_limits& limits() { return limits_; }
  update_queue& updates() { return updates_; }

private:
  void check_access(const bot_request& request) const;
  void take_allowed(const bot_request& request);
  chat_id checked_chat(const bot_request& request) const;
  void check_limits(chat_id chat);
  json sent(const bot_request& request);
  json edited(const bot_request& request, bool same_text);
  std::optional<json> fetched(const bot_request& request,
                              std::optional<update_poll>& poll);
  json self_json() const;
  json message_json(chat_id chat, const message& m);

  std::string token_;
  chat_list chats_;
  bot_limits limits_;
  update_queue updates_;
  std::map<std::string, std::uint64_t> requests_;
  std::map<std::string, std::uint64_t> refused_;
};

} // namespace fake
