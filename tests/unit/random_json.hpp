// Random JSON values and random spellings of them, for property tests.
// The same generator state always gives the same value.
#pragma once

#include "messages/json_text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace holdfast::testing {

using generator = std::mt19937_64;

struct json_tree {
  json_kind kind = json_kind::null;
  std::string text; ///< a string's UTF-8, or the literal
  std::string name; ///< when it is a member
  std::vector<json_tree> children;
};

inline std::size_t below(generator& random, std::size_t limit) {
  return static_cast<std::size_t>(random() % limit);
}

inline std::string random_text(generator& random) {
  static const std::vector<std::string> pieces{
      "a",  "b",      "Z",      "0",    "\"",         "\\",        "/",
      "\n", "\x01",   "\t",     "\x7f", "ö",          "€",         "\xC2\x80",
      "דּ",  "\uE000", "\uFFFD", "😂",    "\U00010000", "\U0010FFFF"};
  std::string text;
  for (auto left = below(random, 6); left > 0; --left)
    text += pieces[below(random, pieces.size())];
  return text;
}

inline std::string random_number(generator& random) {
  static const std::vector<std::string> numbers{
      "0",     "-0",   "1",    "-17",    "9007199254740992",  "0.5",
      "1.50",  "1e3",  "1E+2", "2.5e-7", "333333333.3333333", "1e30",
      "0.001", "-0.0", "100",  "1e-27",  "12345.678900",      "5e-324"};
  return numbers[below(random, numbers.size())];
}

inline json_tree random_tree(generator& random, std::size_t depth) {
  json_tree tree;
  auto kind = below(random, depth > 0 ? 6 : 4);
  tree.kind = static_cast<json_kind>(kind);
  switch (tree.kind) {
  case json_kind::null:
    tree.text = "null";
    break;
  case json_kind::boolean:
    tree.text = below(random, 2) ? "true" : "false";
    break;
  case json_kind::number:
    tree.text = random_number(random);
    break;
  case json_kind::string:
    tree.text = random_text(random);
    break;
  default:
    for (auto left = below(random, 5); left > 0; --left) {
      auto name = random_text(random) + std::to_string(left); // no twins
      tree.children.push_back(random_tree(random, depth - 1));
      tree.children.back().name = name;
    }
  }
  return tree;
}

inline json_tree random_object(generator& random, std::size_t depth) {
  for (;;) {
    auto tree = random_tree(random, depth);
    if (tree.kind == json_kind::object)
      return tree;
  }
}

/// The string as another JSON library writes it.
inline std::string compact_string(const std::string& utf8) {
  return nlohmann::json(utf8).dump();
}

inline std::string compact(const json_tree& tree) {
  if (tree.kind == json_kind::string)
    return compact_string(tree.text);
  if (tree.kind < json_kind::array)
    return tree.text;
  bool object = tree.kind == json_kind::object;
  std::string out = object ? "{" : "[";
  for (auto& child : tree.children) {
    if (out.size() > 1)
      out += ',';
    if (object)
      out += compact_string(child.name) + ":";
    out += compact(child);
  }
  return out + (object ? "}" : "]");
}

inline std::string random_space(generator& random) {
  static const std::vector<std::string> spaces{"",   "",   " ",
                                               "\n", "\t", "\r\n "};
  return spaces[below(random, spaces.size())];
}

/// Some characters as \u escapes, the others as the library writes them.
inline std::string spelled_string(const std::string& utf8, generator& random) {
  return nlohmann::json(utf8).dump(-1, ' ', below(random, 2) == 0);
}

/// The same value with other white space and escapes; `shuffle`: and with the
/// members of every object in another order.
inline std::string spelled(json_tree tree, generator& random, bool shuffle) {
  auto space = [&] { return random_space(random); };
  if (tree.kind == json_kind::string)
    return space() + spelled_string(tree.text, random) + space();
  if (tree.kind < json_kind::array)
    return space() + tree.text + space();
  bool object = tree.kind == json_kind::object;
  if (object && shuffle)
    std::shuffle(tree.children.begin(), tree.children.end(), random);
  std::string out = space() + (object ? "{" : "[") + space();
  bool first = true;
  for (auto& child : tree.children) {
    if (!std::exchange(first, false))
      out += ",";
    if (object)
      out += space() + spelled_string(child.name, random) + space() + ":";
    out += spelled(child, random, shuffle);
  }
  return out + (object ? "}" : "]") + space();
}

} // namespace holdfast::testing
