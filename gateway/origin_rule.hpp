// Which names a node answers to, and which web pages may speak to it.
// Must not know CAF, Boost or any route.
#pragma once

#include "gateway/http_types.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast {

/// Guards against pages of other sites that make a browser speak to the node.
///
/// DNS rebinding: such a page is reached under a name that its owner points at
/// the node, so the `Host` it sends is that name. An address or `localhost`
/// cannot be pointed elsewhere. The port is not compared: it proves nothing,
/// and tunnels and port mappings change it.
///
/// Cross-site requests: browsers tell by `Origin` and `Sec-Fetch-Site` whose
/// page is asking.
class origin_rule {
public:
  /// `names` are those of the node beside its addresses and `localhost`, each
  /// with or without a port.
  explicit origin_rule(const std::vector<std::string>& names);

  /// Why the request does not mean this node, if so: one sentence.
  std::optional<std::string> check_host(const http_request& request) const;

  /// Why the page that asks must not, if so: one sentence. To be asked for
  /// everything that changes something, and for all that needs no token.
  std::optional<std::string> check_origin(const http_request& request) const;

private:
  bool is_own(std::string_view host) const;

  std::vector<std::string> names_;
};

/// What is wrong with `name` as a further name of the node, if anything.
std::optional<std::string> check_host_name(std::string_view name);

} // namespace holdfast
