// Takes JSON texts apart and keeps every value as text, digit by digit.
// Must not know what the text is about, CAF or HTTP.
#pragma once

#include "messages/json_reader.hpp"
#include "messages/json_writer.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast {

enum class json_kind : std::uint8_t {
  null,
  boolean,
  number,
  string,
  array,
  object,
};

/// With its article, for messages: "a number", "an array", "null".
std::string_view to_string(json_kind x);

struct json_member {
  std::string name;  ///< decoded
  std::string value; ///< compact JSON text
  json_kind kind = json_kind::null;
};

struct json_element {
  std::string value; ///< compact JSON text
  json_kind kind = json_kind::null;
};

// The functions below refuse everything that `json_reader` refuses. They
// answer false and set `why` to the reason, meant to follow "the body is":
// "not valid JSON: expected a value but found '}' at byte 17", "not a JSON
// object but an array". Compact JSON text has no insignificant white space,
// the fewest escapes, and numbers with the digits they were sent with.

/// Takes one JSON object apart into its members, in the order they stand.
bool split_members(std::string_view json, json_limits limits,
                   std::vector<json_member>& out, std::string& why);

/// Takes one JSON array apart into its elements.
bool split_elements(std::string_view json, json_limits limits,
                    std::vector<json_element>& out, std::string& why);

/// Sets `out` to the compact text of one JSON value of any kind.
bool compact_json(std::string_view json, json_limits limits, std::string& out,
                  std::string& why);

/// The UTF-8 text that a JSON string stands for; empty for any other value.
std::optional<std::string> decode_string(std::string_view json);

/// The value of a JSON number without fraction and exponent that fits 64 bits;
/// empty for anything else.
std::optional<std::int64_t> decode_integer(std::string_view json);

} // namespace holdfast
