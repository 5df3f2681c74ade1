// The certificate and key that a server shows, and how it speaks TLS.
// Must not know HTTP, Boost or sockets; OpenSSL stays in the .cpp file.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>

// OpenSSL's own names for SSL and SSL_CTX.
struct ssl_st;
struct ssl_ctx_st;

namespace holdfast {

/// A certificate or key that cannot be used: one line that names the file.
struct tls_error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// What all TLS connections of a server share: TLS 1.2 or newer, one
/// certificate. Immutable; may be used from any thread.
class tls_context {
public:
  /// Reads PEM files: the certificate with its chain, and its private key,
  /// which must not need a password.
  /// @throws tls_error
  tls_context(const std::string& certificate_file,
              const std::string& private_key_file);
  ~tls_context();

  tls_context(const tls_context&) = delete;
  tls_context& operator=(const tls_context&) = delete;

  /// A new connection's state, for the server's side; to be freed by whoever
  /// asks. Null when there is no memory.
  ssl_st* new_connection() const;

private:
  struct free_context {
    void operator()(ssl_ctx_st* what) const;
  };

  std::unique_ptr<ssl_ctx_st, free_context> context_;
};

} // namespace holdfast
