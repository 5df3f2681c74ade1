// One pass over the markup with a stack of open tags.
// Must not know messages.
#include "tests/fakes/telegram_html.hpp"

#include <algorithm>
#include <cctype>
#include <map>
#include <optional>
#include <stdexcept>
#include <utility>

namespace fake {

namespace {

constexpr std::size_t reference_digits_max = 7;
constexpr char32_t code_end = 0x10ffff;

/// The tags there are, and what they make of a text.
const std::map<std::string, std::string>& tags() {
  static const std::map<std::string, std::string> known{
      {"b", "bold"},
      {"strong", "bold"},
      {"i", "italic"},
      {"em", "italic"},
      {"u", "underline"},
      {"ins", "underline"},
      {"s", "strikethrough"},
      {"strike", "strikethrough"},
      {"del", "strikethrough"},
      {"span", "spoiler"},
      {"tg-spoiler", "spoiler"},
      {"tg-emoji", "custom_emoji"},
      {"a", "text_link"},
      {"code", "code"},
      {"pre", "pre"},
      {"blockquote", "blockquote"},
  };
  return known;
}

bool is_space(char c) { return std::isspace(static_cast<unsigned char>(c)); }

std::string lower(std::string_view text) {
  std::string result{text};
  std::transform(result.begin(), result.end(), result.begin(),
                 [](unsigned char c) { return std::tolower(c); });
  return result;
}

std::string in_quotes(const std::string& text) { return '"' + text + '"'; }

/// As Telegram lists them: by offset, the longer one first.
bool comes_first(const entity& a, const entity& b) {
  return a.offset != b.offset ? a.offset < b.offset : a.length > b.length;
}

class html_parser {
public:
  explicit html_parser(std::string_view markup) : markup_(markup) {}

  formatted_text parse() {
    while (!at_end()) {
      if (peek() == '<') {
        begin_ = at_++;
        if (peek() == '/')
          close_tag();
        else
          open_tag();
      } else if (auto code = reference()) {
        append_utf8(result_.text, *code);
      } else {
        result_.text += markup_[at_++];
      }
    }
    if (!open_.empty())
      fail("Can't find end tag corresponding to start tag " +
           in_quotes(open_.back().tag));
    if (!is_utf8(result_.text))
      fail("Text contains invalid Unicode characters after decoding HTML "
           "entities, check for unmatched surrogate code units");
    std::stable_sort(result_.entities.begin(), result_.entities.end(),
                     comes_first);
    return std::move(result_);
  }

private:
  struct open_entity {
    std::string tag;
    entity what;
    std::size_t text_from; ///< in bytes
  };

  [[noreturn]] static void fail(const std::string& text) {
    throw std::invalid_argument(text);
  }

  [[noreturn]] void fail_here(const std::string& text) const {
    fail(text + " at byte offset " + std::to_string(begin_));
  }

  bool at_end() const { return at_ >= markup_.size(); }
  char peek() const { return at_end() ? '\0' : markup_[at_]; }

  void skip_space() {
    while (is_space(peek()))
      ++at_;
  }

  /// What comes before `end` or white space.
  std::string_view word(char end) {
    auto from = at_;
    while (!at_end() && peek() != end && !is_space(peek()))
      ++at_;
    return markup_.substr(from, at_ - from);
  }

  /// `&lt;` and its like, which may lack the `;`; if it is none, nothing is
  /// taken.
  std::optional<char32_t> reference() {
    if (peek() != '&')
      return std::nullopt;
    auto rest = markup_.substr(at_ + 1);
    auto code = rest.starts_with('#') ? numeric(rest) : named(rest);
    if (code == 0)
      return std::nullopt;
    at_ = markup_.size() - rest.size();
    if (peek() == ';')
      ++at_;
    return code;
  }

  static char32_t named(std::string_view& rest) {
    static const std::map<std::string_view, char32_t> known{
        {"lt", U'<'}, {"gt", U'>'}, {"amp", U'&'}, {"quot", U'"'}};
    auto letters = std::find_if_not(rest.begin(), rest.end(), [](char c) {
      return std::isalpha(static_cast<unsigned char>(c));
    });
    auto size = static_cast<std::size_t>(letters - rest.begin());
    auto found = known.find(rest.substr(0, size));
    rest.remove_prefix(size);
    return found == known.end() ? 0 : found->second;
  }

  static char32_t numeric(std::string_view& rest) {
    rest.remove_prefix(1);
    auto base = rest.starts_with('x') ? 16U : 10U;
    if (base == 16)
      rest.remove_prefix(1);
    constexpr std::string_view digits = "0123456789abcdef";
    char32_t code = 0;
    for (std::size_t count = 0; !rest.empty(); ++count) {
      auto digit = digits.find(static_cast<char>(
          std::tolower(static_cast<unsigned char>(rest.front()))));
      if (digit >= base)
        break;
      if (count == reference_digits_max)
        return 0;
      code = code * base + static_cast<char32_t>(digit);
      rest.remove_prefix(1);
    }
    return code < code_end ? code : 0;
  }

  void open_tag() {
    auto tag = lower(word('>'));
    if (at_end())
      fail_here("Unclosed start tag");
    auto known = tags().find(tag);
    if (known == tags().end())
      fail_here("Unsupported start tag " + in_quotes(tag));
    open_entity opened{tag, {known->second}, result_.text.size()};
    opened.what.offset = utf16_length(result_.text);
    for (skip_space(); peek() != '>'; skip_space())
      attribute(tag, opened.what.argument);
    ++at_;
    if (tag == "span" && opened.what.argument != "tg-spoiler")
      fail_here(R"(Tag "span" must have class "tg-spoiler")");
    open_.push_back(std::move(opened));
  }

  /// Keeps the value of the one attribute that counts for `tag`.
  void attribute(const std::string& tag, std::string& argument) {
    if (at_end())
      fail_here("Unclosed start tag");
    auto name = attribute_name();
    if (name.empty())
      fail_here("Empty attribute name in the tag " + in_quotes(tag));
    skip_space();
    if (peek() == '=') {
      ++at_;
      skip_space();
      auto value = attribute_value();
      if ((tag == "a" && name == "href") ||
          (tag == "tg-emoji" && name == "emoji-id") ||
          ((tag == "span" || tag == "code") && name == "class"))
        argument = value;
    } else if (tag != "blockquote" || name != "expandable") {
      fail_here("Expected equal sign in declaration of an attribute of the "
                "tag " +
                in_quotes(tag));
    }
    if (at_end())
      fail_here("Unclosed start tag");
  }

  std::string attribute_name() {
    auto from = at_;
    while (!at_end() && peek() != '=' && peek() != '>' && !is_space(peek()))
      ++at_;
    return lower(markup_.substr(from, at_ - from));
  }

  std::string attribute_value() {
    auto quote = peek();
    if (quote != '"' && quote != '\'')
      return bare_value();
    std::string value;
    ++at_;
    while (!at_end() && peek() != quote) {
      if (auto code = reference())
        append_utf8(value, *code);
      else
        value += markup_[at_++];
    }
    if (!at_end())
      ++at_;
    return value;
  }

  std::string bare_value() {
    auto from = at_;
    while (std::isalnum(static_cast<unsigned char>(peek())) || peek() == '.' ||
           peek() == '-')
      ++at_;
    if (!at_end() && !is_space(peek()) && peek() != '>')
      fail("Unexpected end of name token at byte offset " +
           std::to_string(from));
    return lower(markup_.substr(from, at_ - from));
  }

  void close_tag() {
    if (open_.empty())
      fail_here("Unexpected end tag");
    ++at_;
    auto tag = lower(word('>'));
    skip_space();
    if (peek() != '>')
      fail_here("Unclosed end tag");
    ++at_;
    auto ended = std::move(open_.back());
    open_.pop_back();
    if (!tag.empty() && tag != ended.tag)
      fail("Unmatched end tag at byte offset " + std::to_string(begin_) +
           ", expected " + in_quotes("</" + ended.tag + ">") + ", found " +
           in_quotes("</" + tag + ">"));
    ended.what.length = utf16_length(result_.text) - ended.what.offset;
    if (ended.tag == "a" && ended.what.argument.empty())
      ended.what.argument = result_.text.substr(ended.text_from);
    if (ended.what.length > 0)
      result_.entities.push_back(std::move(ended.what));
  }

  std::string_view markup_;
  std::size_t at_ = 0;
  std::size_t begin_ = 0; ///< of the tag at hand
  std::vector<open_entity> open_;
  formatted_text result_;
};

} // namespace

formatted_text parse_html(std::string_view markup) {
  return html_parser{markup}.parse();
}

} // namespace fake
