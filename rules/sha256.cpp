// SHA-256 (FIPS 180-4), by OpenSSL.
// Must not know what is hashed.
#include "rules/sha256.hpp"

#include <openssl/evp.h>

#include <memory>
#include <stdexcept>

namespace holdfast {

namespace {

/// Looking the algorithm up costs more than hashing a short text with it.
const EVP_MD* algorithm() {
  using pointer = std::unique_ptr<EVP_MD, decltype(&EVP_MD_free)>;
  static const pointer fetched{EVP_MD_fetch(nullptr, "SHA256", nullptr),
                               &EVP_MD_free};
  return fetched.get();
}

} // namespace

digest sha256(std::string_view bytes) {
  digest result{};
  unsigned size = 0;
  auto sha = algorithm();
  if (!sha ||
      EVP_Digest(bytes.data(), bytes.size(), result.data(), &size, sha,
                 nullptr) != 1 ||
      size != result.size())
    throw std::runtime_error("OpenSSL offers no SHA-256 here");
  return result;
}

std::string to_hex(const digest& x) {
  static constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(2 * x.size());
  for (auto byte : x) {
    text += digits[byte >> 4];
    text += digits[byte & 15];
  }
  return text;
}

} // namespace holdfast
