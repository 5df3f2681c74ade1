// Writes all rows of a snapshot as a new LMDB file.
// Must not know records.
#pragma once

#include "storage/backup.hpp"

namespace holdfast::storage_impl {

/// Makes `data.mdb` in the existing directory `dest`, where none may be;
/// durable on return. Answers how many rows it has. Rows are appended in their
/// order, so the file has no gaps, and a row that cannot be read is found.
/// @throws storage_error
std::uint64_t copy_rows(const snapshot& from, const std::string& dest,
                        const copy_progress& progress);

} // namespace holdfast::storage_impl
