// The store on LMDB, with default (fully synced) flags.
// Must not know CAF or the rules.
#pragma once

#include "storage/store.hpp"

namespace holdfast {

struct lmdb_options {
  std::string directory;                             ///< made when absent
  std::uint64_t map_bytes = std::uint64_t{64} << 30; ///< rounded to pages
  /// Tag of a store that is created; must be random. 0: from the system's
  /// random source.
  std::uint32_t tag = 0;
};

/// Opens or creates the store. Holds an exclusive lock on the directory until
/// it is destroyed: a second one, in this process or another, is refused.
/// @throws storage_error with a text that names the directory, what is wrong
/// with it, and what would help.
std::unique_ptr<store> open_lmdb_store(const lmdb_options& options);

/// Opens an existing store to read it, also while an engine of another process
/// uses it. Writes neither the store nor the engine's lock: it takes a row in
/// LMDB's table of readers, so that the pages it sees are kept. Never on a
/// directory that this process has open already, which LMDB forbids.
/// @throws storage_error as `open_lmdb_store` does, and when there is no store.
std::unique_ptr<store_reader> open_lmdb_reader(const std::string& directory);

} // namespace holdfast
