// Where an engine is published.
// Must not know CAF.
#pragma once

#include <cstdint>
#include <string>

namespace holdfast {

struct remote_address {
  std::string host = "127.0.0.1"; ///< to publish: the address to listen on
  std::uint16_t port = 0;         ///< to publish: 0 takes any free one
};

} // namespace holdfast
