// Event streams that are too many, too slow, silent, or at their end.
#include "rules/sha256.hpp"
#include "tests/unit/contains.hpp"
#include "tests/unit/gateway/events_world.hpp"

#include <doctest/doctest.h>

#include <thread>

using namespace holdfast;
using namespace holdfast::test;
using std::chrono::milliseconds;

namespace {

gateway_options with_streams(std::size_t count) {
  gateway_options how;
  how.event_streams_max = count;
  return how;
}

/// Asks again until a place is free: a connection that has ended gives its
/// place back a moment later.
raw_answer listen_when_free(events_world& node) {
  for (int i = 0; i < 100'000; ++i)
    if (auto head = node.listen().head; head.status != 429)
      return head;
  return {};
}

} // namespace

TEST_CASE("one stream too many is refused until another has ended") {
  events_world node{with_streams(2)};
  auto first = node.listen();
  {
    auto second = node.listen();
    CHECK(second.head.status == 200);
    auto third = node.listen().head;
    CHECK(third.status == 429);
    CHECK(third.header("Retry-After") == "5");
    CHECK(contains(third.body, R"("code":"rate-limited")"));
    CHECK(contains(third.body, "event_streams_max"));
    CHECK(node.call("GET", "/v1/stats").status == 200);
  }
  CHECK(listen_when_free(node).status == 200);
  node.acquire("r", "ann");
  CHECK(first.next().event == "granted");
}

TEST_CASE("HEAD tells of the stream and begins none; other methods do not") {
  events_world node{with_streams(1)};
  for (int i = 0; i < 3; ++i) {
    raw_client client{node.port()};
    client.send(request_text("HEAD", "/v1/events"));
    auto head = client.receive(false);
    CHECK(head.status == 200);
    CHECK(head.has_header("Content-Type: text/event-stream"));
    CHECK(client.read_to_end().empty());
  }
  CHECK(node.listen().head.status == 200);
  auto wrong = node.call("POST", "/v1/events", "{}");
  CHECK(wrong.status == 405);
  CHECK(wrong.has_header("Allow: GET, HEAD"));
}

TEST_CASE("a silent stream sends comments") {
  gateway_options how;
  how.limits.stream_heartbeat = milliseconds{20};
  events_world node{how};
  auto reader = node.listen("?resourceId=r");
  CHECK(reader.client.read_until("\n\n").starts_with("id: "));
  CHECK(reader.client.read_until("\n\n") == ":\n\n");
  CHECK(reader.client.read_until("\n\n") == ":\n\n");
  node.acquire("r", "ann");
  CHECK(reader.next().event == "granted");
}

TEST_CASE("who does not read is dropped, and nobody else is") {
  auto how = with_streams(2);
  how.limits.stream_bytes_max = 64 * 1024;
  SUBCASE("when too much is unsent") {}
  SUBCASE("when nothing is taken for too long") {
    how.limits.stream_bytes_max = std::size_t{1} << 30;
    how.limits.write_timeout = milliseconds{200};
  }
  events_world node{how};
  auto slow = node.listen();
  auto reader = node.listen("?kind=failed");
  const std::string why(4096, 'x');
  bool dropped = false;
  for (int i = 0; i < 20'000 && !dropped; ++i) {
    node.fail("r", why);
    REQUIRE(reader.next().event == "failed");
    dropped = i % 50 == 49 && node.listen().head.status == 200;
  }
  CHECK(dropped);
  // What the network had taken is still there, as far as it went.
  auto told = slow.client.read_to_end();
  CHECK(told.starts_with("id: "));
  CHECK(contains(told, "event: granted"));
}

TEST_CASE("who reads slowly what is long gone is waited for, not dropped") {
  gateway_options how;
  how.limits.stream_bytes_max = 64 * 1024;
  events_world node{how};
  for (int i = 0; i < 3000; ++i)
    node.fail("r", std::string(4096, 'x'));
  auto reader = node.listen("?after=0"); // twelve megabytes, page by page
  node.acquire("last", "ann");
  auto all = node.journal(); // whatever else the node has told meanwhile
  CHECK(reader.next(all.size()) == all);
}

TEST_CASE("whoever hangs up is forgotten, whatever he sent before") {
  events_world node{with_streams(1)};
  SUBCASE("with an orderly end") { node.listen().client.close(); }
  SUBCASE("with a reset") { node.listen().client.reset(); }
  SUBCASE("when he only stops to send") {
    auto reader = node.listen();
    reader.client.shut_down_sending();
    while (reader.next().event != "")
      continue;
  }
  SUBCASE("after he sent more than is read ahead") {
    raw_client client{node.port()};
    client.send(request_text("GET", "/v1/events") + std::string(40'000, 'x'));
    client.receive();
    client.close();
  }
  SUBCASE("before the stream began") {
    for (int i = 0; i < 100; ++i) {
      raw_client client{node.port()};
      client.send(request_text("GET", "/v1/events"));
      client.reset();
    }
  }
  CHECK(listen_when_free(node).status == 200);
}

TEST_CASE("streams end when the server stops") {
  events_world node;
  std::vector<event_reader> readers;
  for (int i = 0; i < 20; ++i)
    readers.push_back(node.listen());
  std::thread stopping;
  SUBCASE("alone") {
    stopping = std::thread{[&] { node.http->stop(milliseconds{60'000}); }};
  }
  SUBCASE("with the engine") {
    stopping = std::thread{[&] {
      node.hf->stop();
      node.http->stop(milliseconds{60'000});
    }};
  }
  for (auto& reader : readers) {
    auto last = reader.client.read_to_end();
    CHECK(last.starts_with("id: "));
    reader.client.close();
  }
  stopping.join(); // nobody waits for the time given
}

TEST_CASE("streams end when the tokens are read again") {
  gateway_options how;
  auto who = std::make_shared<const identity>(
      identity{"looker", scope::read, "owner"});
  auto tokens = std::make_shared<const token_table>(
      std::vector{token_table::entry{sha256("secret"), who}});
  how.tokens = tokens;
  events_world node{how};
  auto bearer = "Authorization: Bearer secret\r\n";
  auto reader = node.listen("", bearer);
  CHECK(reader.head.status == 200);
  CHECK(node.listen().head.status == 401);
  node.http->use_tokens(std::make_shared<const token_table>());
  CHECK(reader.next().event == "");
  CHECK(node.listen("", bearer).head.status == 401);
  node.http->use_tokens(tokens);
  CHECK(node.listen("", bearer).head.status == 200);
}
