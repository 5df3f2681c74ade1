// Kinds of values that several sections of a configuration have.
// Must not know TOML.
#include "node/config_values.hpp"

#include <algorithm>
#include <utility>

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

std::string check_base_url(std::string_view url, std::string_view example) {
  constexpr std::string_view secure = "https://";
  constexpr std::string_view plain = "http://";
  auto wrong = "must be a URL such as \"" + std::string{example} + '"';
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
    return "must begin with https://, or secrets would travel readably; "
           "http:// is for this machine alone";
  return {};
}

} // namespace holdfast
