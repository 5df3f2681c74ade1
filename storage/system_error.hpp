// Turns error numbers of the system and of LMDB into storage_error.
// Must not know what was being stored.
#pragma once

#include "storage/store.hpp"

#include <string>

namespace holdfast::storage_impl {

/// The error for `errno` value `why` while `doing` something in `path`.
storage_error system_failure(int why, const std::string& doing,
                             const std::string& path);

/// The same for a return code of LMDB, which may be an `errno` value.
storage_error lmdb_failure(int code, const std::string& doing,
                           const std::string& path);

} // namespace holdfast::storage_impl
