// Shell globs over short names.
// Must not know what is named, files or locales.
#include "rules/glob.hpp"

#include <cstddef>

namespace holdfast {

namespace {

constexpr auto npos = std::string_view::npos;

bool negates(std::string_view pattern) {
  return pattern.size() > 1 && (pattern[1] == '!' || pattern[1] == '^');
}

/// Where the set that `pattern` starts with has its `]`; npos: nowhere.
std::size_t end_of_set(std::string_view pattern) {
  return pattern.find(']', negates(pattern) ? 3 : 2);
}

bool set_has(std::string_view set, char c) {
  auto byte = [](char x) { return static_cast<unsigned char>(x); };
  for (std::size_t at = 0; at < set.size(); ++at) {
    auto first = set[at];
    if (at + 2 < set.size() && set[at + 1] == '-')
      at += 2;
    if (byte(first) <= byte(c) && byte(c) <= byte(set[at]))
      return true;
  }
  return false;
}

/// How much of `pattern` matches `c`; 0: what stands first does not.
std::size_t match_one(std::string_view pattern, char c) {
  if (pattern.empty())
    return 0;
  if (pattern.front() == '?')
    return 1;
  if (pattern.front() != '[')
    return pattern.front() == c ? 1 : 0;
  auto end = end_of_set(pattern);
  if (end == npos)
    return 0;
  auto begin = negates(pattern) ? std::size_t{2} : std::size_t{1};
  auto found = set_has(pattern.substr(begin, end - begin), c);
  return found != negates(pattern) ? end + 1 : 0;
}

} // namespace

bool is_glob(std::string_view pattern) {
  for (auto open = pattern.find('['); open != npos; open = pattern.find('[')) {
    pattern.remove_prefix(open);
    auto end = end_of_set(pattern);
    if (end == npos)
      return false;
    pattern.remove_prefix(end + 1);
  }
  return true;
}

bool glob_matches(std::string_view pattern, std::string_view text) {
  std::size_t at = 0;
  std::size_t star = npos; // behind the last one that was met
  std::size_t taken = 0;   // how far into the text it reaches
  for (std::size_t pos = 0; pos < text.size();) {
    if (at < pattern.size() && pattern[at] == '*') {
      star = ++at;
      taken = pos;
    } else if (auto used = match_one(pattern.substr(at), text[pos]);
               used != 0) {
      at += used;
      ++pos;
    } else if (star != npos) {
      at = star;
      pos = ++taken;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', at) == npos;
}

} // namespace holdfast
