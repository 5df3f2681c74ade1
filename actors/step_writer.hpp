// A decided transition as the store takes it.
#pragma once

#include "rules/lock_rules.hpp"
#include "storage/store.hpp"

namespace holdfast {

/// `before` is the state that `change` was decided upon.
step to_step(const resource_state& before, const transition& change);

/// Reads a resource with its holder and waiters. @throws storage_error
resource_state read_resource(const snapshot& from, const std::string& resource);

} // namespace holdfast
