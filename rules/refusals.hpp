// How the rules say no: problems with what a caller can act on.
// Must not know CAF, storage, the clock or randomness.
#pragma once

#include "rules/lock_rules.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace holdfast {

problem refuse(errc code, std::string detail);

/// What is wrong, if anything, with a text that must have `bytes_min` to
/// `bytes_max` bytes of UTF-8 without control characters (U+0000-001F,
/// U+007F-009F), as `errc::invalid`. `name` is the field.
std::optional<problem> check_text(std::string_view name, std::string_view text,
                                  std::size_t bytes_min = 1,
                                  std::size_t bytes_max = 256);

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
