// A consistent view of the store on LMDB.
// Must not know CAF or records.
#pragma once

#include "storage/lmdb_env.hpp"

namespace holdfast::storage_impl {

/// @throws storage_error, env_panicked
std::unique_ptr<snapshot> read_lmdb(std::shared_ptr<lmdb_env> env);

} // namespace holdfast::storage_impl
