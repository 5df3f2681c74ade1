// Checks the TLS files as CAF will use them, and hands them over.
// Must not know engines.
#include "remote/security.hpp"

#include <caf/io/middleman.hpp>
#include <caf/openssl/manager.hpp>
#include <caf/timespan.hpp>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <memory>
#include <stdexcept>

namespace holdfast {

namespace {

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

/// CAF loads the files only when the first peer comes, and ends the process
/// if that fails: so this is done here once, before anything runs.
void check(const remote_security& with) {
  ERR_clear_error();
  std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context{
      SSL_CTX_new(TLS_method()), SSL_CTX_free};
  if (!context)
    throw std::invalid_argument{"TLS is not available"};
  auto* raw = context.get();
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
}

} // namespace

void init_remote(caf::actor_system_config& cfg, const remote_security& with) {
  if (with.lost_after < std::chrono::milliseconds{100})
    throw std::invalid_argument{"lost_after must be at least 100 ms"};
  check(with);
  cfg.load<caf::io::middleman>();
  cfg.load<caf::openssl::manager>();
  cfg.openssl_certificate = with.certificate;
  cfg.openssl_key = with.private_key;
  cfg.openssl_passphrase = with.passphrase;
  cfg.openssl_cafile = with.authorities;
  cfg.set("middleman.heartbeat-interval", caf::timespan{with.lost_after} / 4);
  cfg.set("middleman.connection-timeout", caf::timespan{with.lost_after});
}

} // namespace holdfast
