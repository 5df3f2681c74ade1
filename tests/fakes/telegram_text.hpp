// Texts as Telegram measures and trims them, with what formats them.
// Must not know markup or messages.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace fake {

/// A formatted stretch of a text. Offset and length count UTF-16 code units,
/// as Telegram does.
struct entity {
  std::string type; ///< bold, italic, text_link, …
  std::size_t offset = 0;
  std::size_t length = 0;
  std::string argument = {}; ///< a link's address, a language
  bool operator==(const entity&) const = default;
};

struct formatted_text {
  std::string text;
  std::vector<entity> entities = {};
  bool operator==(const formatted_text&) const = default;
};

/// Neither overlong forms nor surrogates are UTF-8.
bool is_utf8(std::string_view text);

/// In UTF-16 code units; `text` is UTF-8.
std::size_t utf16_length(std::string_view text);

/// Appends the UTF-8 of a code point.
void append_utf8(std::string& text, char32_t code);

/// Without white space at both ends; entities keep to what is left.
formatted_text trimmed(const formatted_text& whole);

} // namespace fake
