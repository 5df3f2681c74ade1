// Refusals as HTTP tells them: one table of status, code and title.
// Must not know CAF, Boost or any route.
#pragma once

#include "gateway/http_types.hpp"
#include "messages/errc.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace holdfast {

/// Refusals that only HTTP knows, beside those of `errc`.
enum class http_fault : std::uint8_t {
  none,
  unauthorized, ///< no token, or one that nobody has
  method_not_allowed,
  request_timeout, ///< the request was not complete in time
  too_large,
  unsupported_media_type,
  headers_too_large,
  internal, ///< a defect of ours
};

/// One row of the table.
struct problem_kind {
  errc code = errc::none;
  http_fault fault = http_fault::none; ///< when `code` is none
  unsigned status = 500;
  std::string_view text;  ///< the stable `code` of the answer
  std::string_view title; ///< the same for every occurrence
};

/// All refusals there are, in the order of their statuses.
std::span<const problem_kind> problem_kinds();

const problem_kind& kind_of(errc code);
const problem_kind& kind_of(http_fault fault);

/// The problem+json object (RFC 9457) of a refusal. Members that a refusal
/// does not give are left out.
std::string problem_json(const problem& what);
std::string problem_json(http_fault fault, std::string_view detail);

/// The whole answer. 429 and 503 carry `Retry-After`: whole seconds, rounded
/// up, at least 1. 401 carries `WWW-Authenticate`.
http_response to_response(const problem& what);
/// With members of its own; those without text are left out.
http_response
to_response(const problem& what,
            const std::vector<std::pair<std::string_view, std::string>>& more);
http_response to_response(http_fault fault, std::string_view detail);

} // namespace holdfast
