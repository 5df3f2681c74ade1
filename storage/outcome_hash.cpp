// The only place of storage that hashes.
// Must not know CAF or LMDB.
#include "storage/outcome_hash.hpp"

#include "storage/records.hpp"

#include <openssl/sha.h>

namespace holdfast::storage_impl {

std::string outcome_key_of(std::string_view resource,
                           std::string_view idempotency_key) {
  digest hash;
  static_assert(sizeof(hash) == SHA256_DIGEST_LENGTH);
  SHA256(reinterpret_cast<const unsigned char*>(idempotency_key.data()),
         idempotency_key.size(), hash.data());
  return outcome_key(resource, hash);
}

} // namespace holdfast::storage_impl
