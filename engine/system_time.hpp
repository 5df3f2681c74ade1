// The machine's clocks, for engines outside a simulation.
#pragma once

#include "actors/surroundings.hpp"

namespace holdfast {

/// CLOCK_BOOTTIME, which goes on while the machine sleeps, and
/// CLOCK_REALTIME. @throws std::runtime_error when the kernel does not tell
/// which boot this is.
std::shared_ptr<const time_source> make_system_time();

} // namespace holdfast
