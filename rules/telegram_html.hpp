// Telegram's HTML: what it knows, and how long it is once it is parsed.
// Must not know signals or templates.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast {

/// What Telegram reads as one thing.
struct html_piece {
  enum kind_type : unsigned char {
    tag,       ///< from `<` to `>`
    entity,    ///< from `&` to `;`
    character, ///< any other character, or a byte that starts none
  };
  kind_type kind = character;
  std::string_view text;
  std::size_t units = 0; ///< UTF-16 code units of what is shown
};

/// The piece that `html`, which is not empty, starts with.
html_piece first_piece(std::string_view html);

/// UTF-16 code units that are left after parsing: what Telegram counts.
std::size_t shown_units(std::string_view html);

/// `html` without its tags, cut to `units_max` with an ellipsis.
std::string without_tags(std::string_view html, std::size_t units_max);

/// Keeps account of the tags that are open. Answers what is wrong with the
/// next one, if anything: it is none of those of
/// https://core.telegram.org/bots/api#html-style, or ends another one.
class open_tags {
public:
  std::optional<std::string> take(std::string_view tag);

  /// What is wrong when nothing else comes.
  std::optional<std::string> finish() const;

private:
  std::vector<std::string> names_;
};

} // namespace holdfast
