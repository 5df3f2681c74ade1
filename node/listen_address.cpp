// Where a node listens, and whether others than this machine reach that.
// Must not know TOML.
#include "node/config.hpp"

#include <arpa/inet.h>
#include <charconv>

namespace holdfast {

namespace {

[[noreturn]] void refuse(const std::string& why) {
  throw std::invalid_argument(why);
}

[[noreturn]] void refuse_form() {
  refuse("must be \"host:port\" such as \"127.0.0.1:8080\" or "
         "\"[::1]:8080\"");
}

bool is_address(const std::string& host) {
  in_addr v4{};
  in6_addr v6{};
  return inet_pton(AF_INET, host.c_str(), &v4) == 1 ||
         inet_pton(AF_INET6, host.c_str(), &v6) == 1;
}

std::uint16_t parse_port(std::string_view digits) {
  unsigned port = 0;
  auto end = digits.data() + digits.size();
  auto [stop, error] = std::from_chars(digits.data(), end, port);
  if (digits.empty() || stop != end || error != std::errc{} || port > 65535)
    refuse_form();
  return static_cast<std::uint16_t>(port);
}

} // namespace

listen_address parse_listen(std::string_view text) {
  auto colon = text.rfind(':');
  if (colon == std::string_view::npos)
    refuse_form();
  listen_address result;
  result.port = parse_port(text.substr(colon + 1));
  auto host = text.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']')
    host = host.substr(1, host.size() - 2);
  else if (host.find(':') != std::string_view::npos)
    refuse_form();
  result.host = host == "localhost" ? "127.0.0.1" : std::string{host};
  if (!is_address(result.host))
    refuse("must have an IP address or localhost before the port, such as "
           "\"127.0.0.1:8080\"; \"0.0.0.0:8080\" and \"[::]:8080\" mean all "
           "addresses");
  return result;
}

bool is_loopback(const listen_address& where) {
  in_addr v4{};
  if (inet_pton(AF_INET, where.host.c_str(), &v4) == 1)
    return ntohl(v4.s_addr) >> 24 == 127;
  in6_addr v6{};
  return inet_pton(AF_INET6, where.host.c_str(), &v6) == 1 &&
         IN6_IS_ADDR_LOOPBACK(&v6);
}

std::string to_url(const listen_address& where, bool secure) {
  auto v6 = where.host.find(':') != std::string::npos;
  return std::string{secure ? "https://" : "http://"} +
         (v6 ? '[' + where.host + ']' : where.host) + ':' +
         std::to_string(where.port) + '/';
}

} // namespace holdfast
