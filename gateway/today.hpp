// How the services that Holdfast replaces said no.
// Internal to the routes; must not know Boost.
#pragma once

#include "gateway/api_call.hpp"

#include <string_view>

namespace holdfast {

/// `{success: false, error, message?}`.
http_response failed_response(unsigned status, std::string_view error,
                              std::string_view message = {});

/// The same of a refusal, with the status that version 1 gives it.
http_response failed_response(const problem& why);

} // namespace holdfast
