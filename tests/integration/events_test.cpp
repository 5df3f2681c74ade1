// Live events over HTTP: nothing is missed and nothing comes twice, however
// often a reader comes back.
// Must not know how the node is built: only the contract's words.
#include "tests/integration/fixture.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <optional>
#include <random>
#include <thread>

using namespace holdfast::test;
using namespace std::chrono_literals;

namespace {

/// One server-sent event. Without `kind`: a comment, or where the stream is.
struct sent_event {
  std::uint64_t id = 0;
  std::string kind;
  json data;
};

sent_event parsed(const std::string& text) {
  auto field = [&](const std::string& name) -> std::string {
    auto found = ("\n" + text).find("\n" + name + ": ");
    if (found == std::string::npos)
      return {};
    auto begin = found + name.size() + 2;
    return text.substr(begin, text.find('\n', begin) - begin);
  };
  auto id = field("id");
  return {id.empty() ? 0 : std::stoull(id), field("event"),
          json::parse(field("data"), nullptr, false)};
}

/// A reader as a browser is one: it comes back with the id it heard last.
class listener {
public:
  explicit listener(std::uint16_t port) : http_(port) {}

  /// Connects again; the answer's head is read, nothing of the stream.
  void connect(const std::string& query = {}) {
    http_.hang_up();
    header_map headers;
    if (last_)
      headers["Last-Event-ID"] = std::to_string(*last_);
    http_.begin("GET", "/v1/events" + query, "", headers);
    auto head = http_.read_until("\r\n\r\n");
    REQUIRE(head.starts_with("HTTP/1.1 200 "));
    CHECK(head.find("Content-Type: text/event-stream\r\n") !=
          std::string::npos);
  }

  /// The next event of any kind.
  sent_event next() {
    for (;;) {
      auto event = parsed(http_.read_until("\n\n"));
      if (event.id > 0)
        last_ = event.id;
      if (!event.kind.empty())
        return event;
    }
  }

  /// Where the stream stands, before anything has happened.
  std::uint64_t place() {
    last_ = parsed(http_.read_until("\n\n")).id;
    return *last_;
  }

  http_client& http() { return http_; }

private:
  http_client http_;
  std::optional<std::uint64_t> last_;
};

} // namespace

TEST_CASE("each journal number comes once, across a hundred disconnects at "
          "random") {
  on_own_node own;
  listener reader{own.process.port()};
  reader.connect();
  auto heard = reader.place();
  auto first = heard;
  std::atomic<bool> enough = false;
  std::thread work{[&] {
    auto node = own.client();
    while (!enough)
      node.release(node.granted(own.resource, "bot-1"));
  }};
  constexpr std::uint32_t seed = 7;
  std::mt19937 random{seed};
  std::size_t wrong = 0;
  for (int i = 0; i < 100; ++i) {
    auto count = random() % 40;
    for (std::size_t k = 0; k < count; ++k) {
      auto event = reader.next();
      wrong += event.id != heard + 1 || event.data["seq"] != event.id;
      heard = event.id;
    }
    reader.connect(); // what the network had in its buffers is lost
  }
  enough = true;
  work.join();
  auto journal = own.client().all("/v1/journal");
  while (heard < journal.back()["seq"]) {
    auto event = reader.next();
    wrong += event.id != heard + 1;
    heard = event.id;
    CHECK(event.data ==
          journal.at(event.id - journal.front()["seq"].get<std::uint64_t>()));
  }
  CHECK(wrong == 0);
  CHECK(heard > first + 1000);
}

TEST_CASE("a reader goes on where it was after the node was killed and "
          "started again") {
  on_own_node own;
  listener reader{own.process.port()};
  reader.connect();
  auto place = reader.place();
  auto node = own.client();
  node.granted(own.resource, "bot-1");
  auto granted = reader.next();
  CHECK(granted.id == place + 1);
  CHECK(granted.kind == "granted");
  CHECK(granted.data["resourceId"] == own.resource);
  own.process.kill();
  CHECK(reader.http().peer_closes());
  own.process.start();
  listener again{own.process.port()};
  again.connect("?after=" + std::to_string(granted.id));
  CHECK(again.next().kind == "node_started");
}

TEST_CASE("a graceful stop ends every stream, and does not wait for it") {
  on_own_node own;
  std::vector<listener> readers;
  for (int i = 0; i < 10; ++i)
    readers.emplace_back(own.process.port()).connect();
  for (auto& reader : readers)
    CHECK(reader.place() > 0);
  auto start = std::chrono::steady_clock::now();
  own.process.terminate();
  for (auto& reader : readers)
    CHECK(reader.http().peer_closes());
  CHECK(own.process.wait() == 0);
  CHECK(std::chrono::steady_clock::now() - start < 4s);
}

TEST_CASE("a session without tokens is everybody's, and may do all") {
  on_shared_node shared;
  CHECK(shared.node.http.get("/v1/session").body ==
        json{{"name", "local"}, {"scope", "operate"}});
}
