#include "node/replay_script.hpp"

#include <doctest/doctest.h>

#include <sstream>

using namespace holdfast;
using nlohmann::json;

namespace {

std::vector<replay_line> parse(const std::string& text) {
  std::istringstream in{text};
  return parse_script(in, "f.jsonl");
}

std::string refusal(const std::string& text) {
  try {
    parse(text);
  } catch (const script_error& wrong) {
    return wrong.what();
  }
  return "accepted";
}

} // namespace

TEST_CASE("a recording's lines are read with their numbers") {
  auto lines = parse("{\"call\": \"POST /v1/locks\", \"body\": {\"a\": 1}}\n"
                     "\n"
                     "{\"call\":\"GET /v1/stats\",\"afterMs\":250}\n");
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].number == 1);
  CHECK(lines[0].method == "POST");
  CHECK(lines[0].target == "/v1/locks");
  CHECK(json::parse(lines[0].body) == json{{"a", 1}});
  CHECK_FALSE(lines[0].after_ms);
  CHECK(lines[1].number == 3);
  CHECK(lines[1].method == "GET");
  CHECK(lines[1].body.empty());
  CHECK(lines[1].after_ms == 250);
}

TEST_CASE("a body is sent with the very digits that were recorded") {
  auto lines = parse(R"({"as":"body","call":"POST /x","body": )"
                     R"({"body":[0.10,12345678901234567890.5],"\\":"}\"]"})"
                     R"(,"afterMs":1})");
  CHECK(lines[0].body ==
        R"({"body":[0.10,12345678901234567890.5],"\\":"}\"]"})");
  CHECK(parse(R"({"call":"POST /x","body":7 })")[0].body == "7");
  CHECK(parse(R"({"call":"POST /x","body":null})")[0].body.empty());
}

TEST_CASE("a line that is no call is refused with its number") {
  CHECK(refusal("{\"call\":\"GET /x\"}\n{oops\n")
            .rfind("f.jsonl:2: no JSON", 0) == 0);
  CHECK(refusal("[]") == "f.jsonl:1: must be an object {\"call\": …}");
  CHECK(refusal("{}") == "f.jsonl:1: 'call' is missing");
  CHECK(refusal(R"({"call":"GET /x","when":1})") ==
        "f.jsonl:1: unknown field 'when'; a line has call, body, afterMs, as, "
        "after");
  for (auto call : {"GET", "/x", "FETCH /x", "GET x", "get /x", ""})
    CHECK(refusal(json{{"call", call}}.dump()) ==
          "f.jsonl:1: 'call' must be a method and a path such as "
          "\"POST /v1/locks\"");
  CHECK(refusal(R"({"call":"GET /a b"})") ==
        "f.jsonl:1: 'call' must be percent-encoded");
  CHECK(refusal(R"({"call":"GET /x","afterMs":-1})") ==
        "f.jsonl:1: 'afterMs' must be a whole number from 0 to 86400000");
  CHECK(refusal(R"({"call":"GET /x","after":["a"]})") ==
        "f.jsonl:1: 'after' names \"a\", but no earlier line has that name in "
        "'as'");
  CHECK(refusal(R"({"call":"GET /{a.b}"})") ==
        "f.jsonl:1: 'call' refers to 'a', but no earlier line has that name "
        "in 'as'");
  CHECK(refusal(R"({"call":"GET /{a}"})") ==
        "f.jsonl:1: 'call' has braces that hold no {name.path}");
  CHECK(refusal("{\"call\":\"GET /x\",\"as\":\"a\"}\n"
                "{\"call\":\"GET /x\",\"as\":\"a\"}") ==
        "f.jsonl:2: the name 'a' is taken by an earlier line");
}

TEST_CASE("a line needs the answers it refers to, each once") {
  auto lines =
      parse("{\"call\":\"GET /0\",\"as\":\"a\"}\n"
            "{\"call\":\"GET /1\",\"as\":\"b\"}\n"
            "{\"call\":\"GET /{a.x|b.x}\",\"body\":{\"t\":[\"{a.y}\"]}}\n"
            "{\"call\":\"GET /3\",\"after\":[\"b\"],\"body\":\"{a} {c.x}\"}\n");
  CHECK(lines[0].needs.empty());
  CHECK(lines[2].needs == std::vector<std::size_t>{0, 1});
  CHECK(lines[3].needs == std::vector<std::size_t>{1});
}

TEST_CASE("placeholders are filled in with values of earlier answers") {
  named_answers answers{
      {"a", {{"lock", {{"lockId", "lock-1/x"}, {"fencingToken", 7}}}}},
      {"b", {{"results", {{{"n", 1}}, {{"n", 2}}}}}},
      {"refused", nullptr}};
  SUBCASE("in a path, percent-encoded") {
    CHECK(fill_in_target("/v1/locks/{a.lock.lockId}/release", answers) ==
          "/v1/locks/lock-1%2Fx/release");
    CHECK(fill_in_target("/{b.results.1.n}", answers) == "/2");
  }
  SUBCASE("alone in a string, as the value itself") {
    CHECK(fill_in_body(R"({"t":"{a.lock.fencingToken}", "u":"x"})", answers) ==
          R"({"t":7, "u":"x"})");
    CHECK(fill_in_body(R"(["{a.lock.lockId}"])", answers) == R"(["lock-1/x"])");
  }
  SUBCASE("inside a longer string, as text") {
    CHECK(fill_in_body(R"({"t":"no {a.lock.fencingToken}, {a.lock.lockId}"})",
                       answers) == R"({"t":"no 7, lock-1/x"})");
    CHECK(fill_in_body(R"({"t":"\"{a.lock.lockId}\""})", answers) ==
          R"({"t":"\"lock-1/x\""})");
  }
  SUBCASE("the first of several that has a value") {
    CHECK(fill_in_target("/{refused.lock.lockId|a.lock.lockId}", answers) ==
          "/lock-1%2Fx");
  }
  SUBCASE("not at all when no answer has a value") {
    CHECK_THROWS_WITH_AS(fill_in_target("/{refused.x|a.lock.y}", answers),
                         "no answer has a value for {refused.x|a.lock.y}",
                         unresolved);
    CHECK_THROWS_AS(fill_in_body(R"("{b.results.2.n}")", answers), unresolved);
  }
  SUBCASE("text with braces that names no answer stays as it is") {
    auto text = R"({"t":"{pair} {z.y}","u":{"v":{}}})";
    CHECK(fill_in_body(text, answers) == text);
  }
  SUBCASE("quotes in a value cannot break out of its string") {
    answers["q"] = {{"v", "\"},{\""}};
    CHECK(fill_in_body(R"(["x{q.v}"])", answers) == R"(["x\"},{\""])");
  }
}
