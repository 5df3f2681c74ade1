// The configuration keys of how MEXC is spoken to.
// Must not know TOML or the files that they name.
#include "node/config_keys.hpp"

#include <algorithm>
#include <utility>

namespace holdfast::detail {

namespace {

template <class Field>
config_key whole_number(std::string name, std::int64_t min, std::int64_t max,
                        Field field) {
  auto set = [=](const config_value& value, node_config& c) -> std::string {
    auto number = std::get_if<std::int64_t>(&value);
    if (!number || *number < min || *number > max)
      return "must be a whole number from " + std::to_string(min) + " to " +
             std::to_string(max);
    field(c.mexc) = *number;
    return {};
  };
  return {"mexc", std::move(name), set};
}

template <class Field>
config_key key_file(std::string name, Field field) {
  auto set = [=](const config_value& value, node_config& c) -> std::string {
    auto text = std::get_if<std::string>(&value);
    if (!text || text->find('\0') != std::string::npos)
      return "must be the path of a file";
    field(c.mexc) = *text;
    return {};
  };
  return {"mexc", std::move(name), set};
}

config_key base_url() {
  auto set = [](const config_value& value, node_config& c) -> std::string {
    auto text = std::get_if<std::string>(&value);
    if (auto wrong = check_base_url(text ? *text : std::string{});
        !wrong.empty())
      return wrong;
    c.mexc.base_url = *text;
    while (c.mexc.base_url.ends_with('/'))
      c.mexc.base_url.pop_back();
    return {};
  };
  return {"mexc", "base_url", set};
}

} // namespace

std::vector<config_key> mexc_config_keys() {
  using m = mexc_settings;
  return {
      base_url(),
      whole_number(
          "recv_window_ms", 1, 60'000,
          [](m & x) -> auto& { return x.recv_window_ms; }),
      whole_number(
          "reconcile_margin_ms", 0, 600'000,
          [](m & x) -> auto& { return x.reconcile_margin_ms; }),
      whole_number(
          "request_timeout_ms", 1, 60'000,
          [](m & x) -> auto& { return x.request_timeout_ms; }),
      key_file(
          "api_key_file", [](m & x) -> auto& { return x.api_key_file; }),
      key_file(
          "secret_key_file", [](m & x) -> auto& { return x.secret_key_file; }),
  };
}

} // namespace holdfast::detail

namespace holdfast {

namespace {

/// Host and port of a URL behind its "//", and what comes behind them.
std::pair<std::string_view, std::string_view>
split_host(std::string_view text) {
  auto end = std::min(text.find('/'), text.size());
  return {text.substr(0, end), text.substr(end)};
}

bool is_local(std::string_view host_and_port) {
  auto colon = host_and_port.rfind(':');
  auto has_port =
      colon != std::string_view::npos && host_and_port.back() != ']';
  std::string host{has_port ? host_and_port.substr(0, colon) : host_and_port};
  if (host == "localhost")
    return true;
  if (host.starts_with('[') && host.ends_with(']'))
    host = host.substr(1, host.size() - 2);
  return is_loopback({host, 0});
}

} // namespace

std::string check_base_url(std::string_view url) {
  constexpr std::string_view secure = "https://";
  constexpr std::string_view plain = "http://";
  const std::string wrong = "must be a URL such as \"https://api.mexc.com\"";
  auto bad = [](unsigned char c) {
    return c <= ' ' || c > '~' || c == '?' || c == '#' || c == '@' ||
           c == '\\' || c == '"';
  };
  if (std::any_of(url.begin(), url.end(), bad))
    return wrong;
  auto is_secure = url.starts_with(secure);
  if (!is_secure && !url.starts_with(plain))
    return wrong;
  auto [host, path] =
      split_host(url.substr(is_secure ? secure.size() : plain.size()));
  if (host.empty() || host.front() == ':' || host.back() == ':')
    return wrong;
  if (!is_secure && !is_local(host))
    return "must begin with https://, or keys and orders would travel "
           "readably; http:// is for this machine alone";
  return {};
}

} // namespace holdfast
