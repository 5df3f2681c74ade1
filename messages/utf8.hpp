// UTF-8 as RFC 3629 has it: no surrogates, no overlong forms, up to U+10FFFF.
// Must not know JSON or any field.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace holdfast {

/// Bytes (1-4) of the character that `text` starts with; 0 when it starts with
/// none, or is empty.
std::size_t utf8_length(std::string_view text);

/// Where the first byte that is not UTF-8 stands; npos: there is none.
std::size_t find_invalid_utf8(std::string_view text);

/// Appends one code point, which must be no surrogate and at most U+10FFFF.
void append_utf8(std::string& out, std::uint32_t code_point);

/// At most `max` bytes of `text`, cut between characters, with an ellipsis
/// where something was cut: for error messages.
std::string shortened(std::string_view text, std::size_t max = 64);

} // namespace holdfast
