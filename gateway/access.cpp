// Scopes by name, and the look-up of tokens in constant time.
// Must not know HTTP, CAF, Boost or where tokens are kept.
#include "gateway/access.hpp"

#include "rules/sha256.hpp"

#include <openssl/crypto.h>

#include <array>

namespace holdfast {

namespace {

constexpr std::array<std::string_view, 4> names{"open", "read", "trade",
                                                "operate"};

} // namespace

std::string_view to_string(scope x) {
  return names.at(static_cast<std::size_t>(x));
}

bool from_string(std::string_view text, scope& x) {
  for (auto level : {scope::read, scope::trade, scope::operate})
    if (to_string(level) == text) {
      x = level;
      return true;
    }
  return false;
}

identity_ptr token_table::find(std::string_view token) const {
  if (token.empty() || token.size() > token_bytes_max)
    return nullptr;
  auto hash = sha256(token);
  const entry* found = nullptr;
  for (auto& candidate : entries_) {
    auto other = CRYPTO_memcmp(hash.data(), candidate.hash.data(), hash.size());
    found = other == 0 ? &candidate : found;
  }
  return found != nullptr ? found->who : nullptr;
}

} // namespace holdfast
