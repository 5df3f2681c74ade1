// Events over HTTP: what a listener hears, and from where on.
#include "tests/unit/contains.hpp"
#include "tests/unit/gateway/events_world.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

using namespace holdfast;
using namespace holdfast::test;

namespace {

std::vector<frame> behind(std::vector<frame> all, std::uint64_t after) {
  std::erase_if(all, [&](const frame& x) { return x.id <= after; });
  return all;
}

std::vector<std::string> kinds(const std::vector<frame>& all) {
  std::vector<std::string> names;
  std::ranges::transform(all, std::back_inserter(names), &frame::event);
  return names;
}

} // namespace

TEST_CASE("a stream tells what happens from now on, as the journal has it") {
  events_world node;
  node.acquire("before", "ann");
  auto told = node.journal().back().id;
  auto reader = node.listen();
  CHECK(reader.head.status == 200);
  CHECK(reader.head.has_header("Content-Type: text/event-stream"));
  CHECK(reader.head.has_header("Cache-Control: no-store"));
  CHECK(reader.head.header("X-Request-Id") != "");
  node.acquire("r", "ann");
  node.fail("s", "why");
  CHECK(reader.next(3) == behind(node.journal(), told));
}

TEST_CASE("a stream says where it stands before anything has happened") {
  events_world node;
  auto last = node.journal().back().id;
  auto reader = node.listen("?resourceId=r");
  CHECK(reader.client.read_until("\n\n") ==
        "id: " + std::to_string(last) + "\n\n");
}

TEST_CASE("a stream resumes without gap or repeat") {
  events_world node;
  for (int i = 0; i < 10; ++i)
    node.acquire("r" + std::to_string(i), "ann");
  auto all = node.journal();
  auto from = all.at(4).id;
  auto wanted = behind(all, from);
  auto id = "Last-Event-ID: " + std::to_string(from) + "\r\n";
  auto after = "?after=" + std::to_string(from);
  SUBCASE("behind Last-Event-ID") {
    CHECK(node.listen("", id).next(wanted.size()) == wanted);
  }
  SUBCASE("behind after") {
    CHECK(node.listen(after).next(wanted.size()) == wanted);
  }
  SUBCASE("the header counts more, since a browser keeps its URL") {
    CHECK(node.listen("?after=0", id).next(wanted.size()) == wanted);
  }
  SUBCASE("from the beginning") {
    CHECK(node.listen("?after=0").next(all.size()) == all);
  }
  SUBCASE("an empty header says nothing") {
    CHECK(node.listen(after, "Last-Event-ID: \r\n").next(wanted.size()) ==
          wanted);
  }
  SUBCASE("and goes on with what happens then") {
    auto reader = node.listen(after);
    CHECK(reader.next(wanted.size()) == wanted);
    node.acquire("late", "ann");
    CHECK(reader.next() == node.journal().back());
  }
}

TEST_CASE("what is behind by many pages joins what happens meanwhile") {
  events_world node;
  for (int i = 0; i < 800; ++i)
    node.fail("r", "x");
  auto reader = node.listen("?after=0");
  for (int i = 0; i < 200; ++i)
    node.fail("r", "x");
  auto all = node.journal();
  REQUIRE(all.size() > 2000);
  CHECK(reader.next(all.size()) == all);
}

TEST_CASE("streams hear what their filters take") {
  events_world node;
  auto by_resource = node.listen("?resourceId=a%26b");
  auto by_owner = node.listen("?ownerId=bob");
  auto by_kinds = node.listen("?kind=failed,released");
  auto repeated = node.listen("?kind=failed&kind=released");
  auto by_all = node.listen("?resourceId=s&ownerId=ann&kind=failed");
  node.acquire("a&b", "ann");
  node.acquire("r", "bob");
  node.fail("s", "why");
  node.acquire("end", "bob");
  auto all = node.journal(); // node_started, and the five of above
  REQUIRE(all.size() == 6);
  CHECK(by_resource.next() == all[1]);
  CHECK(by_owner.next(2) == std::vector{all[2], all[5]});
  CHECK(by_kinds.next() == all[4]);
  CHECK(repeated.next() == all[4]);
  CHECK(by_all.next() == all[4]);
  SUBCASE("when they resume as well") {
    CHECK(node.listen("?after=0&ownerId=bob").next(2) ==
          std::vector{all[2], all[5]});
    CHECK(node.listen("?after=0&kind=failed").next() == all[4]);
  }
}

TEST_CASE("a request for a stream is checked") {
  events_world node;
  struct {
    const char* query;
    const char* headers;
    const char* words;
  } rows[] = {
      {"?kind=wibble", "", "wibble"},
      {"?kind=granted,wibble", "", "force_released"},
      {"?kind=granted&kind=wibble", "", "wibble"},
      {"?kind=", "", "expected one of granted"},
      {"?kind=unknown", "", "unknown"},
      {"?after=-1", "", "0 to 9007199254740991"},
      {"?after=1&after=2", "", "stands twice"},
      {"?limit=5", "", "resourceId, ownerId, kind, after"},
      {"?resourceId=%01", "", "control character"},
      {"", "Last-Event-ID: x\r\n", "Last-Event-ID"},
      {"", "Last-Event-ID: 5x\r\n", "Last-Event-ID"},
      {"", "Last-Event-ID: -5\r\n", "Last-Event-ID"},
      {"", "Last-Event-ID: 5\r\nLast-Event-ID: 6\r\n", "Last-Event-ID"},
  };
  for (auto& row : rows) {
    auto answer = node.listen(row.query, row.headers).head;
    INFO(row.query, " ", row.headers, " is answered ", answer.body);
    CHECK(answer.status == 400);
    CHECK(contains(answer.body, row.words));
  }
}

TEST_CASE("rows that retention has removed are told by one gap") {
  options opts;
  opts.journal_retention_ms = 1;
  opts.cleanup_interval_ms = 5;
  events_world node{{}, opts};
  while (node.journal().front().id < 4)
    node.acquire("r" + std::to_string(node.journal().back().id), "ann");
  auto reader = node.listen("?after=1");
  auto gap = reader.next();
  CHECK(gap.event == "gap");
  CHECK(contains(gap.data, R"({"from":2,"oldest":)"));
  CHECK(contains(gap.data, std::to_string(gap.id + 1) + "}"));
  CHECK(gap.id >= 3);
  auto first = reader.next();
  CHECK(first.id == gap.id + 1);
  CHECK(first.event == "granted");
  // Whoever resumes behind the gap is not told of it again, if all is there.
  CHECK(node.listen("?after=" + std::to_string(node.journal().back().id))
            .client.read_until("\n\n")
            .starts_with("id: "));
}

TEST_CASE("a reader who is ahead of the journal hears so, and goes on") {
  events_world node; // as after a restore from a backup
  auto newest = node.journal().back().id;
  auto reader = node.listen("?after=1000");
  auto gap = reader.next();
  CHECK(gap.event == "gap");
  CHECK(gap.data ==
        R"({"from":1001,"oldest":)" + std::to_string(newest + 1) + "}");
  CHECK(gap.id == newest);
  node.acquire("r", "ann");
  CHECK(reader.next() == node.journal().back());
}

TEST_CASE("many streams on several threads hear the same") {
  gateway_options how;
  how.io_threads = 3;
  events_world node{how};
  std::vector<event_reader> everybody;
  for (int i = 0; i < 60; ++i)
    everybody.push_back(node.listen(i % 2 == 0 ? "" : "?kind=granted,failed"));
  for (int i = 0; i < 50; ++i)
    node.fail("r", "x");
  auto all = behind(node.journal(), 1);
  REQUIRE(all.size() == 100);
  CHECK(kinds(all).front() == "granted");
  for (auto& reader : everybody)
    CHECK(reader.next(100) == all);
}
