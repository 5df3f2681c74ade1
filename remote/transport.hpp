// Opens ports and connections for CAF, with TLS on them.
// Must not know engines.
#pragma once

#include "remote/tls.hpp"

#include <caf/actor_system.hpp>
#include <caf/io/middleman_actor.hpp>

#include <memory>

namespace holdfast {

using transport_actor = caf::io::middleman_actor;
/// What connections share; each keeps it alive.
using shared_tls_context = std::shared_ptr<SSL_CTX>;

/// Spawns an actor that publishes and connects like CAF's own, over TLS with
/// `context`. It connects on a thread of the scheduler, which waits for TCP
/// meanwhile: CAF never ends the own thread of one that stops while it dials,
/// and the system could not end.
transport_actor spawn_transport(caf::actor_system& sys,
                                shared_tls_context context);

} // namespace holdfast
