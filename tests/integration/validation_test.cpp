// What is refused: unknown names, ranges, types, numbers, characters, broken
// JSON. Each refusal says what was wrong.
// Must not know how the node is built: only the contract's words.
#include "tests/integration/fixture.hpp"

#include <doctest/doctest.h>

using namespace holdfast::test;

namespace {

http_response post_raw(api& node, const std::string& body) {
  return node.http.send("POST", "/v1/locks", body);
}

/// An acquire as text with `data` as transaction data, for what a JSON
/// library would not write.
std::string with_data(const std::string& resource, const std::string& data) {
  return R"({"resourceId":")" + resource +
         R"(","ownerId":"bot-1","transactionData":)" + data + "}";
}

std::string repeated(const std::string& text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i)
    all += text;
  return all;
}

} // namespace

TEST_CASE_FIXTURE(on_shared_node, "unknown fields and parameters are refused "
                                  "by name") {
  check_problem_naming(node.acquire(resource, "bot-1", {{"wibble", 1}}), 400,
                       "invalid", {"wibble"});
  for (auto target : {"/v1/locks?wibble=1", "/v1/queue?wibble=1",
                      "/v1/journal?wibble=1", "/v1/dead-letters?wibble=1",
                      "/v1/resources/x?wibble=1", "/v1/stats?wibble=1"}) {
    INFO("target ", target);
    check_problem_naming(node.http.get(target), 400, "invalid", {"wibble"});
  }
  auto body = acquire_body(resource, "bot-1");
  check_problem_naming(node.http.post("/v1/locks?wibble=1", body), 400,
                       "invalid", {"wibble"});
  auto lock = node.granted(resource, "bot-1");
  check_problem_naming(node.renew(lock, {{"wibble", 1}}), 400, "invalid",
                       {"wibble"});
  check_problem_naming(node.release(lock, {{"wibble", 1}}), 400, "invalid",
                       {"wibble"});
  check_problem_naming(node.http.del("/v1/locks/" +
                                     lock["lockId"].get<std::string>() +
                                     "?wibble=1"),
                       400, "invalid", {"wibble"});
  CHECK(node.lock(lock["lockId"])["status"] == "active");
}

TEST_CASE_FIXTURE(on_shared_node, "required fields are missed by name") {
  check_problem_naming(node.http.post("/v1/locks", {{"ownerId", "bot-1"}}), 400,
                       "invalid", {"resourceId"});
  check_problem_naming(node.http.post("/v1/locks", {{"resourceId", resource}}),
                       400, "invalid", {"ownerId"});
  auto lock = node.granted(resource, "bot-1");
  for (auto call : {"/renew", "/release"}) {
    auto target = "/v1/locks/" + lock["lockId"].get<std::string>() + call;
    check_problem_naming(node.http.post(target, json::object()), 400, "invalid",
                         {"fencingToken"});
  }
}

TEST_CASE_FIXTURE(on_shared_node, "numbers out of their range are refused with "
                                  "the range, never clamped") {
  struct {
    const char* field;
    json value;
    std::vector<std::string> words;
  } cases[] = {
      {"priority", 0, {"priority", "1", "10"}},
      {"priority", 11, {"priority", "1", "10"}},
      {"priority", -1, {"priority", "1", "10"}},
      {"timeoutMs", 0, {"timeoutMs", "1", "3600000"}},
      {"timeoutMs", -5, {"timeoutMs", "1", "3600000"}},
      {"timeoutMs", 3600001, {"timeoutMs", "1", "3600000"}},
      {"timeoutMs", 9007199254740992, {"timeoutMs", "3600000"}},
      {"waitMs", -1, {"waitMs", "300000"}},
      {"waitMs", 300001, {"waitMs", "300000"}},
      {"maxRetries", -1, {"maxRetries"}},
  };
  for (const auto& each : cases) {
    INFO(each.field, " = ", each.value.dump());
    check_problem_naming(
        node.acquire(resource, "bot-1", {{each.field, each.value}}), 400,
        "invalid", each.words);
  }
  CHECK(node.resource(resource)["locked"] == false);
  auto lock = node.granted(resource, "bot-1",
                           {{"priority", 10}, {"timeoutMs", 3600000}});
  check_problem_naming(node.renew(lock, {{"timeoutMs", 3600001}}), 400,
                       "invalid", {"timeoutMs", "3600000"});
  check_problem_naming(node.renew(lock, {{"timeoutMs", 0}}), 400, "invalid",
                       {"timeoutMs", "3600000"});
  CHECK(node.lock(lock["lockId"]) == lock);
}

TEST_CASE_FIXTURE(on_shared_node, "lists refuse a limit, cursor or filter that "
                                  "is none") {
  for (auto target :
       {"/v1/locks?limit=0", "/v1/locks?limit=1001", "/v1/locks?limit=-1",
        "/v1/locks?limit=ten", "/v1/locks?limit=5x", "/v1/locks?limit=",
        "/v1/locks?cursor=%21%21garbage", "/v1/locks?status=sleeping",
        "/v1/queue?limit=1001", "/v1/dead-letters?limit=1001",
        "/v1/journal?limit=1001", "/v1/journal?after=-1", "/v1/journal?after=x",
        "/v1/journal?waitMs=-1", "/v1/journal?waitMs=soon"}) {
    INFO("target ", target);
    check_problem(node.http.get(target), 400, "invalid");
  }
}

TEST_CASE_FIXTURE(on_shared_node, "values of a wrong type or unknown choice "
                                  "are refused by field name") {
  struct {
    const char* field;
    json value;
  } cases[] = {{"resourceId", 5},     {"resourceId", json::array({"a"})},
               {"ownerId", true},     {"ownerType", "robot"},
               {"ownerType", 1},      {"transactionType", "gamble"},
               {"onLocked", "hope"},  {"onLocked", 1},
               {"priority", "5"},     {"priority", 5.5},
               {"timeoutMs", "1000"}, {"timeoutMs", 10.5},
               {"idempotencyKey", 7}, {"waitMs", "1"}};
  for (const auto& each : cases) {
    INFO(each.field, " = ", each.value.dump());
    check_problem_naming(
        node.acquire(resource, "bot-1", {{each.field, each.value}}), 400,
        "invalid", {each.field});
  }
}

TEST_CASE_FIXTURE(on_shared_node, "numbers that RFC 8785 would change are "
                                  "refused, all others taken") {
  for (auto number :
       {"0.30000000000000001", "9007199254740993", "-9007199254740993", "1e400",
        "123456789012345678901234567890", "0.1000000000000000055",
        "1.00000000000000000001", "1e-400"}) {
    INFO("number ", number);
    check_problem(
        post_raw(node, with_data(unique(resource),
                                 std::string{R"({"price":)"} + number + "}")),
        400, "invalid");
    check_problem(post_raw(node, with_data(unique(resource),
                                           std::string{"[["} + number + "]]")),
                  400, "invalid");
  }
  for (auto number : {"0.3", "0.1", "0.10", "1e2", "1.0", "-0", "0", "-1.5",
                      "9007199254740991", "-9007199254740991", "5e-324",
                      "123456.789", "1E-7", "0.00001"}) {
    INFO("number ", number);
    auto answer =
        post_raw(node, with_data(unique(resource),
                                 std::string{R"({"price":)"} + number + "}"));
    CHECK(answer.status == 201);
  }
}

TEST_CASE_FIXTURE(on_shared_node, "resource, owner and key have 1 to 256 "
                                  "bytes") {
  auto exactly = [](const std::string& start, std::size_t bytes) {
    return start + std::string(bytes - start.size(), 'x');
  };
  auto longest = exactly(unique("r"), 256);
  auto lock = node.granted(longest, exactly("o", 256),
                           {{"idempotencyKey", exactly("k", 256)}});
  CHECK(lock["resourceId"] == longest);
  CHECK(node.resource(longest)["locked"] == true);
  check_problem_naming(node.acquire(exactly("r", 257), "bot-1"), 400, "invalid",
                       {"resourceId", "256"});
  check_problem_naming(node.acquire(repeated("é", 129), "bot-1"), 400,
                       "invalid", {"resourceId", "256"});
  CHECK(node.acquire(repeated("é", 128), "bot-1").status == 201);
  check_problem_naming(node.acquire("", "bot-1"), 400, "invalid",
                       {"resourceId"});
  check_problem_naming(node.acquire(resource, ""), 400, "invalid", {"ownerId"});
  check_problem_naming(node.acquire(resource, exactly("o", 257)), 400,
                       "invalid", {"ownerId", "256"});
  check_problem_naming(
      node.acquire(resource, "bot-1", {{"idempotencyKey", ""}}), 400, "invalid",
      {"idempotencyKey"});
  check_problem_naming(
      node.acquire(resource, "bot-1", {{"idempotencyKey", exactly("k", 257)}}),
      400, "invalid", {"idempotencyKey", "256"});
}

TEST_CASE_FIXTURE(on_shared_node, "control characters are refused in resource, "
                                  "owner and key") {
  for (auto bad : {"\\u0000", "\\u0001", "\\n", "\\u001f", "\\u007f", "\\u0080",
                   "\\u0085", "\\u009f"}) {
    INFO("character ", bad);
    auto text = std::string{"\"a"} + bad + "b\"";
    check_problem_naming(
        post_raw(node, R"({"ownerId":"o","resourceId":)" + text + "}"), 400,
        "invalid", {"resourceId"});
    check_problem_naming(
        post_raw(node, R"({"resourceId":"r","ownerId":)" + text + "}"), 400,
        "invalid", {"ownerId"});
    check_problem_naming(post_raw(node, R"({"resourceId":"r","ownerId":"o",)"
                                        R"("idempotencyKey":)" +
                                            text + "}"),
                         400, "invalid", {"idempotencyKey"});
  }
  for (auto path :
       {"/v1/resources/a%01b", "/v1/resources/a%00b", "/v1/resources/a%0Ab",
        "/v1/resources/a%C2%85b", "/v1/locks?resourceId=a%01b"}) {
    INFO("path ", path);
    check_problem(node.http.get(path), 400, "invalid");
  }
  auto next_to_them = unique("a\u00a0b c~");
  CHECK(node.acquire(next_to_them, "o\u00a0").status == 201);
}

TEST_CASE_FIXTURE(on_shared_node, "what is no JSON object is refused") {
  for (std::string body :
       {"", "{", "nonsense", "[]", "5", "null", "\"text\"",
        "{\"resourceId\":\"r\",\"ownerId\":\"o\"} trailing",
        "{\"resourceId\":\"r\",\"ownerId\":\"o\",}",
        "{'resourceId':'r','ownerId':'o'}",
        "{\"resourceId\":\"r\",\"ownerId\":\"o\",\"priority\":NaN}",
        "{\"resourceId\":\"r\",\"ownerId\":\"o\",\"priority\":01}",
        "{\"resourceId\":\"r\",\"ownerId\":\"o\" /* no */}"}) {
    INFO("body ", body);
    auto answer = node.http.send("POST", "/v1/locks", body,
                                 {{"Content-Type", "application/json"}});
    check_problem(answer, 400, "invalid");
  }
}

TEST_CASE_FIXTURE(on_shared_node, "invalid UTF-8 and lone surrogates are "
                                  "refused everywhere") {
  for (std::string bad : {"\xff", "\xc3", "\xc0\xaf", "\xed\xa0\x80",
                          "\xf4\x90\x80\x80", "\\ud800", "\\udc00x"}) {
    INFO("text of ", bad.size(), " bytes");
    check_problem(
        post_raw(node, R"({"ownerId":"o","resourceId":"a)" + bad + "\"}"), 400,
        "invalid");
    check_problem(post_raw(node, with_data(resource, "\"" + bad + "\"")), 400,
                  "invalid");
  }
  for (auto path : {"/v1/resources/a%FF", "/v1/resources/%C3",
                    "/v1/resources/%ED%A0%80", "/v1/locks?ownerId=%FF"}) {
    INFO("path ", path);
    check_problem(node.http.get(path), 400, "invalid");
  }
  auto header = node.http.send("POST", "/v1/locks",
                               acquire_body(resource, "bot-1").dump(),
                               {{"Idempotency-Key", "\xff"}});
  check_problem(header, 400, "invalid");
  CHECK(node.resource(resource)["locked"] == false);
}

TEST_CASE_FIXTURE(on_shared_node, "nesting without end is refused, not died "
                                  "of") {
  for (int depth : {1000, 30000}) {
    auto arrays = repeated("[", depth) + repeated("]", depth);
    check_problem(post_raw(node, with_data(resource, arrays)), 400, "invalid");
    check_problem(post_raw(node, repeated("[", depth)), 400, "invalid");
    auto objects = repeated(R"({"a":)", depth / 4);
    check_problem(post_raw(node, objects), 400, "invalid");
  }
  auto lock = node.granted(resource, "bot-1");
  auto release = node.http.send(
      "POST", "/v1/locks/" + lock["lockId"].get<std::string>() + "/release",
      R"({"fencingToken":)" + lock["fencingToken"].dump() + R"(,"result":)" +
          repeated("[", 1000) + repeated("]", 1000) + "}");
  check_problem(release, 400, "invalid");
  auto modest = repeated("[", 12) + repeated("]", 12);
  CHECK(post_raw(node, with_data(unique(resource), modest)).status == 201);
}

TEST_CASE_FIXTURE(on_shared_node, "a member given twice is refused") {
  check_problem(post_raw(node, R"({"resourceId":")" + resource +
                                   R"(","ownerId":"a","ownerId":"b"})"),
                400, "invalid");
  check_problem(post_raw(node, R"({"resourceId":")" + resource +
                                   R"(","ownerId":"a","\u006fwnerId":"b"})"),
                400, "invalid");
  check_problem(post_raw(node, with_data(resource, R"({"a":1,"a":2})")), 400,
                "invalid");
  check_problem(post_raw(node, with_data(resource, R"([{"b":{"a":1,"a":1}}])")),
                400, "invalid");
  CHECK(node.resource(resource)["locked"] == false);
}

TEST_CASE_FIXTURE(on_shared_node, "a fencing token is a whole number") {
  auto lock = node.granted(resource, "bot-1");
  for (auto token : {json("7"), json(1.5), json(-1), json(nullptr)}) {
    INFO("token ", token.dump());
    check_problem(node.release(lock, {{"fencingToken", token}}), 400,
                  "invalid");
    check_problem(node.renew(lock, {{"fencingToken", token}}), 400, "invalid");
  }
  CHECK(node.lock(lock["lockId"])["status"] == "active");
}
