// Takes query strings and JSON bodies apart and checks what is in them.
// Must not know any route, CAF or Boost.
#include "gateway/request_fields.hpp"

#include "messages/utf8.hpp"
#include "rules/refusals.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace holdfast {

namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9')
    return c - '0';
  if (c >= 'a' && c <= 'f')
    return c - 'a' + 10;
  if (c >= 'A' && c <= 'F')
    return c - 'A' + 10;
  return -1;
}

std::string quote(std::string_view text) {
  std::string out;
  append_json_string(out, shortened(text));
  return out;
}

std::string range_text(std::int64_t min, std::int64_t max) {
  return "an integer from " + std::to_string(min) + " to " +
         std::to_string(max);
}

std::optional<std::int64_t> parse_integer(std::string_view text) {
  std::int64_t value = 0;
  auto end = text.data() + text.size();
  auto [ptr, failure] = std::from_chars(text.data(), end, value);
  if (failure != std::errc{} || ptr != end)
    return std::nullopt;
  return value;
}

} // namespace

problem invalid_request(std::string detail) {
  problem what;
  what.code = errc::invalid;
  what.detail = std::move(detail);
  return what;
}

std::optional<std::string> percent_decoded(std::string_view text,
                                           bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus_is_space) {
      out += ' ';
    } else if (text[i] != '%') {
      out += text[i];
    } else {
      auto high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
      auto low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
      if (high < 0 || low < 0)
        return std::nullopt;
      out += static_cast<char>(high * 16 + low);
      i += 2;
    }
  }
  return out;
}

// -- both ---------------------------------------------------------------------

void request_fields::refuse(std::string detail) {
  refuse(invalid_request(std::move(detail)));
}

void request_fields::refuse(std::optional<problem> why) {
  if (!refusal_)
    refusal_ = std::move(why);
}

void request_fields::refuse_unknown(std::string_view what,
                                    std::string_view name, known_names known) {
  auto detail = "There is no " + std::string{what} + " " + quote(name) + ".";
  for (auto& candidate : known) {
    detail += &candidate == &known.front() ? " Known are: " : ", ";
    detail += candidate;
  }
  refuse(detail + (known.empty() ? " This call takes none." : "."));
}

std::int64_t request_fields::in_range(std::string_view name,
                                      std::string_view shown,
                                      std::optional<std::int64_t> value,
                                      std::int64_t min, std::int64_t max) {
  if (value && *value >= min && *value <= max)
    return *value;
  refuse(std::string{name} + " is " + shortened(shown) + "; expected " +
         range_text(min, max) + ".");
  return min;
}

// -- query strings ------------------------------------------------------------

query_fields::query_fields(std::string_view query, known_names known,
                           known_names lists) {
  while (!query.empty() && !refusal_) {
    auto end = std::min(query.find('&'), query.size());
    if (end > 0)
      take(query.substr(0, end), known, lists);
    query.remove_prefix(std::min(end + 1, query.size()));
  }
}

void query_fields::take(std::string_view pair, known_names known,
                        known_names lists) {
  auto equals = std::min(pair.find('='), pair.size());
  auto name = percent_decoded(pair.substr(0, equals), true);
  auto value =
      percent_decoded(pair.substr(std::min(equals + 1, pair.size())), true);
  if (!name || !value)
    refuse("The query parameter " + quote(pair) +
           " has a '%' that is not followed by two hexadecimal digits.");
  else if (std::find(known.begin(), known.end(), *name) == known.end())
    refuse_unknown("query parameter", *name, known);
  else if (has(*name) &&
           std::find(lists.begin(), lists.end(), *name) == lists.end())
    refuse("The query parameter " + *name + " stands twice.");
  else
    parameters_.push_back({*std::move(name), *std::move(value)});
}

const std::string* query_fields::find(std::string_view name) const {
  for (auto& parameter : parameters_)
    if (parameter.name == name)
      return &parameter.value;
  return nullptr;
}

std::string query_fields::text(std::string_view name, std::size_t min,
                               std::size_t max) {
  auto value = find(name);
  if (value == nullptr)
    return {};
  refuse(check_text(name, *value, min, max));
  return *value;
}

std::int64_t query_fields::integer(std::string_view name, std::int64_t min,
                                   std::int64_t max, std::int64_t otherwise) {
  auto value = find(name);
  if (value == nullptr)
    return otherwise;
  return in_range(name, quote(*value), parse_integer(*value), min, max);
}

void query_fields::refuse_choice(std::string_view name, std::string_view value,
                                 std::string_view choices) {
  refuse(std::string{name} + " is " + quote(value) + "; expected one of " +
         std::string{choices} + ".");
}

// -- bodies -------------------------------------------------------------------

body_fields::body_fields(std::string_view json, json_limits limits,
                         known_names known, std::string_view what) {
  std::string why;
  if (!split_members(json, limits, members_, why)) {
    members_.clear();
    refuse(std::string{what} + " is " + why + ".");
    return;
  }
  for (auto& member : members_)
    if (std::find(known.begin(), known.end(), member.name) == known.end())
      refuse_unknown("field", member.name, known);
}

const json_member* body_fields::find(std::string_view name) const {
  for (auto& member : members_)
    if (member.name == name)
      return &member;
  return nullptr;
}

std::string body_fields::required_text(std::string_view name) {
  if (!has(name))
    refuse_absent(name);
  return text(name);
}

std::string body_fields::text(std::string_view name) {
  auto member = find(name);
  if (member == nullptr)
    return {};
  auto text = decode_string(member->value);
  if (!text) {
    refuse_value(*member, "a string of 1 to 256 bytes");
    return {};
  }
  refuse(check_text(name, *text));
  return *std::move(text);
}

std::string body_fields::verbatim_text(std::string_view name, std::size_t max) {
  auto member = find(name);
  if (member == nullptr)
    return {};
  auto text = decode_string(member->value);
  if (!text)
    refuse_value(*member,
                 "a string of at most " + std::to_string(max) + " bytes");
  else if (text->size() > max)
    refuse(std::string{name} + " has " + std::to_string(text->size()) +
           " bytes; expected at most " + std::to_string(max) + ".");
  return text.value_or("");
}

std::int64_t body_fields::integer(std::string_view name, std::int64_t min,
                                  std::int64_t max, std::int64_t otherwise) {
  auto member = find(name);
  if (member == nullptr)
    return otherwise;
  if (member->kind == json_kind::number)
    return in_range(name, member->value, decode_integer(member->value), min,
                    max);
  refuse_value(*member, range_text(min, max));
  return otherwise;
}

std::int64_t body_fields::required_integer(std::string_view name,
                                           std::int64_t min, std::int64_t max) {
  if (!has(name))
    refuse_absent(name);
  return integer(name, min, max, min);
}

std::string body_fields::json(std::string_view name) const {
  auto member = find(name);
  return member != nullptr ? member->value : std::string{};
}

std::string body_fields::amount(std::string_view name) const {
  auto value = json(name);
  if (value == "null")
    return {};
  // An empty text is no amount either: it must not pass for an absent one.
  if (auto text = decode_string(value))
    return text->empty() ? "\"\"" : *text;
  return value;
}

bool body_fields::is_null(std::string_view name) const {
  auto member = find(name);
  return member != nullptr && member->kind == json_kind::null;
}

std::string body_fields::required_array(std::string_view name) {
  auto member = find(name);
  if (member == nullptr)
    refuse_absent(name);
  else if (member->kind != json_kind::array)
    refuse_value(*member, "an array");
  return json(name);
}

void body_fields::refuse_value(const json_member& member,
                               std::string_view expected) {
  bool scalar =
      member.kind != json_kind::array && member.kind != json_kind::object;
  refuse(
      member.name + " is " +
      (scalar ? shortened(member.value) : std::string{to_string(member.kind)}) +
      "; expected " + std::string{expected} + ".");
}

void body_fields::refuse_absent(std::string_view name) {
  refuse(std::string{name} + " is missing.");
}

} // namespace holdfast
