// RFC 8785 by its own examples and test data, and what is refused beyond it.
#include "rules/canonical_json.hpp"
#include "tests/unit/random_json.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <bit>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <string>

using namespace holdfast;
using namespace holdfast::testing;

namespace {

std::string canonical(std::string_view json) {
  auto result = canonicalize(json);
  if (auto bad = std::get_if<problem>(&result))
    return "refused: " + bad->detail;
  return std::get<std::string>(result);
}

std::string why_refused(std::string_view json) {
  auto result = canonicalize(json);
  auto bad = std::get_if<problem>(&result);
  REQUIRE_MESSAGE(bad != nullptr, json);
  CHECK(bad->code == errc::invalid);
  return bad->detail;
}

std::u16string utf16(std::string_view utf8) {
  std::u16string units;
  for (std::size_t pos = 0; pos < utf8.size();) {
    auto byte = [&](std::size_t i) {
      return static_cast<std::uint32_t>(
          static_cast<unsigned char>(utf8[pos + i]));
    };
    std::uint32_t x = byte(0);
    std::size_t more = x < 0x80 ? 0 : x < 0xE0 ? 1 : x < 0xF0 ? 2 : 3;
    if (more > 0)
      x &= 0x3FU >> more;
    for (std::size_t i = 1; i <= more; ++i)
      x = x << 6 | (byte(i) & 0x3F);
    pos += more + 1;
    if (x >= 0x10000) {
      units += static_cast<char16_t>(0xD800 + ((x - 0x10000) >> 10));
      x = 0xDC00 + (x & 0x3FF);
    }
    units += static_cast<char16_t>(x);
  }
  return units;
}

} // namespace

TEST_CASE("RFC 8785, appendix B: numbers") {
  struct row {
    std::uint64_t bits;
    const char* text;
  };
  for (auto [bits, text] : {
           row{0x0000000000000000, "0"},
           row{0x8000000000000000, "0"},
           row{0x0000000000000001, "5e-324"},
           row{0x8000000000000001, "-5e-324"},
           row{0x7fefffffffffffff, "1.7976931348623157e+308"},
           row{0xffefffffffffffff, "-1.7976931348623157e+308"},
           row{0x4340000000000000, "9007199254740992"},
           row{0xc340000000000000, "-9007199254740992"},
           row{0x4430000000000000, "295147905179352830000"},
           row{0x44b52d02c7e14af5, "9.999999999999997e+22"},
           row{0x44b52d02c7e14af6, "1e+23"},
           row{0x44b52d02c7e14af7, "1.0000000000000001e+23"},
           row{0x444b1ae4d6e2ef4e, "999999999999999700000"},
           row{0x444b1ae4d6e2ef4f, "999999999999999900000"},
           row{0x444b1ae4d6e2ef50, "1e+21"},
           row{0x3eb0c6f7a0b5ed8c, "9.999999999999997e-7"},
           row{0x3eb0c6f7a0b5ed8d, "0.000001"},
           row{0x41b3de4355555553, "333333333.3333332"},
           row{0x41b3de4355555554, "333333333.33333325"},
           row{0x41b3de4355555555, "333333333.3333333"},
           row{0x41b3de4355555556, "333333333.3333334"},
           row{0x41b3de4355555557, "333333333.33333343"},
           row{0xbecbf647612f3696, "-0.0000033333333333333333"},
           row{0x43143ff3c1cb0959, "1424953923781206.2"},
       })
    CHECK(canonical_number(std::bit_cast<double>(bits)) == text);
  for (auto bits :
       {std::uint64_t{0x7fffffffffffffff}, std::uint64_t{0x7ff0000000000000}})
    CHECK_FALSE(canonical_number(std::bit_cast<double>(bits)));
}

TEST_CASE("RFC 8785, section 3.2.2: literals, strings and numbers") {
  // The RFC writes 333333333.33333329 here, which is refused below: its
  // canonical form would be another decimal number.
  CHECK(canonical(R"({
    "numbers": [333333333.3333333, 1E30, 4.50, 2e-3,
                0.000000000000000000000000001],
    "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
    "literals": [null, true, false]
  })") == "{\"literals\":[null,true,false],\"numbers\":[333333333.3333333,"
          "1e+30,4.5,0.002,1e-27],\"string\":\"\u20ac$\\u000f\\nA'B\\\"\\\\"
          "\\\\\\\"/\"}");
}

TEST_CASE("RFC 8785, section 3.2.3: members by UTF-16 code units") {
  CHECK(canonical(R"({
    "\u20ac": "Euro Sign",
    "\r": "Carriage Return",
    "\ufb33": "Hebrew Letter Dalet With Dagesh",
    "1": "One",
    "\ud83d\ude00": "Emoji: Grinning Face",
    "\u0080": "Control",
    "\u00f6": "Latin Small Letter O With Diaeresis"
  })") == "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\xC2\x80\":\"Control\","
          "\"\u00f6\":\"Latin Small Letter O With Diaeresis\","
          "\"\u20ac\":\"Euro Sign\","
          "\"\U0001F600\":\"Emoji: Grinning Face\","
          "\"\uFB33\":\"Hebrew Letter Dalet With Dagesh\"}");
}

TEST_CASE("the RFC's public test data: arrays, structures, unicode, french") {
  CHECK(canonical("[\n  56,\n  {\n    \"d\": true,\n    \"10\": null,\n    "
                  "\"1\": [ ]\n  }\n]") ==
        R"([56,{"1":[],"10":null,"d":true}])");
  CHECK(canonical(R"({
  "1": {"f": {"f": "hi","F": 5} ,"\n": 56.0},
  "10": { },
  "": "empty",
  "a": { },
  "111": [ { } ],
  "A": { }
})") == R"({"":"empty","1":{"\n":56,"f":{"F":5,"f":"hi"}},"10":{},)"
        R"("111":[{}],"A":{},"a":{}})");
  CHECK(canonical(R"({ "Unnormalized Unicode":"A\u030a" })") ==
        "{\"Unnormalized Unicode\":\"A\u030a\"}");
  CHECK(canonical(R"({ "Unnormalized Unicode":"\u1e0d\u0307" })") ==
        "{\"Unnormalized Unicode\":\"\u1e0d\u0307\"}");
  CHECK(canonical(R"({
  "sin":   "ingnore locale",
  "pêche": "but canonicalization MUST",
  "péché": "is wrong according to French",
  "peach": "This sorting order"
})") == R"({"peach":"This sorting order",)"
        R"("péché":"is wrong according to French",)"
        R"("pêche":"but canonicalization MUST","sin":"ingnore locale"})");
}

TEST_CASE("the RFC's public test data: values, weird") {
  CHECK(canonical(R"({
  "numbers": [1E30, 4.50, 6, 2e-3, 0.000000000000000000000000001],
  "escaping": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
  "other": [null, true, false]
})") == "{\"escaping\":\"\u20ac$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\","
        "\"numbers\":[1e+30,4.5,6,0.002,1e-27],"
        "\"other\":[null,true,false]}");
  CHECK(canonical(R"({
  "\u20ac": "Euro Sign",
  "1": "One",
  "\u0080": "Control\u007f",
  "\ud83d\ude02": "Smiley",
  "\u00f6": "Latin Small Letter O With Diaeresis",
  "\ufb33": "Hebrew Letter Dalet With Dagesh",
  "</script>": "Browser Challenge"
})") == "{\"1\":\"One\",\"</script>\":\"Browser Challenge\","
        "\"\xC2\x80\":\"Control\x7f\","
        "\"\u00f6\":\"Latin Small Letter O With Diaeresis\","
        "\"\u20ac\":\"Euro Sign\",\"\U0001F602\":\"Smiley\","
        "\"\uFB33\":\"Hebrew Letter Dalet With Dagesh\"}");
}

TEST_CASE("one value has one text") {
  for (auto zero : {"0", "-0", "0.0", "-0.00e5", "0e-999", "0E+99999999999"})
    CHECK(canonical(zero) == "0");
  for (auto hundred : {"100", "100.0", "1e2", "1E+2", "1000e-1", "0.1e3"})
    CHECK(canonical(hundred) == "100");
  CHECK(canonical("\"\\u0041\\/\\u00f6\\ud83d\\ude02\"") == "\"A/ö😂\"");
  CHECK(canonical(" null ") == "null");
  CHECK(canonical("0.1") == "0.1");
  CHECK(canonical("\"0.30000000000000001\"") == "\"0.30000000000000001\"");
}

TEST_CASE("a number that its canonical form would change is refused") {
  CHECK(why_refused(R"({"price":0.30000000000000001})") ==
        "not exact: the number 0.30000000000000001 would be read as 0.3; "
        "send it as a string");
  CHECK(why_refused("333333333.33333329").find("333333333.3333333;") !=
        std::string::npos);
  CHECK(why_refused("[1e400]") ==
        "not exact: the number 1e400 is beyond what JSON readers keep "
        "exactly; send it as a string");
  CHECK(why_refused("-1e400").find("-1e400") != std::string::npos);
  for (auto number :
       {"1e-400", "5e-325", "12345678901234567890", "0.1000000000000000055",
        "1.0000000000000000000000001", "9007199254740993",
        "1e99999999999999999999", "1e-99999999999999999999"})
    CHECK(why_refused(number).find(number) != std::string::npos);
  auto many = why_refused("0.1" + std::string(60'000, '1'));
  CHECK(many.size() < 250);
}

TEST_CASE("integers are taken up to 2^53 and refused beyond it") {
  CHECK(canonical("9007199254740992") == "9007199254740992");
  CHECK(canonical("-9007199254740992") == "-9007199254740992");
  // Both are doubles, but their neighbours are not: nobody can tell.
  for (auto number :
       {"9007199254740994", "-9007199254740994", "100000000000000000000"})
    CHECK(why_refused(number).find("send it as a string") != std::string::npos);
  // With an exponent it says itself how many digits it means.
  CHECK(canonical("1e20") == "100000000000000000000");
}

TEST_CASE("what is no unambiguous JSON has no canonical form") {
  CHECK(why_refused(R"({"a":1,"a":1})").find("the name \"a\" stands twice") !=
        std::string::npos);
  CHECK(why_refused("\"\xFF\"").find("UTF-8") != std::string::npos);
  CHECK(why_refused("\"\\ud800\"").find("surrogate") != std::string::npos);
  CHECK(why_refused("").find("not valid JSON") == 0);
  CHECK(why_refused("1 2").find("not valid JSON") == 0);
  CHECK(canonical(std::string(64, '[') + std::string(64, ']')).front() == '[');
  CHECK(why_refused(std::string(65, '[') + std::string(65, ']'))
            .find("deeper than 64 levels") != std::string::npos);
}

TEST_CASE("spelling and order of members do not change the canonical form") {
  CHECK(rc::check([](std::uint64_t seed) {
    generator random{seed};
    auto tree = random_tree(random, 4);
    auto expected = canonical(compact(tree));
    RC_ASSERT(!expected.starts_with("refused"));
    RC_ASSERT(canonical(spelled(tree, random, true)) == expected);
    RC_ASSERT(canonical(expected) == expected);
  }));
}

TEST_CASE("members stand in the order of their UTF-16 code units") {
  CHECK(rc::check([](std::uint64_t seed) {
    generator random{seed};
    json_tree tree;
    tree.kind = json_kind::object;
    for (int index = 0; index < 12; ++index) {
      auto& child = tree.children.emplace_back();
      child.name = random_text(random) + std::to_string(index);
      child.text = "null";
    }
    std::vector<json_member> members;
    std::string why;
    RC_ASSERT(split_members(canonical(compact(tree)), {}, members, why));
    RC_ASSERT(members.size() == tree.children.size());
    RC_ASSERT(std::is_sorted(members.begin(), members.end(),
                             [](const auto& a, const auto& b) {
                               return utf16(a.name) < utf16(b.name);
                             }));
  }));
}

TEST_CASE("every finite double survives its canonical form") {
  CHECK(rc::check([] {
    auto x = std::bit_cast<double>(*rc::gen::arbitrary<std::uint64_t>());
    auto text = canonical_number(x);
    RC_PRE(text.has_value());
    RC_ASSERT(std::strtod(text->c_str(), nullptr) == x);
    bool big_integer =
        text->find_first_of(".e") == std::string::npos && text->size() > 16;
    if (!big_integer)
      RC_ASSERT(canonical(*text) == *text);
  }));
}

TEST_CASE("random and damaged texts are answered, never crashed on") {
  CHECK(rc::check([](std::uint64_t seed) {
    generator random{seed};
    for (int round = 0; round < 50; ++round) {
      auto json = spelled(random_tree(random, 4), random, true);
      for (auto left = below(random, 5); left > 0; --left)
        json[below(random, json.size())] = static_cast<char>(random());
      auto result = canonicalize(json);
      std::string out;
      std::string why;
      // Whatever has a canonical form is JSON, and so is that form.
      if (auto text = std::get_if<std::string>(&result)) {
        RC_ASSERT(compact_json(json, {}, out, why));
        RC_ASSERT(compact_json(*text, {}, out, why));
        RC_ASSERT(out == *text);
      } else {
        RC_ASSERT(!std::get<problem>(result).detail.empty());
      }
    }
  }));
}
