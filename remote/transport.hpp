// Opens ports and connections for CAF, with TLS on them.
// Must not know engines.
#pragma once

#include "remote/tls.hpp"

#include <caf/actor_system.hpp>
#include <caf/io/middleman_actor.hpp>

#include <memory>

namespace holdfast {

using transport_actor = caf::io::middleman_actor;

/// Spawns an actor that publishes and connects like CAF's own, over TLS with
/// `context`. In a thread of its own, since connecting blocks.
transport_actor spawn_transport(caf::actor_system& sys, tls_context context);

} // namespace holdfast
