// Taking JSON apart: what comes out, what is refused, and why.
#include "messages/json_text.hpp"
#include "messages/utf8.hpp"
#include "tests/unit/random_json.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>
#include <rapidcheck.h>

#include <limits>
#include <optional>
#include <string>
#include <vector>

using namespace holdfast;
using namespace holdfast::testing;

namespace {

std::string why_refused(std::string_view json, json_limits limits = {}) {
  std::vector<json_member> members;
  std::string why;
  CHECK_FALSE(split_members(json, limits, members, why));
  return why;
}

std::string compacted(std::string_view json) {
  std::string out;
  std::string why;
  CHECK(compact_json(json, {}, out, why));
  return out;
}

std::string nested(std::size_t depth) {
  return R"({"a":)" + std::string(depth - 1, '[') +
         std::string(depth - 1, ']') + "}";
}

} // namespace

TEST_CASE("an object is taken apart into names, kinds and compact values") {
  std::vector<json_member> members;
  std::string why;
  REQUIRE(split_members(
      " { \"a\" : [ 1 , { \"x\" : \"\\u0041\\/\" } ] , \"\\u0062\\n\":\tnull,"
      "\"n\":-1.50E+03, \"t\":true,\"s\":\"\\ud83d\\ude02\", \"o\":{ } }\r\n",
      {}, members, why));
  REQUIRE(members.size() == 6);
  CHECK(members[0].name == "a");
  CHECK(members[0].value == R"([1,{"x":"A/"}])");
  CHECK(members[0].kind == json_kind::array);
  CHECK(members[1].name == "b\n");
  CHECK(members[1].kind == json_kind::null);
  CHECK(members[2].value == "-1.50E+03");
  CHECK(members[2].kind == json_kind::number);
  CHECK(members[3].kind == json_kind::boolean);
  CHECK(members[4].value == "\"😂\"");
  CHECK(members[4].kind == json_kind::string);
  CHECK(members[5].value == "{}");
  CHECK(members[5].kind == json_kind::object);
}

TEST_CASE("an array is taken apart into its elements") {
  std::vector<json_element> elements;
  std::string why;
  REQUIRE(split_elements("[ {\"a\" :1}, 2.0,[] , \"x\" ]", {}, elements, why));
  REQUIRE(elements.size() == 4);
  CHECK(elements[0].value == R"({"a":1})");
  CHECK(elements[1].value == "2.0");
  CHECK(elements[3].kind == json_kind::string);
  REQUIRE(split_elements("[]", {}, elements, why));
  CHECK(elements.empty());
  CHECK_FALSE(split_elements("{}", {}, elements, why));
  CHECK(why == "not a JSON array but an object");
  CHECK_FALSE(split_elements("[1,]", {}, elements, why));
  CHECK(why == "not valid JSON: expected a value but found ']' at byte 4");
  CHECK_FALSE(split_elements("[1] 2", {}, elements, why));
  CHECK(why == "not valid JSON: expected nothing more but found '2' at byte 5");
}

TEST_CASE("numbers keep the digits they were sent with") {
  for (auto number :
       {"0", "-0", "1.0", "0.30000000000000001", "12345678901234567890123",
        "1e400", "-1E-400", "1.10", "18446744073709551616",
        "0.1000000000000000055511151231257827021181583404541015625"})
    CHECK(compacted(std::string{"[ "} + number + " ]") ==
          std::string{"["} + number + "]");
}

TEST_CASE("a refusal says what is wrong and where") {
  CHECK(why_refused("") == "not valid JSON: expected a value but it is empty");
  CHECK(why_refused("  ") ==
        "not valid JSON: expected a value but it ends at byte 3");
  CHECK(why_refused("[1]") == "not a JSON object but an array");
  CHECK(why_refused("7") == "not a JSON object but a number");
  CHECK(why_refused("null") == "not a JSON object but null");
  CHECK(why_refused(R"({"a":1)") ==
        "not valid JSON: expected ',' or '}' but it ends at byte 7");
  CHECK(why_refused(R"({"a" 1})") ==
        "not valid JSON: expected ':' behind a member's name but found "
        "'1' at byte 6");
  CHECK(why_refused(R"({"a":1,})") ==
        "not valid JSON: expected a member's name in double quotes but "
        "found '}' at byte 8");
  CHECK(why_refused(R"({"a":01})") ==
        "not valid JSON: expected ',' or '}' but found '1' at byte 7");
  CHECK(why_refused(R"({"a":1.})") ==
        "not valid JSON: expected a digit but found '}' at byte 8");
  CHECK(why_refused(R"({"a":NaN})") ==
        "not valid JSON: expected a value but found 'N' at byte 6");
  CHECK(why_refused("{\"a\":\"x") ==
        "not valid JSON: expected the end of a string but it ends at "
        "byte 8");
  CHECK(why_refused("{\"a\":\x01}") ==
        "not valid JSON: expected a value but found the byte 0x01 at "
        "byte 6");
  CHECK(why_refused(R"({"a":1}})") ==
        "not valid JSON: expected nothing more but found '}' at byte 8");
}

TEST_CASE("bad strings are refused where they are bad") {
  CHECK(why_refused("{\"a\":\"\xC3\x28\"}") ==
        "not valid JSON: a string is not valid UTF-8 at byte 7");
  CHECK(why_refused("{\"a\":\"x\n\"}") ==
        "not valid JSON: a string has an unescaped control character at "
        "byte 8");
  CHECK(why_refused("{\"\x1F\":1}").find("control character at byte 3") !=
        std::string::npos);
  CHECK(why_refused(R"({"a":"\x"})") ==
        "not valid JSON: a string has an unknown escape at byte 7");
  CHECK(why_refused(R"({"a":"\u12g4"})") ==
        "not valid JSON: expected four hexadecimal digits behind \\u but "
        "found 'g' at byte 11");
  for (auto half :
       {R"({"a":"\ud800"})", R"({"a":"\udc00"})", R"({"a":"\ud800\u0041"})",
        R"({"a":"\ud83d\ud83d"})", R"({"a":"\ud800x"})"})
    CHECK(why_refused(half) ==
          "not valid JSON: a string has half a surrogate pair at byte 7");
  CHECK(why_refused("{\"\xFF\":1}").find("UTF-8 at byte 3") !=
        std::string::npos);
}

TEST_CASE("a name that stands twice is refused at any level and named") {
  CHECK(why_refused(R"({"price":1,"b":2,"price":3})") ==
        "not valid JSON: the name \"price\" stands twice in one object, at "
        "byte 18");
  CHECK(why_refused(R"({"x":[{"a":1,"\u0061":2}]})") ==
        "not valid JSON: the name \"a\" stands twice in one object, at "
        "byte 14");
  CHECK(why_refused(R"({"":1,"":2})").find("the name \"\"") !=
        std::string::npos);
  std::vector<json_member> members;
  std::string why;
  CHECK(split_members(R"({"a":{"a":{"a":1}},"b":{"a":1}})", {}, members, why));
}

TEST_CASE("nesting is allowed up to the limit and no further") {
  std::vector<json_member> members;
  std::string why;
  CHECK(split_members(nested(64), {}, members, why));
  CHECK(why_refused(nested(65)) ==
        "not valid JSON: nested deeper than 64 levels at byte 69");
  CHECK(split_members(nested(3), {3}, members, why));
  CHECK_FALSE(split_members(nested(4), {3}, members, why));
  CHECK_FALSE(split_members(std::string(1'000'000, '['), {}, members, why));
}

TEST_CASE("strings and integers are decoded, anything else is not") {
  CHECK(decode_string(R"("a\u20ac\"b")") == "a€\"b");
  CHECK(decode_string(R"("")") == "");
  for (auto other : {"1", "null", "", "\"a", "\"a\"b", "[\"a\"]"})
    CHECK_FALSE(decode_string(other));
  CHECK(decode_integer("0") == 0);
  CHECK(decode_integer("-17") == -17);
  CHECK(decode_integer("9223372036854775807") == 9223372036854775807);
  CHECK(decode_integer("-9223372036854775808") ==
        std::numeric_limits<std::int64_t>::min());
  for (auto other : {"", "+1", "1.0", "1e3", "1E3", "01", "9223372036854775808",
                     "\"1\"", "- 1", "-", "0x10", "true", "1 2", "[1]"})
    CHECK_FALSE(decode_integer(other));
}

TEST_CASE("however an object is spelled, the same members come out") {
  CHECK(rc::check([](std::uint64_t seed) {
    generator random{seed};
    auto tree = random_object(random, 4);
    std::vector<json_member> members;
    std::string why;
    auto text = spelled(tree, random, false);
    RC_ASSERT(split_members(text, {}, members, why));
    RC_ASSERT(members.size() == tree.children.size());
    for (std::size_t index = 0; index < members.size(); ++index) {
      auto& child = tree.children[index];
      RC_ASSERT(members[index].name == child.name);
      RC_ASSERT(members[index].kind == child.kind);
      RC_ASSERT(members[index].value == compact(child));
      RC_ASSERT(compacted(members[index].value) == members[index].value);
    }
  }));
}

namespace {

/// What another library thinks of `json`; nothing when it gave up at a number
/// beyond double, which here is a number like any other.
std::optional<bool> accepted_elsewhere(const std::string& json) {
  try {
    return !nlohmann::json::parse(json).is_discarded();
  } catch (const nlohmann::json::out_of_range&) {
    return std::nullopt;
  } catch (const nlohmann::json::parse_error&) {
    return false;
  }
}

void check_against_library(const std::string& json) {
  std::string out;
  std::string why;
  bool accepted = compact_json(json, {}, out, why);
  auto elsewhere = accepted_elsewhere(json);
  if (accepted) {
    if (elsewhere == false)
      RC_FAIL("accepted: " + json);
    RC_ASSERT(compacted(out) == out);
  } else {
    RC_ASSERT(why.starts_with("not valid JSON: "));
    RC_ASSERT(find_invalid_utf8(why) == std::string::npos);
    bool stricter = why.find("stands twice") != std::string::npos ||
                    why.find("nested deeper") != std::string::npos;
    if (!stricter && elsewhere == true)
      RC_FAIL("refused as " + why + ": " + json);
  }
}

/// The library takes a NUL for the end and skips a byte order mark.
char harmless(char c) { return c == '\0' || c == '\xEF' ? 'x' : c; }

} // namespace

TEST_CASE("damaged JSON is judged as another library judges it") {
  CHECK(rc::check([](std::uint64_t seed) {
    generator random{seed};
    for (int round = 0; round < 50; ++round) {
      auto json = spelled(random_tree(random, 4), random, true);
      for (auto left = below(random, 4); left > 0; --left) {
        auto at = below(random, json.size());
        auto other = json[below(random, json.size())];
        switch (below(random, 4)) {
        case 0:
          json[at] = harmless(static_cast<char>(random()));
          break;
        case 1:
          json.insert(at, 1, other);
          break;
        case 2:
          json[at] = other;
          break;
        default:
          json.resize(at + 1);
        }
      }
      check_against_library(json);
    }
  }));
}

TEST_CASE("random bytes are judged as another library judges them") {
  CHECK(rc::check([](std::uint64_t seed) {
    static constexpr std::string_view alphabet =
        "{}[]:,\"\\ue+-.0123456789tfnralse \n\x80\xC3\xA9\xF0\x9F\x98\x82";
    generator random{seed};
    for (int round = 0; round < 200; ++round) {
      std::string json(below(random, 24), ' ');
      bool any = below(random, 2) == 0;
      for (auto& c : json)
        c = any ? harmless(static_cast<char>(random()))
                : alphabet[below(random, alphabet.size())];
      check_against_library(json);
    }
  }));
}
