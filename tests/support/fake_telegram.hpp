// The fake of Telegram's Bot API as a child process: what a test sets of its
// own, and the chats it judges by. docs/testing.md lists faults and calls.
// Must not know the node.
#pragma once

#include "tests/support/fake_process.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace holdfast::test {

struct fake_telegram_config {
  std::string token = "1234567:test-token";
  std::uint16_t port = 0; ///< 0: a free one
};

/// Found by HOLDFAST_FAKE_TELEGRAM.
class fake_telegram : public fake_process {
public:
  explicit fake_telegram(const fake_telegram_config& config = {});

  const fake_telegram_config& config() const { return config_; }

  /// `{chats: […], log: […], updates: […], requests: {…}, refused: {…}}`
  json state() const;

  /// What was written in this chat, oldest first.
  std::vector<json> messages_of(std::int64_t chat_id) const;

  /// Everything that was accepted, in order:
  /// `{seq, method, chatId, messageId, text, atMs}`.
  std::vector<json> log() const;

  /// From then on only these chats are there.
  void know(const std::vector<std::int64_t>& chat_ids);

  /// `{perChatPerS?, perS?}`, instead of what was set before.
  void limits(const json& settings);

  /// From then on the chat has another id.
  void migrate(std::int64_t chat_id, std::int64_t to_chat_id);

  /// For getUpdates: an array of updates, or one of them. Returns those that
  /// are not confirmed, with their ids.
  json updates(const json& list);

private:
  fake_telegram_config config_;
};

} // namespace holdfast::test
