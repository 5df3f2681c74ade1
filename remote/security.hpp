// Who may connect, and how soon a silent peer counts as lost.
// Must not know engines.
#pragma once

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>

#include <chrono>
#include <string>

namespace holdfast {

/// TLS with certificates on both sides. Whoever has a certificate signed by
/// one of `authorities` may do everything, to the engine and to the actor
/// system (names are not looked at): use an authority that signs nothing else.
/// The files are read once, when an engine is published or connected to.
struct remote_security {
  std::string certificate; ///< PEM, of this process, with its chain
  std::string private_key; ///< PEM
  std::string passphrase;  ///< of the private key; empty: it has none
  std::string authorities; ///< PEM, who signs the peers' certificates
};

/// Makes the actor system able to publish engines and to connect to them.
/// Call before the system starts, beside `init_types`. A connection on which
/// nothing comes for `lost_after` (at least 100 ms) is closed, at the latest a
/// quarter of it later; set the same on both sides. This holds for all CAF
/// connections of the system.
/// @throws std::invalid_argument
void init_remote(
    caf::actor_system_config& cfg,
    std::chrono::milliseconds lost_after = std::chrono::milliseconds{5000});

/// @throws std::logic_error when `sys` was not prepared by `init_remote`.
void require_remote(caf::actor_system& sys);

} // namespace holdfast
