// A call of the Bot API as it came over the wire, taken apart.
// Must not know chats.
#pragma once

#include "tests/fakes/fake_http.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace fake {

enum class bot_method { send, edit, updates, me, other };

/// As the Bot API spells it.
std::string_view spelling_of(bot_method what);

/// The name that a fault rule uses; empty: no fault happens to it.
std::string_view fault_call_of(bot_method what);

struct bot_request {
  bot_method what = bot_method::other;
  bool is_bot_path = false; ///< `/bot{TOKEN}/{method}`
  std::string token;
  /// From the query string, and from a JSON or form body. Values of JSON that
  /// are no strings are as JSON writes them.
  std::map<std::string, std::string> parameters;
  bool unreadable = false; ///< the body is no JSON object

  /// Empty when it was not sent.
  std::string get(const std::string& name) const;

  /// Nothing when it was not sent, or is no whole number.
  std::optional<std::int64_t> number(const std::string& name) const;
};

/// Nothing when it is no whole number.
std::optional<std::int64_t> whole_number(std::string_view text);

bot_request parse_bot_request(const http_request& request);

} // namespace fake
