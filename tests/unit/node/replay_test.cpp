#include "node/replay.hpp"
#include "tests/unit/node/fake_node.hpp"

#include <doctest/doctest.h>

#include <sstream>

using namespace holdfast;
using nlohmann::json;
using strings = std::vector<std::string>;

namespace {

struct running_replay {
  test::fake_node node;
  replay_options how;
  strings answered; ///< targets, as written
  strings errors;

  void run(const std::string& text) {
    std::istringstream in{text};
    replay(
        parse_script(in, "f"), node, [this] { return node.now; }, how,
        [this](const replay_answer& x) {
          answered.push_back(x.line.target);
          errors.push_back(x.response.error);
        });
  }
};

} // namespace

TEST_CASE_FIXTURE(running_replay, "lines without a time follow one another") {
  node.delay = [](auto&) { return 10; };
  run("{\"call\":\"GET /a\"}\n{\"call\":\"GET /b\"}\n{\"call\":\"GET /c\"}\n");
  CHECK(node.sent == strings{"0 /a", "10 /b", "20 /c"});
}

TEST_CASE_FIXTURE(running_replay,
                  "lines with a time start at it, whatever is open") {
  node.delay = [](auto& x) { return x.target == "/slow" ? 5000 : 1; };
  run("{\"call\":\"GET /slow\",\"afterMs\":0}\n"
      "{\"call\":\"GET /a\",\"afterMs\":20}\n"
      "{\"call\":\"GET /b\",\"afterMs\":20}\n"
      "{\"call\":\"GET /c\",\"afterMs\":70}\n");
  CHECK(node.sent == strings{"0 /slow", "20 /a", "20 /b", "70 /c"});
  CHECK(answered.back() == "/slow");
}

TEST_CASE_FIXTURE(running_replay,
                  "a time before that of an earlier line is its own") {
  run("{\"call\":\"GET /a\",\"afterMs\":50}\n"
      "{\"call\":\"GET /b\",\"afterMs\":20}\n");
  CHECK(node.sent == strings{"50 /a", "50 /b"});
}

TEST_CASE_FIXTURE(running_replay,
                  "speed divides the times; 0 does away with them") {
  auto text = "{\"call\":\"GET /a\",\"afterMs\":100}\n"
              "{\"call\":\"GET /b\",\"afterMs\":300}\n";
  SUBCASE("ten times faster") {
    how.speed = 10;
    run(text);
    CHECK(node.sent == strings{"10 /a", "30 /b"});
  }
  SUBCASE("at once") {
    how.speed = 0;
    run(text);
    CHECK(node.sent == strings{"0 /a", "0 /b"});
  }
}

TEST_CASE_FIXTURE(running_replay,
                  "a line waits for what it needs and holds up none") {
  node.delay = [](auto& x) { return x.target == "/a" ? 40 : 1; };
  node.answer = [](auto&) {
    return client_response{201, R"({"lock":{"id":"L1","token":9}})", "", false};
  };
  run("{\"call\":\"GET /a\",\"afterMs\":0,\"as\":\"a\"}\n"
      "{\"call\":\"POST /{a.lock.id}/x\",\"afterMs\":0,"
      "\"body\":{\"t\":\"{a.lock.token}\"}}\n"
      "{\"call\":\"GET /b\",\"afterMs\":0}\n"
      "{\"call\":\"GET /c\",\"afterMs\":0,\"after\":[\"a\"]}\n");
  CHECK(node.sent == strings{"0 /a", "0 /b", "40 /L1/x", "40 /c"});
  CHECK(node.bodies[2] == R"({"t":9})");
}

TEST_CASE_FIXTURE(running_replay,
                  "a line whose placeholder has no value is not sent") {
  run("{\"call\":\"GET /a\",\"as\":\"a\"}\n"
      "{\"call\":\"GET /{a.lock.id}\",\"as\":\"b\"}\n"
      "{\"call\":\"GET /{b.x}\"}\n"
      "{\"call\":\"GET /c\"}\n");
  CHECK(node.sent.size() == 2);
  CHECK(answered.size() == 4);
  CHECK(errors == strings{"", "no answer has a value for {a.lock.id}",
                          "no answer has a value for {b.x}", ""});
}

TEST_CASE_FIXTURE(running_replay, "no more calls are under way than allowed") {
  how.calls_max = 3;
  node.delay = [](auto&) { return 10; };
  std::string text;
  for (int i = 0; i < 10; ++i)
    text += "{\"call\":\"GET /" + std::to_string(i) + "\",\"afterMs\":0}\n";
  run(text);
  CHECK(node.most_under_way == 3);
  REQUIRE(node.sent.size() == 10);
  for (std::size_t i = 0; i < 10; ++i)
    CHECK(node.sent[i].ends_with("/" + std::to_string(i)));
}

TEST_CASE_FIXTURE(running_replay,
                  "a node that does not answer ends the replay") {
  node.answer = [](auto& x) {
    return x.target == "/b"
               ? client_response{0, "", "connection refused", false}
               : client_response{200, "{}", "", false};
  };
  CHECK_THROWS_WITH_AS(run("{\"call\":\"GET /a\"}\n{\"call\":\"GET "
                           "/b\"}\n{\"call\":\"GET /c\"}"),
                       "line 2: no answer from the node: connection refused",
                       node_unreachable);
  CHECK(node.sent.size() == 2);
}
