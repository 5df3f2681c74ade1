// The idempotency key of a request, which may stand in a header or the body.
// Internal to the routes; must not know what is acquired.
#pragma once

#include "gateway/http_types.hpp"
#include "gateway/request_fields.hpp"

#include <optional>
#include <string>

namespace holdfast {

/// The key in the header Idempotency-Key, in quotes (RFC 9651) or bare; empty
/// when there is none. Sets `refusal` to why it is none that can be used.
std::string header_key(const http_request& request,
                       std::optional<problem>& refusal);

/// The key of body and header; null in the body counts as none. Sets `refusal`
/// when they differ.
std::string merge_keys(body_fields& body, const std::string& from_header,
                       std::optional<problem>& refusal);

} // namespace holdfast
