// A client's way back to a node that may be down.
#pragma once

#include "tests/support/http_client.hpp"

#include <atomic>
#include <cstdint>
#include <memory>

namespace holdfast::test {

/// Connects `http` unless it is connected, until it succeeds: whether the node
/// is down, and when it is back, nobody tells a client. False once `aborted`.
bool reconnect(std::unique_ptr<http_client>& http,
               const std::atomic<std::uint16_t>& port,
               const std::atomic<bool>& aborted);

} // namespace holdfast::test
