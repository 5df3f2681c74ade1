// Decides which rows a purge removes; every store carries it out itself.
// Must not know CAF or LMDB.
#pragma once

#include "storage/store.hpp"

namespace holdfast::storage_impl {

struct purge_plan {
  std::vector<write> erasures;
  purge_result result; ///< what to answer once `erasures` are committed
};

/// Looks at up to `what.max_rows` rows per table. `view` must show the newest
/// commit and nothing may be written until the plan is carried out.
/// @throws storage_error for a row that cannot be read.
purge_plan plan_purge(const snapshot& view, const purge_request& what);

} // namespace holdfast::storage_impl
