// A TLS client and certificates, by OpenSSL.
#include "tests/unit/gateway/tls_client.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <arpa/inet.h>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <netinet/in.h>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

namespace holdfast::test {

namespace fs = std::filesystem;

namespace {

using file_ptr = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

/// OpenSSL's sockets raise SIGPIPE when the server is gone. Kept from this
/// thread for a moment only: the server's threads must not rely on that.
class no_pipe_signal {
public:
  no_pipe_signal() {
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  ~no_pipe_signal() {
    timespec now{};
    sigtimedwait(&pipe_, nullptr, &now);
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  no_pipe_signal(const no_pipe_signal&) = delete;
  no_pipe_signal& operator=(const no_pipe_signal&) = delete;

private:
  sigset_t pipe_;
  sigset_t before_;
};

file_ptr open_to_write(const std::string& path) {
  return {std::fopen(path.c_str(), "w"), std::fclose};
}

} // namespace

test_certificate::test_certificate(const std::string& name) {
  auto pattern = (fs::temp_directory_path() / "holdfast-tls-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr)
    throw std::runtime_error("cannot make a temporary directory");
  dir_ = pattern;
  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> pair{EVP_EC_gen("P-256"),
                                                           EVP_PKEY_free};
  std::unique_ptr<X509, decltype(&X509_free)> made{X509_new(), X509_free};
  ASN1_INTEGER_set(X509_get_serialNumber(made.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(made.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(made.get()), 3600);
  X509_set_pubkey(made.get(), pair.get());
  auto* subject = X509_get_subject_name(made.get());
  X509_NAME_add_entry_by_txt(
      subject, "CN", MBSTRING_ASC,
      reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  X509_set_issuer_name(made.get(), subject);
  X509_sign(made.get(), pair.get(), EVP_sha256());
  PEM_write_X509(open_to_write(certificate()).get(), made.get());
  PEM_write_PrivateKey(open_to_write(key()).get(), pair.get(), nullptr, nullptr,
                       0, nullptr, nullptr);
}

test_certificate::~test_certificate() {
  std::error_code ignored; // a leftover directory is no reason to fail
  fs::remove_all(dir_, ignored);
}

void tls_client::free_ssl::operator()(ssl_st* what) const { SSL_free(what); }

tls_client::tls_client(std::uint16_t port, int version_max) {
  fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (fd_ < 0 || ::connect(fd_, reinterpret_cast<sockaddr*>(&to), sizeof to))
    throw std::runtime_error("cannot connect");
  timeval limit{10, 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  auto* context = SSL_CTX_new(TLS_client_method());
  if (version_max != 0) {
    SSL_CTX_set_min_proto_version(context, 0);
    SSL_CTX_set_max_proto_version(context, version_max);
    SSL_CTX_set_cipher_list(context, "DEFAULT@SECLEVEL=0");
  }
  ssl_.reset(SSL_new(context));
  SSL_CTX_free(context);
  SSL_set_fd(ssl_.get(), fd_);
  no_pipe_signal quiet;
  shaken_ = SSL_connect(ssl_.get()) == 1;
}

tls_client::~tls_client() { close(); }

void tls_client::close() {
  if (fd_ >= 0)
    ::close(fd_);
  fd_ = -1;
}

std::string tls_client::peer_name() const {
  auto* shown = SSL_get0_peer_certificate(ssl_.get());
  char name[256] = "";
  if (shown != nullptr)
    X509_NAME_get_text_by_NID(X509_get_subject_name(shown), NID_commonName,
                              name, sizeof name);
  return name;
}

std::string tls_client::version() const { return SSL_get_version(ssl_.get()); }

void tls_client::send(std::string_view bytes) {
  no_pipe_signal quiet;
  while (!bytes.empty()) {
    auto sent =
        SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size()));
    if (sent <= 0)
      return; // what the server said before is still to be read
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

std::string tls_client::read(std::size_t count) {
  no_pipe_signal quiet; // TLS 1.3 may answer while it reads
  std::string all;
  char buffer[16 * 1024];
  while (all.size() < count) {
    auto size = SSL_read(ssl_.get(), buffer, sizeof buffer);
    if (size <= 0) {
      auto why = SSL_get_error(ssl_.get(), size);
      if (why == SSL_ERROR_WANT_READ)
        throw std::runtime_error("the server said nothing for ten seconds");
      in_order_ = why == SSL_ERROR_ZERO_RETURN;
      break;
    }
    all.append(buffer, static_cast<std::size_t>(size));
  }
  return all;
}

std::string tls_client::read_to_end() { return read(std::string::npos); }

void tls_client::shut_down_sending() {
  no_pipe_signal quiet;
  SSL_shutdown(ssl_.get());
}

} // namespace holdfast::test
