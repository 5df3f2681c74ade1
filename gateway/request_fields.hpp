// Takes query strings and JSON bodies apart and checks what is in them.
// Must not know any route, CAF or Boost.
#pragma once

#include "messages/errc.hpp"
#include "messages/json_text.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast {

/// Names a request may use.
using known_names = std::span<const std::string_view>;

/// `errc::invalid` with a sentence.
problem invalid_request(std::string detail);

/// Undoes percent-encoding (RFC 3986, section 2.1); empty when a '%' is not
/// followed by two hexadecimal digits. `plus_is_space` as in query strings of
/// web forms (WHATWG URL, section 5.1).
std::optional<std::string> percent_decoded(std::string_view text,
                                           bool plus_is_space = false);

/// Common to query strings and bodies: the first refusal counts, and reading
/// after one only gives defaults.
class request_fields {
public:
  /// Why the request is refused; empty: it is not, so far.
  const std::optional<problem>& refusal() const { return refusal_; }

protected:
  void refuse(std::string detail);
  void refuse(std::optional<problem> why);
  void refuse_unknown(std::string_view what, std::string_view name,
                      known_names known);

  /// Refuses what is out of range, naming the range.
  std::int64_t in_range(std::string_view name, std::string_view shown,
                        std::optional<std::int64_t> value, std::int64_t min,
                        std::int64_t max);

  std::optional<problem> refusal_;
};

/// The parameters of a query string.
class query_fields : public request_fields {
public:
  /// Takes `query` apart; refuses names that are not `known`, names that stand
  /// twice (but for `lists`), and broken percent-encoding.
  query_fields(std::string_view query, known_names known,
               known_names lists = {});

  bool has(std::string_view name) const { return find(name) != nullptr; }

  /// A text checked by `check_text`; empty when it is absent.
  std::string text(std::string_view name, std::size_t min = 1,
                   std::size_t max = 256);

  std::int64_t integer(std::string_view name, std::int64_t min,
                       std::int64_t max, std::int64_t otherwise);

  /// Calls `take` with every element of a list: `a,b`, or repeated. An element
  /// that `from_string` does not know is refused.
  template <class Enum, class F>
  void choices(std::string_view name, std::string_view all, F take) {
    for (auto& parameter : parameters_) {
      std::string_view rest = parameter.value;
      for (bool more = parameter.name == name; more && !refusal_;) {
        auto element = rest.substr(0, rest.find(','));
        more = element.size() < rest.size();
        rest.remove_prefix(element.size() + (more ? 1 : 0));
        Enum x{};
        if (from_string(element, x))
          take(x);
        else
          refuse_choice(name, element, all);
      }
    }
  }

  /// One of the names that `from_string` knows; false when it is absent.
  template <class Enum>
  bool choice(std::string_view name, std::string_view choices, Enum& x) {
    auto value = find(name);
    if (value != nullptr && !from_string(*value, x))
      refuse_choice(name, *value, choices);
    return value != nullptr;
  }

private:
  struct parameter {
    std::string name;
    std::string value;
  };

  void take(std::string_view pair, known_names known, known_names lists);
  const std::string* find(std::string_view name) const;
  void refuse_choice(std::string_view name, std::string_view value,
                     std::string_view choices);

  std::vector<parameter> parameters_;
};

/// The members of a JSON object.
class body_fields : public request_fields {
public:
  /// Takes `json` apart; refuses what is no JSON object, or has members that
  /// are not `known`. `what` names it in refusals.
  body_fields(std::string_view json, json_limits limits, known_names known,
              std::string_view what = "The body");

  bool has(std::string_view name) const { return find(name) != nullptr; }

  /// A text checked by `check_text`; refused when it is absent.
  std::string required_text(std::string_view name);

  /// The same, or empty when it is absent.
  std::string text(std::string_view name);

  /// Any text of at most `max` bytes; empty when it is absent.
  std::string verbatim_text(std::string_view name, std::size_t max);

  std::int64_t integer(std::string_view name, std::int64_t min,
                       std::int64_t max, std::int64_t otherwise);
  std::int64_t required_integer(std::string_view name, std::int64_t min,
                                std::int64_t max);

  /// Any value as compact JSON text; empty when it is absent.
  std::string json(std::string_view name) const;

  /// A number or a text, digit by digit as it was sent; empty when it is
  /// absent or null. Whether it is an amount is for the rules to say.
  std::string amount(std::string_view name) const;

  bool is_null(std::string_view name) const;

  /// A value that must be an array; refused when it is absent.
  std::string required_array(std::string_view name);

  template <class Enum>
  void choice(std::string_view name, std::string_view choices, Enum& x) {
    auto member = find(name);
    if (member == nullptr)
      return;
    auto text = decode_string(member->value);
    if (!text || !from_string(*text, x))
      refuse_value(*member, "one of " + std::string{choices});
  }

private:
  const json_member* find(std::string_view name) const;
  void refuse_value(const json_member& member, std::string_view expected);
  void refuse_absent(std::string_view name);

  std::vector<json_member> members_;
};

} // namespace holdfast
