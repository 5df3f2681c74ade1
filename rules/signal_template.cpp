// Texts with placeholders in braces: how they are checked and filled in.
// Must not know what a placeholder stands for, or how a text is sent.
#include "rules/signal_template.hpp"

#include "messages/utf8.hpp"
#include "rules/signal_text.hpp"
#include "rules/telegram_html.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace holdfast {

namespace {

constexpr std::string_view comment_name = "comment";

constexpr std::array<std::string_view, 18> names{
    "pair",       "type",     "category", "entry",  "sl",      "tp",
    "volume",     "exit",     "pips",     "profit", "changes", "accountId",
    "positionId", "signalId", "comment",  "time",   "arrow",   "mark"};

std::string known_names() {
  std::string text;
  for (auto name : names)
    text += (text.empty() ? "{" : " {") + std::string{name} + '}';
  return text;
}

/// The piece of a template that stands first.
struct template_piece {
  enum kind_type : unsigned char { plain, brace, name } kind = plain;
  std::string_view text;  ///< all of it
  std::string_view value; ///< the brace, or the name
};

template_piece next_piece(std::string_view text) {
  auto first = text.find_first_of("{}");
  if (first != 0)
    return {template_piece::plain, text.substr(0, first), {}};
  auto twice = text.size() > 1 && text[1] == text[0];
  if (twice)
    return {template_piece::brace, text.substr(0, 2), text.substr(0, 1)};
  auto end = text.find_first_of("{}", 1);
  if (text[0] == '{' && end != std::string_view::npos && text[end] == '}')
    return {template_piece::name, text.substr(0, end + 1),
            text.substr(1, end - 1)};
  return {template_piece::plain, text.substr(0, 1), {}};
}

/// Checks the text between placeholders. Tags cannot reach over one, so that
/// no value ever becomes part of a tag.
class markup_check {
public:
  std::optional<std::string> take(std::string_view text) {
    while (!text.empty()) {
      auto piece = first_piece(text);
      text.remove_prefix(piece.text.size());
      if (piece.kind == html_piece::tag) {
        if (auto why = tags_.take(piece.text))
          return why;
        continue;
      }
      shows_ = shows_ || piece.text.find_first_not_of(" \n\t") == 0;
      if (piece.text == "<")
        return "has a < that starts no tag; write &lt; for a bare one, and no "
               "placeholder or brace inside a tag";
      if (piece.text == ">")
        return "has a > that ends no tag; write &gt; for a bare one";
      if (piece.text == "&")
        return "has a & that starts none of &lt; &gt; &amp; &quot; &#1234;; "
               "write &amp; for a bare one";
    }
    return std::nullopt;
  }

  void show() { shows_ = true; }

  std::optional<std::string> finish() const {
    if (!shows_)
      return "has no text";
    return tags_.finish();
  }

private:
  open_tags tags_;
  bool shows_ = false;
};

/// At most `units` UTF-16 code units of `text`, cut between characters.
std::string cut(std::string_view text, std::size_t units) {
  std::size_t end = 0;
  for (std::size_t used = 0; end < text.size();) {
    auto size = std::max<std::size_t>(utf8_length(text.substr(end)), 1);
    used += size == 4 ? 2 : 1;
    if (used > units)
      break;
    end += size;
  }
  return std::string{text.substr(0, end)};
}

} // namespace

std::optional<std::string> check_template_text(std::string_view text) {
  if (text.size() > template_size_max)
    return "has " + std::to_string(text.size()) + " bytes; at most " +
           std::to_string(template_size_max) + " are possible";
  if (auto pos = find_invalid_utf8(text); pos != std::string_view::npos)
    return "is not valid UTF-8 at byte " + std::to_string(pos + 1);
  markup_check markup;
  while (!text.empty()) {
    auto piece = next_piece(text);
    text.remove_prefix(piece.text.size());
    if (piece.kind == template_piece::plain) {
      if (piece.text == "{" || piece.text == "}")
        return "has a " + std::string{piece.text} +
               " without its other half; write {{ and }} for braces";
      if (auto why = markup.take(piece.text))
        return why;
      continue;
    }
    markup.show();
    if (piece.kind == template_piece::name &&
        std::ranges::find(names, piece.value) == names.end())
      return "must not contain " + std::string{piece.text} + "; known are " +
             known_names();
  }
  return markup.finish();
}

std::string fill_in(std::string_view text,
                    const std::vector<placeholder_value>& values) {
  std::string out;
  while (!text.empty()) {
    auto piece = next_piece(text);
    text.remove_prefix(piece.text.size());
    auto found = values.end();
    if (piece.kind == template_piece::name)
      found = std::ranges::find(values, piece.value, &placeholder_value::name);
    if (piece.kind == template_piece::brace)
      out += piece.value;
    else if (found == values.end())
      out += piece.text;
    else
      out += found->value.empty() ? "–" : escape_html(found->value);
  }
  return out;
}

std::string fill_message(std::string_view text,
                         std::vector<placeholder_value> values) {
  auto whole = fill_in(text, values);
  auto units = shown_units(whole);
  if (units <= message_units_max)
    return whole;
  auto comment =
      std::ranges::find(values, comment_name, &placeholder_value::name);
  if (comment != values.end() && !comment->value.empty()) {
    auto each = shown_units(escape_html(comment->value));
    std::size_t times = 0;
    for (auto rest = text; !rest.empty();) {
      auto piece = next_piece(rest);
      rest.remove_prefix(piece.text.size());
      if (piece.kind == template_piece::name && piece.value == comment_name)
        ++times;
    }
    auto others = units - times * each;
    if (times > 0 && others + times <= message_units_max) {
      auto room = (message_units_max - others) / times;
      comment->value = cut(comment->value, room - 1) + "…";
      return fill_in(text, values);
    }
  }
  return without_tags(whole, message_units_max);
}

} // namespace holdfast
