// Reads the node's own account after the run, over HTTP.
// Must not judge it: that is the checker's work.
#pragma once

#include "tests/crash/history.hpp"

#include <cstdint>

namespace holdfast::test {

/// Journal, locks and resources whole; of the entries, those acknowledged in
/// `calls`. @throws std::runtime_error when the node answers an error
final_state collect(std::uint16_t port, const history& calls);

} // namespace holdfast::test
