// Where the outcome of an idempotency key is kept.
// Must not know CAF or LMDB.
#pragma once

#include <string>
#include <string_view>

namespace holdfast::storage_impl {

/// The key in `table::outcomes`: the resource and the SHA-256 of
/// `idempotency_key`.
std::string outcome_key_of(std::string_view resource,
                           std::string_view idempotency_key);

} // namespace holdfast::storage_impl
