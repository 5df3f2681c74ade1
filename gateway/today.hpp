// How the services that Holdfast replaces said no.
// Internal to the routes; must not know Boost.
#pragma once

#include "gateway/api_call.hpp"

#include <optional>
#include <string_view>

namespace holdfast {

/// `{success: false, error, message?}`.
http_response failed_response(unsigned status, std::string_view error,
                              std::string_view message = {});

/// What `refusal` is told as by the calls that today's clients make, with the
/// status that version 1 gives it; nothing when it is none, or for others.
std::optional<http_response> in_todays_words(std::string_view path,
                                             const http_response& refusal);

} // namespace holdfast
