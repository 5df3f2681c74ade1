// Kinds of values that several sections of a configuration have.
// Internal to the files config_keys*.cpp. Must not know TOML.
#pragma once

#include "node/config_keys.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace holdfast::detail {

/// A whole number from `min` to `max`, stored times `scale` in `field(c)`.
template <class Field>
config_key whole_number(std::string section, std::string name, std::int64_t min,
                        std::int64_t max, Field field, std::int64_t scale = 1) {
  auto set = [=](const config_value& value, node_config& c) -> std::string {
    auto number = std::get_if<std::int64_t>(&value);
    if (!number || *number < min || *number > max)
      return "must be a whole number from " + std::to_string(min) + " to " +
             std::to_string(max);
    auto& target = field(c);
    target = static_cast<std::decay_t<decltype(target)>>(*number * scale);
    return {};
  };
  return {std::move(section), std::move(name), set};
}

template <class Field>
config_key flag(std::string section, std::string name, Field field) {
  auto set = [=](const config_value& value, node_config& c) -> std::string {
    auto on = std::get_if<bool>(&value);
    if (!on)
      return "must be true or false";
    field(c) = *on;
    return {};
  };
  return {std::move(section), std::move(name), set};
}

/// A text that is `good`; `wanted` says what is ("must be …").
template <class Good, class Field>
config_key text(std::string section, std::string name, std::string wanted,
                Good good, Field field) {
  auto set = [=](const config_value& value, node_config& c) -> std::string {
    auto given = std::get_if<std::string>(&value);
    if (!given || !good(*given))
      return wanted;
    field(c) = *given;
    return {};
  };
  return {std::move(section), std::move(name), set};
}

/// A chat's number, or a channel's name. Whether it is one of Telegram's is
/// seen when it is known who is told.
template <class Field>
config_key chat(std::string section, std::string name, std::string example,
                Field field) {
  auto set = [=](const config_value& value, node_config& c) -> std::string {
    auto text = std::get_if<std::string>(&value);
    auto number = std::get_if<std::int64_t>(&value);
    auto printable = [](char x) { return x > ' ' && x <= '~'; };
    if ((!text && !number) ||
        (text && (text->size() > 64 || !std::ranges::all_of(*text, printable))))
      return "must be a chat: a number such as -1001234567890, or a channel's "
             "name such as \"" +
             example + '"';
    field(c) = number ? std::to_string(*number) : *text;
    return {};
  };
  return {std::move(section), std::move(name), set};
}

/// The path of a file; empty means none.
template <class Field>
config_key file_path(std::string section, std::string name, Field field) {
  auto good = [](std::string_view path) {
    return path.find('\0') == std::string_view::npos;
  };
  return text(std::move(section), std::move(name), "must be the path of a file",
              good, field);
}

/// One of two names; the second one sets `field(c)`.
template <class Field>
config_key either(std::string section, std::string name, std::string first,
                  std::string second, Field field) {
  auto set = [=](const config_value& value, node_config& c) -> std::string {
    auto given = std::get_if<std::string>(&value);
    if (!given || (*given != first && *given != second))
      return "must be \"" + first + "\" or \"" + second + '"';
    field(c) = *given == second;
    return {};
  };
  return {std::move(section), std::move(name), set};
}

/// The base URL of a service that gets secrets; see `check_base_url`. Empty,
/// where it may be: none.
template <class Field>
config_key base_url(std::string section, const std::string& example,
                    Field field, bool may_be_empty = false) {
  auto set = [=](const config_value& value, node_config& c) -> std::string {
    auto given = std::get_if<std::string>(&value);
    auto url = given ? *given : std::string{};
    auto wrong = given && url.empty() && may_be_empty
                     ? std::string{}
                     : check_base_url(url, example);
    while (url.ends_with('/'))
      url.pop_back();
    if (wrong.empty())
      field(c) = url;
    return wrong;
  };
  return {std::move(section), "base_url", set};
}

} // namespace holdfast::detail
