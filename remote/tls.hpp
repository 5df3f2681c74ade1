// TLS over a socket that does not block. libcaf_openssl is not used: it leaves
// one connection's failure in OpenSSL's error queue, where the next connection
// of the same thread finds it and is closed, so that any stranger who knocks
// cuts off everybody.
// Must not know CAF's actors.
#pragma once

#include "remote/security.hpp"

#include <caf/io/network/native_socket.hpp>
#include <caf/io/network/rw_state.hpp>
#include <openssl/ssl.h>

#include <cstddef>
#include <memory>

namespace holdfast {

struct free_tls {
  void operator()(SSL_CTX* x) const { SSL_CTX_free(x); }
  void operator()(SSL* x) const { SSL_free(x); }
};

using tls_context = std::unique_ptr<SSL_CTX, free_tls>;

/// What all connections of one publisher or client share.
/// @throws std::invalid_argument when a file is missing or does not fit the
///         others; it says which.
tls_context make_tls_context(const remote_security& with);

enum class tls_side { client, server };

/// One connection: a policy of CAF's streams, called by its I/O thread alone.
class tls_policy {
public:
  /// Takes over `socket`'s traffic, not its closing.
  tls_policy(SSL_CTX& context, caf::io::network::native_socket socket,
             tls_side side);

  caf::io::network::rw_state read_some(std::size_t& result,
                                       caf::io::network::native_socket socket,
                                       void* to, std::size_t size);
  caf::io::network::rw_state write_some(std::size_t& result,
                                        caf::io::network::native_socket socket,
                                        const void* from, std::size_t size);
  /// Whether bytes wait inside OpenSSL, of which the socket tells nothing.
  bool must_read_more(caf::io::network::native_socket socket,
                      std::size_t threshold);

  /// Whether a handshake goes on only when the peer says something.
  bool waits_for_peer() const;
  /// Whether nothing more can be read or written.
  bool failed() const { return failed_; }
  /// From now on what cannot be written at once fails.
  void hurry() { hurried_ = true; }

private:
  caf::io::network::rw_state outcome(int code, std::size_t& moved);

  std::unique_ptr<SSL, free_tls> ssl_;
  bool failed_ = false;
  bool hurried_ = false;
};

} // namespace holdfast
