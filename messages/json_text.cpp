// Takes JSON texts apart and keeps every value as text, digit by digit.
// Must not know what the text is about, CAF or HTTP.
#include "messages/json_text.hpp"

#include "messages/enum_names.hpp"

#include <charconv>
#include <system_error>

namespace holdfast {

namespace {

using token = json_reader::token;

json_kind kind_of(token first) {
  switch (first) {
  case token::begin_object:
    return json_kind::object;
  case token::begin_array:
    return json_kind::array;
  case token::string:
    return json_kind::string;
  case token::number:
    return json_kind::number;
  case token::boolean:
    return json_kind::boolean;
  default:
    return json_kind::null;
  }
}

void append_token(const json_reader& in, token t, std::string& out) {
  switch (t) {
  case token::name:
    append_json_string(out, in.text());
    out += ':';
    break;
  case token::string:
    append_json_string(out, in.text());
    break;
  default:
    out += in.raw();
  }
}

/// Appends the value that starts with `t`, up to its end.
bool append_value(json_reader& in, token t, std::string& out) {
  std::size_t depth = 0;
  bool comma = false;
  for (;; t = in.next()) {
    if (t == token::refused)
      return false;
    bool closes = t == token::end_object || t == token::end_array;
    bool opens = t == token::begin_object || t == token::begin_array;
    if (comma && !closes)
      out += ',';
    append_token(in, t, out);
    comma = !opens && t != token::name;
    if (opens)
      ++depth;
    else if (closes)
      --depth;
    if (depth == 0)
      return true;
  }
}

bool ends(json_reader& in) { return in.next() == token::end; }

/// Reads the token that opens the outermost value; `kind` is what it must be.
bool opens(json_reader& in, json_kind kind, std::string& why) {
  auto first = in.next();
  if (first == token::refused) {
    why = in.why();
    return false;
  }
  if (kind_of(first) == kind)
    return true;
  why = kind == json_kind::object ? "not a JSON object but "
                                  : "not a JSON array but ";
  why += to_string(kind_of(first));
  return false;
}

} // namespace

std::string_view to_string(json_kind x) {
  static constexpr enum_names<6> names{"null",     "a boolean", "a number",
                                       "a string", "an array",  "an object"};
  return name_of(names, x);
}

bool split_members(std::string_view json, json_limits limits,
                   std::vector<json_member>& out, std::string& why) {
  out.clear();
  json_reader in{json, limits};
  if (!opens(in, json_kind::object, why))
    return false;
  auto t = in.next();
  while (t == token::name) {
    auto& member = out.emplace_back();
    member.name = in.text();
    t = in.next();
    member.kind = kind_of(t);
    if (!append_value(in, t, member.value))
      break;
    t = in.next();
  }
  if (t == token::end_object && ends(in))
    return true;
  why = in.why();
  return false;
}

bool split_elements(std::string_view json, json_limits limits,
                    std::vector<json_element>& out, std::string& why) {
  out.clear();
  json_reader in{json, limits};
  if (!opens(in, json_kind::array, why))
    return false;
  auto t = in.next();
  while (t != token::end_array && t != token::refused) {
    auto& element = out.emplace_back();
    element.kind = kind_of(t);
    if (!append_value(in, t, element.value))
      break;
    t = in.next();
  }
  if (t == token::end_array && ends(in))
    return true;
  why = in.why();
  return false;
}

bool compact_json(std::string_view json, json_limits limits, std::string& out,
                  std::string& why) {
  out.clear();
  json_reader in{json, limits};
  if (append_value(in, in.next(), out) && ends(in))
    return true;
  why = in.why();
  return false;
}

std::optional<std::string> decode_string(std::string_view json) {
  json_reader in{json, {}};
  if (in.next() != token::string)
    return std::nullopt;
  std::string text{in.text()};
  if (!ends(in))
    return std::nullopt;
  return text;
}

std::optional<std::int64_t> decode_integer(std::string_view json) {
  json_reader in{json, {}};
  if (in.next() != token::number)
    return std::nullopt;
  auto digits = in.raw();
  std::int64_t value = 0;
  auto end = digits.data() + digits.size();
  auto [ptr, failure] = std::from_chars(digits.data(), end, value);
  if (failure != std::errc{} || ptr != end || !ends(in))
    return std::nullopt;
  return value;
}

} // namespace holdfast
