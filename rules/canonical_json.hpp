// Canonical JSON after RFC 8785, so that equal transactions hash alike.
// Must not know transactions or hashes.
#pragma once

#include "messages/errc.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace holdfast {

/// The canonical text of one JSON value: members sorted by UTF-16 code units,
/// the fewest escapes, numbers as ECMAScript writes them. Equal values have
/// equal texts.
///
/// Or `errc::invalid` with a `detail` meant to follow "transactionData is":
/// for what `json_reader` refuses (nesting beyond 64 levels, a name that
/// stands twice, bytes that are not UTF-8), for a number whose decimal value
/// is not exactly that of its RFC 8785 form, and for an integer (written
/// without fraction and exponent) beyond 2^53, which many readers round.
std::variant<std::string, problem> canonicalize(std::string_view json);

/// The same, and in the same pass the compact text of `json`, as
/// `compact_json` makes it: members in the order they were sent, numbers with
/// their digits. `compact` is worth nothing when `json` is refused.
std::variant<std::string, problem> canonicalize(std::string_view json,
                                                std::string& compact);

/// A number as RFC 8785, section 3.2.2.3, writes it; empty for NaN and
/// infinity, which JSON does not have.
std::optional<std::string> canonical_number(double x);

} // namespace holdfast
