// A blocking TLS client for tests, and certificates made on the spot.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

struct ssl_st;

namespace holdfast::test {

/// A self-signed certificate and its key, as PEM files that live as long as
/// this object. `name` is what clients see.
class test_certificate {
public:
  explicit test_certificate(const std::string& name);
  ~test_certificate();
  test_certificate(const test_certificate&) = delete;
  test_certificate& operator=(const test_certificate&) = delete;

  std::string certificate() const { return (dir_ / "cert.pem").string(); }
  std::string key() const { return (dir_ / "key.pem").string(); }

private:
  std::filesystem::path dir_;
};

/// One TLS connection to 127.0.0.1, whatever the certificate. Every read gives
/// up after ten seconds.
class tls_client {
public:
  /// `version_max` 0: the newest there is; otherwise as OpenSSL counts.
  explicit tls_client(std::uint16_t port, int version_max = 0);
  ~tls_client();
  tls_client(const tls_client&) = delete;
  tls_client& operator=(const tls_client&) = delete;

  bool shaken() const { return shaken_; } ///< the handshake succeeded
  std::string peer_name() const;          ///< of the server's certificate
  std::string version() const;            ///< "TLSv1.3"

  void send(std::string_view bytes);

  /// Reads until `count` bytes are there or the server ends.
  std::string read(std::size_t count);

  /// Reads until the server ends the connection.
  std::string read_to_end();

  /// The server ended with a close_notify, not by just closing.
  bool ended_in_order() const { return in_order_; }

  /// Ends this side's direction, in order.
  void shut_down_sending();

  void close(); ///< without a word

private:
  struct free_ssl {
    void operator()(ssl_st* what) const;
  };

  int fd_ = -1;
  std::unique_ptr<ssl_st, free_ssl> ssl_;
  bool shaken_ = false;
  bool in_order_ = false;
};

} // namespace holdfast::test
