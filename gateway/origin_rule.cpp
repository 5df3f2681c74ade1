// Host, Origin and Sec-Fetch-Site, read as browsers write them.
// Must not know CAF, Boost or any route.
#include "gateway/origin_rule.hpp"

#include <algorithm>
#include <arpa/inet.h>

namespace holdfast {

namespace {

/// A header value as part of a sentence.
std::string shown(std::string_view value) {
  return '\'' + std::string{value.substr(0, 256)} + '\'';
}

bool is_port(std::string_view text) {
  return text.size() <= 5 && std::all_of(text.begin(), text.end(), [](char c) {
           return c >= '0' && c <= '9';
         });
}

/// "host" out of "host:port"; brackets of IPv6 addresses go away. Empty when
/// it is neither.
std::string_view host_of(std::string_view authority) {
  std::string_view host = authority;
  std::string_view rest;
  if (authority.starts_with('[')) {
    auto end = authority.find(']');
    if (end == std::string_view::npos)
      return {};
    host = authority.substr(1, end - 1);
    rest = authority.substr(end + 1);
  } else if (auto colon = authority.find(':'); colon != authority.npos) {
    host = authority.substr(0, colon);
    rest = authority.substr(colon);
  }
  if (!rest.empty() && (rest.front() != ':' || !is_port(rest.substr(1))))
    return {};
  return host;
}

bool is_ip_address(std::string_view text) {
  std::string zero_ended{text};
  in_addr v4{};
  in6_addr v6{};
  return inet_pton(AF_INET, zero_ended.c_str(), &v4) == 1 ||
         inet_pton(AF_INET6, zero_ended.c_str(), &v6) == 1;
}

/// The authority of an origin, "http://host:port"; empty: it has none.
std::string_view authority_of_origin(std::string_view origin) {
  for (std::string_view scheme : {"http://", "https://"})
    if (equal_ignoring_case(origin.substr(0, scheme.size()), scheme))
      return origin.substr(scheme.size());
  return {};
}

/// What the request was sent to: RFC 9112, section 3.2.2, puts the target's
/// own authority over the header.
std::string_view authority_of(const http_request& request) {
  if (!request.authority.empty())
    return request.authority;
  auto* host = request.find("Host");
  return host != nullptr ? std::string_view{*host} : std::string_view{};
}

} // namespace

origin_rule::origin_rule(const std::vector<std::string>& names)
    : names_(names) {}

bool origin_rule::is_own(std::string_view authority) const {
  auto named = [&](const std::string& name) {
    return equal_ignoring_case(name, authority) ||
           equal_ignoring_case(name, host_of(authority));
  };
  auto host = host_of(authority);
  return !host.empty() &&
         (is_ip_address(host) || equal_ignoring_case(host, "localhost") ||
          std::any_of(names_.begin(), names_.end(), named));
}

std::optional<std::string>
origin_rule::check_host(const http_request& request) const {
  auto authority = authority_of(request);
  if (authority.empty() && request.count("Host") == 0)
    return std::nullopt; // HTTP/1.0: no browser speaks it without
  if (is_own(authority))
    return std::nullopt;
  return "This node does not answer to " + shown(authority) +
         "; if that is its name, add it to hosts in section [node] of the "
         "configuration.";
}

std::optional<std::string>
origin_rule::check_origin(const http_request& request) const {
  if (auto* origin = request.find("Origin")) {
    auto from = authority_of_origin(*origin);
    auto configured = [&](const std::string& name) {
      return equal_ignoring_case(name, from) ||
             equal_ignoring_case(name, host_of(from));
    };
    // Behind a proxy that puts its own Host, the page's name is one of ours.
    if (from.empty() ||
        (!equal_ignoring_case(from, authority_of(request)) &&
         std::none_of(names_.begin(), names_.end(), configured)))
      return "A page of " + shown(*origin) +
             " may not speak to this node; only its own pages may.";
  }
  if (auto* site = request.find("Sec-Fetch-Site"))
    if (*site != "same-origin" && *site != "none")
      return "A page of another site may not speak to this node; only its own "
             "pages may.";
  return std::nullopt;
}

std::optional<std::string> check_host_name(std::string_view name) {
  auto host = host_of(name);
  auto good = [](unsigned char c) {
    return c > 0x20 && c < 0x7F && c != '/' && c != '*' && c != '@';
  };
  if (host.empty() || name.size() > 255 ||
      !std::all_of(name.begin(), name.end(), good))
    return "must be names such as \"bot.example\" or \"bot.example:8443\"";
  return std::nullopt;
}

} // namespace holdfast
