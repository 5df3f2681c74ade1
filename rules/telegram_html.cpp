// Telegram's HTML: what it knows, and how long it is once it is parsed.
// Must not know signals or templates.
#include "rules/telegram_html.hpp"

#include "messages/utf8.hpp"
#include "rules/ascii.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

namespace holdfast {

namespace {

constexpr std::array<std::string_view, 13> plain_tags{
    "b",   "strong", "i",          "em",   "u",   "ins",       "s",
    "del", "strike", "tg-spoiler", "code", "pre", "blockquote"};

struct tag_with_attribute {
  std::string_view name;
  std::string_view before; ///< the attribute, up to its value
  std::string_view behind; ///< the value
};

constexpr std::array attributed_tags{
    tag_with_attribute{"a", R"(href=")", "\""},
    tag_with_attribute{"span", R"(class="tg-spoiler)", "\""},
    tag_with_attribute{"code", R"(class="language-)", "\""},
    tag_with_attribute{"tg-emoji", R"(emoji-id=")", "\""},
    tag_with_attribute{"blockquote", "expandable", ""},
};

bool is_known(std::string_view name, std::string_view attribute) {
  if (attribute.empty())
    return std::ranges::find(plain_tags, name) != plain_tags.end();
  return std::ranges::any_of(attributed_tags, [&](const auto& x) {
    if (x.name != name || !attribute.starts_with(x.before))
      return false;
    auto value = attribute.substr(x.before.size());
    if (!value.ends_with(x.behind))
      return false;
    value.remove_suffix(x.behind.size());
    if (name == "tg-emoji")
      return !value.empty() && std::ranges::all_of(value, is_digit);
    if (name == "a" || name == "code")
      return !value.empty() && value.find('"') == std::string_view::npos;
    return value.empty();
  });
}

/// UTF-16 code units of an entity from `&` to `;`; 0: it is none.
std::size_t units_of_entity(std::string_view text) {
  if (text == "&lt;" || text == "&gt;" || text == "&amp;" || text == "&quot;")
    return 1;
  if (!text.starts_with("&#"))
    return 0;
  auto digits = text.substr(2, text.size() - 3);
  auto base = 10;
  if (digits.starts_with('x')) {
    digits.remove_prefix(1);
    base = 16;
  }
  std::uint32_t code = 0;
  auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), code, base);
  if (error != std::errc{} || end != digits.data() + digits.size() ||
      code == 0 || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000))
    return 0;
  return code > 0xFFFF ? 2 : 1;
}

} // namespace

html_piece first_piece(std::string_view html) {
  constexpr std::size_t entity_size_max = 10; // &#x10FFFF;
  if (html.front() == '<')
    if (auto end = html.find('>'); end != std::string_view::npos)
      return {html_piece::tag, html.substr(0, end + 1), 0};
  if (html.front() == '&') {
    auto end = html.substr(0, entity_size_max).find(';');
    if (end != std::string_view::npos)
      if (auto units = units_of_entity(html.substr(0, end + 1)); units != 0)
        return {html_piece::entity, html.substr(0, end + 1), units};
  }
  auto size = std::max<std::size_t>(utf8_length(html), 1);
  return {html_piece::character, html.substr(0, size),
          size == 4 ? std::size_t{2} : 1};
}

std::size_t shown_units(std::string_view html) {
  std::size_t units = 0;
  while (!html.empty()) {
    auto piece = first_piece(html);
    units += piece.units;
    html.remove_prefix(piece.text.size());
  }
  return units;
}

std::string without_tags(std::string_view html, std::size_t units_max) {
  std::string text;
  std::size_t units = 0;
  std::size_t fits = 0; // as much of `text` leaves room for the ellipsis
  while (!html.empty()) {
    auto piece = first_piece(html);
    html.remove_prefix(piece.text.size());
    if (piece.kind == html_piece::tag)
      continue;
    if (units + piece.units > units_max) {
      text.resize(fits);
      return text + "…";
    }
    text += piece.text;
    units += piece.units;
    if (units < units_max)
      fits = text.size();
  }
  return text;
}

std::optional<std::string> open_tags::take(std::string_view tag) {
  auto whole = std::string{tag};
  auto inside = tag.substr(1, tag.size() - 2);
  if (inside.starts_with('/')) {
    if (names_.empty())
      return "has " + whole + " where nothing is open";
    if (inside.substr(1) != names_.back())
      return "has " + whole + " where </" + names_.back() + "> is due";
    names_.pop_back();
    return std::nullopt;
  }
  auto space = inside.find(' ');
  auto name = inside.substr(0, space);
  auto attribute = space == std::string_view::npos ? std::string_view{}
                                                   : inside.substr(space + 1);
  if (!is_known(name, attribute))
    return "has the tag " + whole +
           ", which is none of Telegram's as its documentation writes them; "
           "use &lt; for a bare <";
  names_.emplace_back(name);
  return std::nullopt;
}

std::optional<std::string> open_tags::finish() const {
  if (names_.empty())
    return std::nullopt;
  return "has <" + names_.back() + "> without its </" + names_.back() + ">";
}

} // namespace holdfast
