// Whether fencing tokens rise in the whole node: what no single resource can
// tell. Must not know Holdfast's code.
#pragma once

#include "tests/history/operation.hpp"

#include <string>
#include <vector>

namespace linear {

/// A sentence for each lock whose token is another lock's too, or is not
/// larger than that of a lock that was heard of before its own grant was even
/// asked for; empty when all is well.
std::vector<std::string> token_faults(const operations& all);

} // namespace linear
