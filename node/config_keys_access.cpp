// The configuration keys of who may call, and how.
// Must not know TOML or the files that they name.
#include "gateway/origin_rule.hpp"
#include "node/config_keys.hpp"

namespace holdfast::detail {

namespace {

/// The path of a file, stored in `field(c)`; empty means none.
template <class Field>
config_key file_path(std::string section, std::string name, Field field) {
  auto set = [=](const config_value& value, node_config& c) -> std::string {
    auto text = std::get_if<std::string>(&value);
    if (!text || text->find('\0') != std::string::npos)
      return "must be the path of a file";
    field(c) = *text;
    return {};
  };
  return {std::move(section), std::move(name), set};
}

template <class Field>
config_key whole_number(std::string name, std::int64_t min, std::int64_t max,
                        Field field) {
  auto set = [=](const config_value& value, node_config& c) -> std::string {
    auto number = std::get_if<std::int64_t>(&value);
    if (!number || *number < min || *number > max)
      return "must be a whole number from " + std::to_string(min) + " to " +
             std::to_string(max);
    field(c) = *number;
    return {};
  };
  return {"auth", std::move(name), set};
}

config_key hosts() {
  auto set = [](const config_value& value, node_config& c) -> std::string {
    auto names = std::get_if<std::vector<std::string>>(&value);
    if (!names)
      return "must be a list of names such as [\"bot.example\"]";
    for (auto& name : *names)
      if (auto wrong = check_host_name(name))
        return *wrong + ", not \"" + name + "\" among others";
    c.hosts = *names;
    return {};
  };
  return {"node", "hosts", set};
}

} // namespace

std::vector<config_key> access_keys() {
  using c = node_config;
  return {
      hosts(),
      file_path(
          "auth", "tokens_file",
          [](c & x) -> auto& { return x.auth.tokens_file; }),
      whole_number(
          "requests_per_s", 0, 1'000'000,
          [](c & x) -> auto& { return x.auth.requests_per_s; }),
      whole_number(
          "burst", 1, 1'000'000, [](c & x) -> auto& { return x.auth.burst; }),
      file_path(
          "tls", "certificate",
          [](c & x) -> auto& { return x.tls.certificate; }),
      file_path(
          "tls", "private_key",
          [](c & x) -> auto& { return x.tls.private_key; }),
  };
}

} // namespace holdfast::detail
