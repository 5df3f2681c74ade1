#include "adapters/hmac.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <stdexcept>

namespace holdfast {

std::string hmac_sha256(std::string_view secret, std::string_view text) {
  // No pointer at all would mean the key of the last call.
  const auto* key = secret.empty() ? "" : secret.data();
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned size = 0;
  if (!HMAC(EVP_sha256(), key, static_cast<int>(secret.size()),
            reinterpret_cast<const unsigned char*>(text.data()), text.size(),
            bytes.data(), &size))
    throw std::runtime_error("OpenSSL offers no HMAC-SHA256 here");
  constexpr std::string_view digits = "0123456789abcdef";
  std::string hex;
  for (unsigned i = 0; i < size; ++i)
    (hex += digits[bytes[i] >> 4]) += digits[bytes[i] & 15];
  return hex;
}

} // namespace holdfast
