// Placeholders of recordings: {name.path.to.value} or, the first that has a
// value, {name.path|other.path}. Internal to the replay_script files.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast::detail {

/// The name of an answer and the way to a value inside it.
struct reference {
  std::string name;
  std::vector<std::string> path;
};

/// A stretch of text: literal, or a placeholder when `options` is not empty.
struct piece {
  std::string text; ///< as written, with its braces
  std::vector<reference> options;
};

/// Cuts `text` into pieces. Braces that hold no placeholder are literal text.
std::vector<piece> cut(std::string_view text);

} // namespace holdfast::detail
