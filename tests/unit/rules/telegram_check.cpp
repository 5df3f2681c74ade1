#include "tests/unit/rules/telegram_check.hpp"

#include <regex>
#include <vector>

namespace holdfast::test {

namespace {

// https://core.telegram.org/bots/api#html-style
const std::regex start_tag{
    "<(?:(b|strong|i|em|u|ins|s|strike|del|tg-spoiler|code|pre|blockquote)|"
    "(span) class=\"tg-spoiler\"|(a) href=\"[^\"<>]+\"|"
    "(code) class=\"language-[^\"<>]+\"|(blockquote) expandable|"
    "(tg-emoji) emoji-id=\"[0-9]+\")>"};
const std::regex end_tag{"</([a-z-]+)>"};
const std::regex numbered{"&#(?:x([0-9A-Fa-f]+)|([0-9]+));"};
const std::regex named{"&(lt|gt|amp|quot);"};

/// Whether `what` matches at `pos`; the match is left in `m`.
bool at(const std::string& text, std::size_t pos, const std::regex& what,
        std::smatch& m) {
  return std::regex_search(text.begin() + static_cast<std::ptrdiff_t>(pos),
                           text.end(), m, what,
                           std::regex_constants::match_continuous);
}

void append_code_point(std::string& out, unsigned long code) {
  auto tail = [&](int shift) {
    out += static_cast<char>(0x80 | (code >> shift & 0x3F));
  };
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0 | code >> 6);
    tail(0);
  } else if (code < 0x10000) {
    out += static_cast<char>(0xE0 | code >> 12);
    tail(6);
    tail(0);
  } else {
    out += static_cast<char>(0xF0 | code >> 18);
    tail(12);
    tail(6);
    tail(0);
  }
}

} // namespace

parsed_html parse_as_telegram(const std::string& html) {
  parsed_html out;
  std::vector<std::string> open;
  std::smatch m;
  for (std::size_t pos = 0; pos < html.size();) {
    auto c = html[pos];
    if (c == '<' && at(html, pos, start_tag, m)) {
      for (std::size_t group = 1; group < m.size(); ++group)
        if (m[group].matched)
          open.push_back(m[group].str());
    } else if (c == '<' && at(html, pos, end_tag, m)) {
      if (open.empty() || open.back() != m[1].str()) {
        out.error = "wrong end tag " + m.str();
        return out;
      }
      open.pop_back();
    } else if (c == '&' && at(html, pos, named, m)) {
      auto name = m[1].str();
      out.shown += name == "lt"    ? '<'
                   : name == "gt"  ? '>'
                   : name == "amp" ? '&'
                                   : '"';
    } else if (c == '&' && at(html, pos, numbered, m)) {
      auto hex = m[1].matched;
      auto code = std::stoul(m[hex ? 1 : 2].str(), nullptr, hex ? 16 : 10);
      append_code_point(out.shown, code);
    } else if (c == '<' || c == '>' || c == '&') {
      out.error = "bare " + html.substr(pos, 20);
      return out;
    } else {
      out.shown += c;
      ++pos;
      continue;
    }
    pos += static_cast<std::size_t>(m.length());
  }
  if (!open.empty())
    out.error = "open " + open.back();
  for (auto c : out.shown) {
    auto byte = static_cast<unsigned char>(c);
    out.units += byte >= 0xF0 ? 2 : (byte & 0xC0) == 0x80 ? 0 : 1;
  }
  return out;
}

} // namespace holdfast::test
