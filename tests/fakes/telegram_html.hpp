// Telegram's HTML: what it formats, and how it refuses the rest. Written from
// the Bot API's documentation and what its server answers.
// Must not know messages.
#pragma once

#include "tests/fakes/telegram_text.hpp"

#include <string_view>

namespace fake {

/// `<` begins a tag, always; `&` is itself where no entity that Telegram knows
/// begins. `markup` is UTF-8.
/// @throws std::invalid_argument with Telegram's words
formatted_text parse_html(std::string_view markup);

} // namespace fake
