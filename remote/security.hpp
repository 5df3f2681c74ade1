// Who may connect, and how soon a silent peer counts as lost.
// Must not know engines.
#pragma once

#include <caf/actor_system_config.hpp>

#include <chrono>
#include <string>

namespace holdfast {

/// TLS with certificates on both sides. Whoever has a certificate signed by
/// one of `authorities` may do everything, to the engine and to the actor
/// system (CAF does not look at names): use an authority that signs nothing
/// else. The files are read again for each connection, so they must stay.
struct remote_security {
  std::string certificate; ///< PEM, of this process
  std::string private_key; ///< PEM
  std::string passphrase;  ///< of the private key; empty: it has none
  std::string authorities; ///< PEM, who signs the peers' certificates
  /// A connection on which nothing comes for this long is closed, at the
  /// latest a quarter of it later. The same on both sides.
  std::chrono::milliseconds lost_after{5000};
};

/// Makes the actor system able to publish engines and to connect to them.
/// Call before the system starts, beside `init_types`. Heartbeats and the
/// time-out hold for all CAF connections of the system.
/// @throws std::invalid_argument when a file is missing or does not fit the
///         others; it says which.
void init_remote(caf::actor_system_config& cfg, const remote_security& with);

} // namespace holdfast
