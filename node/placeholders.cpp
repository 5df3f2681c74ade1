// Finds placeholders in text.
#include "node/placeholders.hpp"

#include <algorithm>

namespace holdfast::detail {

namespace {

std::vector<std::string> split(std::string_view text, char at) {
  std::vector<std::string> parts;
  for (;;) {
    auto end = text.find(at);
    parts.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos)
      return parts;
    text.remove_prefix(end + 1);
  }
}

bool is_word(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
           (c >= 'a' && c <= 'z') || c == '_' || c == '-';
  });
}

/// What stands between two braces; empty when it is no placeholder.
std::vector<reference> read(std::string_view inside) {
  std::vector<reference> result;
  for (auto& option : split(inside, '|')) {
    auto words = split(option, '.');
    if (words.size() < 2 || !std::all_of(words.begin(), words.end(), is_word))
      return {};
    reference ref;
    ref.name = words.front();
    ref.path.assign(words.begin() + 1, words.end());
    result.push_back(std::move(ref));
  }
  return result;
}

} // namespace

std::vector<piece> cut(std::string_view text) {
  std::vector<piece> pieces;
  std::string literal;
  while (!text.empty()) {
    auto end = text.front() == '{' ? text.find('}') : std::string_view::npos;
    std::vector<reference> options;
    if (end != std::string_view::npos)
      options = read(text.substr(1, end - 1));
    if (options.empty()) {
      literal += text.front();
      text.remove_prefix(1);
      continue;
    }
    if (!literal.empty())
      pieces.push_back({std::move(literal), {}});
    literal.clear();
    pieces.push_back(
        {std::string{text.substr(0, end + 1)}, std::move(options)});
    text.remove_prefix(end + 1);
  }
  if (!literal.empty())
    pieces.push_back({std::move(literal), {}});
  return pieces;
}

} // namespace holdfast::detail
