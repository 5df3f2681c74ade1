// How often a store was committed to, seen from another process.
// Must not know what is in it.
#pragma once

#include <string>

namespace holdfast::bench {

/// So many commits the store in `directory` has seen.
/// @throws std::runtime_error when it cannot be read
double commits_of(const std::string& directory);

} // namespace holdfast::bench
