// Reads what is reported of positions.
// Internal to the routes; must not know Boost or what becomes of a report.
#pragma once

#include "gateway/request_fields.hpp"
#include "messages/position.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace holdfast {

/// One report, or why it is none; then `event` has the ids as far as they
/// could be read.
struct read_report {
  position_event event;
  std::optional<problem> why;
};

/// Takes one report apart and prepares it. `account`: whose it is when it does
/// not say; empty: it has to.
read_report read_position(std::string_view json, json_limits limits,
                          std::string_view account = {});

/// Reads an RFC 3339 time as milliseconds since 1970, rounded down; empty when
/// it is none, or not from 1970 to 9999. A leap second is the second after it.
std::optional<std::int64_t> parse_timestamp(std::string_view text);

} // namespace holdfast
