// What the next step of a run is, in words.
// Must not know the world.
#pragma once

#include <string>

namespace caf {
class resumable;
}

namespace holdfast::simulation {

/// Actor, message and resource, e.g. `lock_owner acquire_lock r1`. No address
/// and no actor id is in it: the same run has the same text everywhere.
std::string describe(caf::resumable& job);

} // namespace holdfast::simulation
