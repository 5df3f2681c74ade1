// Loads certificate and key, and says clearly what is wrong with them.
// Must not know HTTP, Boost or sockets.
#include "gateway/tls_context.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <cerrno>
#include <cstring>
#include <fstream>

namespace holdfast {

namespace {

/// The newest reason OpenSSL gives, and forgets all of them.
std::string reason() {
  auto code = ERR_peek_last_error();
  auto* text = ERR_reason_error_string(code);
  std::string why = text != nullptr ? text : "unknown reason";
  ERR_clear_error();
  return why;
}

[[noreturn]] void refuse(const std::string& file, const std::string& why) {
  throw tls_error{file + ": " + why};
}

/// OpenSSL's own words for a file that is not there are hard to read.
void check_readable(const std::string& file, const std::string& what) {
  errno = 0;
  std::ifstream in{file, std::ios::binary};
  if (!in || in.peek() == std::ifstream::traits_type::eof())
    refuse(file, "the " + what + " cannot be read: " +
                     (errno != 0 ? std::strerror(errno) : "it is empty"));
}

/// Nobody is there to type one.
int no_password(char*, int, int, void*) { return -1; }

} // namespace

void tls_context::free_context::operator()(ssl_ctx_st* what) const {
  SSL_CTX_free(what);
}

tls_context::tls_context(const std::string& certificate_file,
                         const std::string& private_key_file)
    : context_(SSL_CTX_new(TLS_server_method())) {
  auto* context = context_.get();
  if (context == nullptr)
    throw tls_error{"TLS cannot be used: " + reason()};
  check_readable(certificate_file, "certificate");
  check_readable(private_key_file, "private key");
  ERR_clear_error();
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION |
                                   SSL_OP_CIPHER_SERVER_PREFERENCE);
  // A write is repeated from wherever the bytes are by then, and an idle
  // connection keeps no buffers.
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE |
                                SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_default_passwd_cb(context, no_password);
  if (SSL_CTX_use_certificate_chain_file(context, certificate_file.c_str()) !=
      1)
    refuse(certificate_file, "this is no certificate in PEM form: " + reason());
  if (SSL_CTX_use_PrivateKey_file(context, private_key_file.c_str(),
                                  SSL_FILETYPE_PEM) != 1) {
    auto mismatch =
        ERR_GET_REASON(ERR_peek_last_error()) == X509_R_KEY_VALUES_MISMATCH;
    auto why = reason();
    refuse(private_key_file,
           mismatch ? "the private key does not belong to the certificate in " +
                          certificate_file
                    : "this is no private key in PEM form without a "
                      "password: " +
                          why);
  }
  if (SSL_CTX_check_private_key(context) != 1)
    refuse(private_key_file,
           "the private key does not belong to the certificate in " +
               certificate_file + ": " + reason());
}

tls_context::~tls_context() = default;

ssl_st* tls_context::new_connection() const {
  auto* ssl = SSL_new(context_.get());
  if (ssl != nullptr)
    SSL_set_accept_state(ssl);
  return ssl;
}

} // namespace holdfast
