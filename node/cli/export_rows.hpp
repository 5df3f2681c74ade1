// Every row of a store as a line of JSON; docs/operations.md has the format.
// Must not know LMDB.
#pragma once

#include "storage/store.hpp"

#include <functional>
#include <iosfwd>

namespace holdfast {

/// Writes `{"table":…,"key":…,"value":…}` per row, tables in their order, rows
/// in key order. A row that cannot be read is written as bytes.
void export_rows(
    const snapshot& from, std::ostream& out,
    const std::function<void(std::uint64_t, std::uint64_t)>& progress);

} // namespace holdfast
