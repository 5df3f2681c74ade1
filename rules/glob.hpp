// Shell globs over short names.
// Must not know what is named, files or locales.
#pragma once

#include <string_view>

namespace holdfast {

/// Whether every `[` has its `]`. One right behind `[` or `[!` stands for
/// itself.
bool is_glob(std::string_view pattern);

/// Whether a valid pattern matches all of `text`, byte by byte: `*` is any
/// text, `?` any byte, `[abc]`, `[a-z]` and `[!abc]` are sets of bytes.
bool glob_matches(std::string_view pattern, std::string_view text);

} // namespace holdfast
