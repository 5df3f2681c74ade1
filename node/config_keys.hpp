// The keys that a configuration file may hold, and how each value is checked.
// Internal to config.cpp and config_keys.cpp. Must not know TOML.
#pragma once

#include "node/config.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace holdfast::detail {

/// A value of the file; lists are of texts or of whole numbers. Anything that
/// no key takes (a date, another list) is `monostate`.
using config_value =
    std::variant<std::monostate, std::int64_t, double, bool, std::string,
                 std::vector<std::string>, std::vector<std::int64_t>>;

struct config_key {
  std::string section;
  std::string name;
  /// Stores the value. Answers what is wrong with it ("must be …"), or
  /// nothing.
  std::function<std::string(const config_value&, node_config&)> set;
  /// The same for one entry of a table whose names are the user's own, such
  /// as `[paper.prices]`, or `[pips]`, whose key has no name; empty for all
  /// other keys.
  std::function<std::string(const std::string& entry, const config_value&,
                            node_config&)>
      set_entry = {};
};

/// The keys of who may call, and how: [auth], [tls] and node.hosts.
std::vector<config_key> access_keys();

/// The keys of how MEXC is spoken to: [mexc].
std::vector<config_key> mexc_config_keys();

/// The keys of what positions become: [pips], [signals] and [metaapi].
std::vector<config_key> signal_keys();

/// The keys of when the node calls for help, and where: [alerts].
std::vector<config_key> alert_keys();

/// The keys of how that is told: [telegram].
std::vector<config_key> telegram_keys();

/// The keys of who may command the node from a chat: [control_bot].
std::vector<config_key> control_keys();

/// All keys of this version.
const std::vector<config_key>& config_keys();

const config_key* find_key(std::string_view section, std::string_view name);

/// Whether there are keys named `name.…`, such as `templates.open`.
bool is_group(std::string_view section, std::string_view name);

bool is_section(std::string_view name);

/// The name among `names` that was probably meant, or nothing.
std::string closest(std::string_view meant,
                    const std::vector<std::string>& names);

} // namespace holdfast::detail
