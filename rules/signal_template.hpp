// Texts with placeholders in braces: how they are checked and filled in.
// Must not know what a placeholder stands for, or how a text is sent.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast {

/// What Telegram takes, in UTF-16 code units after parsing.
inline constexpr std::size_t message_units_max = 4096;

struct placeholder_value {
  std::string_view name;
  std::string value; ///< not escaped; empty: not known
};

/// `text` with every `{name}` replaced by its value, in one pass: values are
/// escaped and never looked at again. What is not known is "–". What no
/// checked template has (unknown names, single braces) stays as it is.
std::string fill_in(std::string_view text,
                    const std::vector<placeholder_value>& values);

/// The same within `message_units_max`: the value called `comment` is cut if
/// need be, and should that not be enough, the text loses its tags and its
/// end.
std::string fill_message(std::string_view text,
                         std::vector<placeholder_value> values);

} // namespace holdfast
