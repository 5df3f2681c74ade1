// What an operator says of an effect whose outcome nobody knows, as a command
// for the effect's owner.
// Must not know how it was said.
#pragma once

#include "messages/commands.hpp"
#include "messages/effect.hpp"
#include "messages/errc.hpp"

#include <string>
#include <variant>

namespace holdfast {

struct operators_word {
  resolution outcome = resolution::done;
  std::string reason;
  std::string reference; ///< what was done is called so outside; with `done`
  std::string actor;
  std::string bound_to = {}; ///< see `release_lock`
};

/// An order acts under a lock, a message under none. `errc::stale_lock` or
/// `in_progress` when the effect is not unknown, `invalid` when it can have no
/// such reference.
std::variant<resolve_lock, resolve_message, problem>
to_command(operators_word word, const effect_record& about);

} // namespace holdfast
