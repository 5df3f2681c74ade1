// One JSON object of a reply, asked for its members by name.
// Must not know any service.
#pragma once

#include "messages/json_text.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast {

/// The members of a JSON object; none when the text is no object.
class json_object {
public:
  explicit json_object(std::string_view json) {
    std::string why;
    if (!split_members(json, {}, members_, why))
      members_.clear();
  }

  const json_member* find(std::string_view name) const {
    auto at = std::ranges::find(members_, name, &json_member::name);
    return at == members_.end() ? nullptr : &*at;
  }

  /// A string's text, or a number's digits; empty for anything else.
  std::string text(std::string_view name) const {
    auto x = find(name);
    if (!x)
      return {};
    if (x->kind == json_kind::number)
      return x->value;
    return decode_string(x->value).value_or(std::string{});
  }

  /// A number without fraction and exponent that fits 64 bits.
  std::optional<std::int64_t> integer(std::string_view name) const {
    auto x = find(name);
    return x ? decode_integer(x->value) : std::nullopt;
  }

  bool is_true(std::string_view name) const {
    auto x = find(name);
    return x && x->value == "true";
  }

  /// An object inside this one; without members when there is none.
  json_object inside(std::string_view name) const {
    auto x = find(name);
    return json_object{x ? std::string_view{x->value} : std::string_view{}};
  }

private:
  std::vector<json_member> members_;
};

} // namespace holdfast
