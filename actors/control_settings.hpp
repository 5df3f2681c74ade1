// Who may command a node from a chat.
// Must not know any messenger.
#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <string>

namespace holdfast {

struct control_settings {
  std::set<std::int64_t> user_ids; ///< of the messenger's users, never chats
  /// Hears a line of every command, and of who was refused; thread-safe, may be
  /// empty.
  std::function<void(const std::string&)> log;
};

} // namespace holdfast
