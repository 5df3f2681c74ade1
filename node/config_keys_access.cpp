// The configuration keys of who may call, and how.
// Must not know TOML or the files that they name.
#include "gateway/origin_rule.hpp"
#include "node/config_values.hpp"

namespace holdfast::detail {

namespace {

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
          "auth", "requests_per_s", 0, 1'000'000,
          [](c & x) -> auto& { return x.auth.requests_per_s; }),
      whole_number(
          "auth", "burst", 1, 1'000'000,
          [](c & x) -> auto& { return x.auth.burst; }),
      file_path(
          "tls", "certificate",
          [](c & x) -> auto& { return x.tls.certificate; }),
      file_path(
          "tls", "private_key",
          [](c & x) -> auto& { return x.tls.private_key; }),
  };
}

} // namespace holdfast::detail
