// Mutual TLS 1.3, its errors kept apart by connection.
// Must not know CAF's actors.
#include "remote/tls.hpp"

#include <openssl/err.h>

#include <algorithm>
#include <csignal>
#include <limits>
#include <stdexcept>

namespace holdfast {

namespace {

using caf::io::network::native_socket;
using caf::io::network::rw_state;

int give_passphrase(char* to, int size, int, void* from) {
  const auto& text = *static_cast<const std::string*>(from);
  if (text.size() > static_cast<std::size_t>(size))
    return 0;
  std::ranges::copy(text, to);
  return static_cast<int>(text.size());
}

void require(bool good, const std::string& name, const std::string& path,
             const std::string& what) {
  if (good)
    return;
  char reason[256] = "";
  if (auto code = ERR_peek_last_error())
    ERR_error_string_n(code, reason, sizeof(reason));
  ERR_clear_error();
  throw std::invalid_argument{name + " \"" + path + "\" " + what +
                              (*reason ? ": " + std::string{reason} : "")};
}

/// A peer that closes first makes writes raise SIGPIPE; nobody wants it in a
/// thread that only does I/O, and the host's handler is the host's.
void block_sigpipe() {
  thread_local const bool blocked = [] {
    sigset_t pipe;
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    return pthread_sigmask(SIG_BLOCK, &pipe, nullptr) == 0;
  }();
  static_cast<void>(blocked);
}

int clamped(std::size_t size) {
  constexpr std::size_t most = std::numeric_limits<int>::max();
  return static_cast<int>(std::min(size, most));
}

} // namespace

tls_context make_tls_context(const remote_security& with) {
  ERR_clear_error();
  tls_context context{SSL_CTX_new(TLS_method())};
  auto* raw = context.get();
  if (!raw || SSL_CTX_set_min_proto_version(raw, TLS1_3_VERSION) != 1)
    throw std::invalid_argument{"OpenSSL offers no TLS 1.3"};
  SSL_CTX_set_default_passwd_cb(raw, give_passphrase);
  SSL_CTX_set_default_passwd_cb_userdata(
      raw, const_cast<std::string*>(&with.passphrase));
  require(SSL_CTX_use_certificate_chain_file(raw, with.certificate.c_str()) ==
              1,
          "certificate", with.certificate, "cannot be read as PEM");
  require(SSL_CTX_use_PrivateKey_file(raw, with.private_key.c_str(),
                                      SSL_FILETYPE_PEM) == 1 &&
              SSL_CTX_check_private_key(raw) == 1,
          "private_key", with.private_key,
          "is not the certificate's key in PEM, or the passphrase is wrong");
  require(SSL_CTX_load_verify_locations(raw, with.authorities.c_str(),
                                        nullptr) == 1,
          "authorities", with.authorities, "cannot be read as PEM");
  // The passphrase is the caller's and may go now.
  SSL_CTX_set_default_passwd_cb(raw, nullptr);
  SSL_CTX_set_default_passwd_cb_userdata(raw, nullptr);
  SSL_CTX_set_verify(raw, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
                     nullptr);
  SSL_CTX_set_session_cache_mode(raw, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(raw, 0);
  SSL_CTX_set_mode(raw, SSL_MODE_ENABLE_PARTIAL_WRITE |
                            SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  return context;
}

tls_policy::tls_policy(SSL_CTX& context, native_socket socket, tls_side side)
    : ssl_(SSL_new(&context)) {
  if (!ssl_ || SSL_set_fd(ssl_.get(), socket) != 1)
    throw std::bad_alloc{};
  if (side == tls_side::client)
    SSL_set_connect_state(ssl_.get());
  else
    SSL_set_accept_state(ssl_.get());
}

/// What a call that returned `code` moved.
rw_state tls_policy::outcome(int code, std::size_t& moved) {
  moved = code > 0 ? static_cast<std::size_t>(code) : 0;
  if (code > 0)
    return rw_state::success;
  auto why = SSL_get_error(ssl_.get(), code);
  failed_ = why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE;
  return failed_ ? rw_state::failure : rw_state::success;
}

rw_state tls_policy::read_some(std::size_t& result, native_socket, void* to,
                               std::size_t size) {
  result = 0;
  if (size == 0)
    return rw_state::indeterminate;
  block_sigpipe();
  ERR_clear_error();
  return outcome(SSL_read(ssl_.get(), to, clamped(size)), result);
}

rw_state tls_policy::write_some(std::size_t& result, native_socket,
                                const void* from, std::size_t size) {
  result = 0;
  if (failed_)
    return rw_state::failure;
  block_sigpipe();
  ERR_clear_error();
  // CAF asks for a write of nothing to get the handshake going.
  auto code = size > 0 ? SSL_write(ssl_.get(), from, clamped(size))
                       : SSL_do_handshake(ssl_.get());
  auto state = outcome(code, result);
  if (size == 0)
    result = 0;
  if (code <= 0 && hurried_)
    failed_ = true;
  return failed_ ? rw_state::failure : state;
}

bool tls_policy::waits_for_peer() const {
  return !failed_ && SSL_is_init_finished(ssl_.get()) == 0 &&
         SSL_want_read(ssl_.get());
}

bool tls_policy::must_read_more(native_socket, std::size_t threshold) {
  return static_cast<std::size_t>(SSL_pending(ssl_.get())) >= threshold;
}

} // namespace holdfast
