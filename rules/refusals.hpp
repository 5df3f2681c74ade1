// How the rules say no: problems with what a caller can act on.
// Must not know CAF, storage, the clock or randomness.
#pragma once

#include "rules/lock_rules.hpp"

#include <optional>
#include <string>

namespace holdfast {

problem refuse(errc code, std::string detail);

/// A refusal because of the lock that holds the resource. Requires one.
problem refuse_for(errc code, std::string detail, const resource_state& state,
                   const circumstances& at);

/// A refusal because of this lock.
problem refuse_for(errc code, std::string detail, const lock_record& flight,
                   const circumstances& at);

/// The lock has ended, or the token is not its own.
problem stale(lock_id id, std::string why);

problem not_found(lock_id id);

/// Why a caller who may act for the owner `bound_to` alone (empty: for all)
/// must leave `work` alone, if so.
std::optional<problem> foreign(const std::string& bound_to,
                               const transaction& work);

} // namespace holdfast
