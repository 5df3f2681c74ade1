// The executor that makes signals: works out, under the position's lock, what
// a report changes and which messages that asks for.
// Must not know how messages are sent.
#pragma once

#include "actors/internal.hpp"

#include <caf/typed_event_based_actor.hpp>

namespace holdfast {

/// Changes nothing itself: its result is written by the owner of the position,
/// in the commit that ends the lock.
executor_actor::behavior_type signal_notifier(executor_actor::pointer self,
                                              surroundings_ptr around);

} // namespace holdfast
