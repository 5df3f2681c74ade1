// CAF's middleman, whose broker keeps nothing when it has stopped.
// Must not know engines or connections.
#pragma once

#include <caf/actor_system.hpp>
#include <caf/io/middleman.hpp>
#include <caf/io/network/default_multiplexer.hpp>

namespace holdfast {

/// CAF 0.17.6 never closes the mailbox of a broker. What arrives after the
/// broker's end stays there, with the actors and connections that it refers
/// to: the end of an actor with a thread of its own that remote peers had heard
/// of (then the actor system waits for that thread for ever), or a connection
/// on its way from `tls_transport`. This one closes the mailbox.
class remote_middleman : public caf::io::middleman {
public:
  explicit remote_middleman(caf::actor_system& sys);

  /// What `actor_system_config::load` asks for.
  static caf::actor_system::module* make(caf::actor_system& sys,
                                         caf::detail::type_list<>);

  void stop() override;
  caf::io::network::multiplexer& backend() override { return loop_; }

private:
  caf::io::network::default_multiplexer loop_;
};

} // namespace holdfast
