// The configuration keys of who may command the node from a chat.
// Must not know TOML.
#include "node/config_values.hpp"

#include <algorithm>

namespace holdfast::detail {

namespace {

constexpr std::size_t operators_max = 100;
/// Telegram's ids have at most 52 bits. Chats of several people have negative
/// ones: whoever is in such a chat is not thereby an operator.
constexpr std::int64_t user_id_max = (std::int64_t{1} << 52) - 1;

config_key user_ids() {
  auto set = [](const config_value& value, node_config& c) -> std::string {
    auto ids = std::get_if<std::vector<std::int64_t>>(&value);
    auto none = std::get_if<std::vector<std::string>>(&value);
    // A list without elements is one of texts.
    if (none && none->empty()) {
      c.control_bot.user_ids.clear();
      return {};
    }
    auto good = [](std::int64_t id) { return id >= 1 && id <= user_id_max; };
    if (!ids || ids->size() > operators_max || !std::ranges::all_of(*ids, good))
      return "must be a list of at most 100 ids of Telegram users, which are "
             "positive whole numbers, such as [123456789]; ids of chats and "
             "names are none";
    c.control_bot.user_ids = {ids->begin(), ids->end()};
    return {};
  };
  return {"control_bot", "user_ids", set};
}

} // namespace

std::vector<config_key> control_keys() {
  using c = node_config;
  return {
      flag(
          "control_bot", "enabled",
          [](c & x) -> auto& { return x.control_bot.enabled; }),
      user_ids(),
  };
}

} // namespace holdfast::detail
