// A TLS connection in CAF's event loop.
// Must not know actors.
#pragma once

#include "remote/tls.hpp"

#include <caf/io/network/default_multiplexer.hpp>
#include <caf/io/network/stream.hpp>

namespace holdfast {

/// CAF's stream, but for two things. While a handshake waits for the peer, it
/// does not ask for write events, which come without end: a stranger who says
/// nothing would cost a processor. And when it is closed it does not wait for
/// a peer that reads nothing: the event loop, and the actor system with it,
/// would never end.
class tls_stream : public caf::io::network::stream {
public:
  tls_stream(caf::io::network::default_multiplexer& loop,
             caf::io::network::native_socket socket, SSL_CTX& context,
             tls_side side);

  void handle_event(caf::io::network::operation op) override;
  void removed_from_loop(caf::io::network::operation op) override;

  /// Writes what can be written at once, and lets go of its manager, which may
  /// end with this. Only in the event loop.
  void close();

private:
  void wait_for_peer();
  void go_on();

  tls_policy policy_;
  bool waiting_ = false; ///< for the peer, without write events
};

} // namespace holdfast
