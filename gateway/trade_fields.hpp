// Fields that only requests for trades have.
// Internal to the routes; must not know Boost.
#pragma once

#include "gateway/api_call.hpp"
#include "gateway/request_fields.hpp"
#include "rules/trade_rules.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace holdfast {

/// True or false; false when it is absent or null.
bool flag_field(const body_fields& body, std::string_view name,
                std::optional<problem>& refusal);

/// Why the caller may not ask for this trade, if so: it is another owner's, or
/// an emergency without the scope for it.
std::optional<problem> check_trader(const api_call& call,
                                    const acquire_lock& cmd);

/// Why a node without an exchange does not trade.
problem no_exchange();

} // namespace holdfast
