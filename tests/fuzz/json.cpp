// JSON texts: what is taken is taken the same way again; equal values have one
// canonical text; numbers keep their value.
#include "messages/json_text.hpp"
#include "rules/canonical_json.hpp"
#include "rules/decimal.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <string>
#include <variant>
#include <vector>

using namespace holdfast;
using fuzz::require;

namespace {

void take_apart(std::string_view compact) {
  std::vector<json_member> members;
  std::vector<json_element> elements;
  std::string why;
  bool object = split_members(compact, {}, members, why);
  bool array = split_elements(compact, {}, elements, why);
  require(object == compact.starts_with('{'), "an object has members");
  require(array == compact.starts_with('['), "an array has elements");
  for (const auto& x : members)
    require(compact.find(x.value) != std::string_view::npos,
            "a member is a part of its object");
}

void canonical(std::string_view text, const std::string& compact) {
  auto first = canonicalize(text);
  auto* canon = std::get_if<std::string>(&first);
  if (!canon)
    return require(!std::get<problem>(first).detail.empty(), "a reason");
  // 54e15 is taken, and its canonical text, which many readers round, is not.
  auto second = canonicalize(*canon);
  auto* again = std::get_if<std::string>(&second);
  require(again ? *again == *canon
                : canon->find_first_of("0123456789") != std::string::npos,
          "canonical text is its own, but for large integers");
  require(std::get<std::string>(canonicalize(compact)) == *canon,
          "equal values have one canonical text");
}

void number(std::string_view text) {
  if (!is_number(text))
    return;
  auto value = parse_decimal(text);
  if (auto plain = to_plain_text(value, 64))
    require(parse_decimal(*plain) == value, "plain text keeps the value");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  std::string_view text{reinterpret_cast<const char*>(data), size};
  number(text);
  decode_string(text);
  decode_integer(text);
  std::string compact;
  std::string why;
  if (!compact_json(text, {}, compact, why)) {
    require(!why.empty(), "a refusal says why");
    require(std::holds_alternative<problem>(canonicalize(text)),
            "what is no JSON has no canonical text");
    return 0;
  }
  std::string again;
  require(compact_json(compact, {}, again, why) && again == compact,
          "compact text is its own");
  take_apart(compact);
  canonical(text, compact);
  return 0;
}
