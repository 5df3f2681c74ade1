// Reading over HTTP: lists, entries, the journal, and waiting for them.
#include "gateway/shapes.hpp"
#include "tests/unit/contains.hpp"
#include "tests/unit/gateway/fake_service.hpp"

#include <doctest/doctest.h>

using namespace holdfast;
using namespace holdfast::test;

TEST_CASE("a resource is named by its percent-encoded key") {
  gateway_world world;
  auto client = world.client();
  auto asked = [&](std::string_view encoded, std::size_t count) {
    client.call("GET", "/v1/resources/" + std::string{encoded});
    return world.service.await<get_resource>(count).resource;
  };
  CHECK(asked("plain", 1) == "plain");
  CHECK(asked("a%2Fb%3Fc%25d+e", 2) == "a/b?c%d+e");
  CHECK(asked("%74rade:BTC", 3) == "trade:BTC");
  for (auto bad : {"a%", "a%4", "a%zz", "a%01", "a%C2%85", "%7F", "%ED%A0%80"})
    CHECK(client.call("GET", "/v1/resources/" + std::string{bad}).status ==
          400);
  CHECK(client.call("GET", "/v1/resources/" + std::string(257, 'x')).status ==
        400);
  CHECK(world.service.times<get_resource>() == 3);
}

TEST_CASE("lists carry their filters and pages") {
  gateway_world world;
  CHECK(world.call("GET", "/v1/locks").body == R"({"items":[]})");
  auto all = world.service.await<list_locks>();
  CHECK(all.any_status);
  CHECK(all.page.limit == 50);
  CHECK(all.page.cursor.empty());
  world.call("GET", "/v1/locks?resourceId=a%26b&ownerId=o+p&status=in_doubt"
                    "&limit=1000&cursor=c");
  auto some = world.service.await<list_locks>(2);
  CHECK(some.resource == "a&b");
  CHECK(some.owner_id == "o p");
  CHECK_FALSE(some.any_status);
  CHECK(some.status == lock_status::in_doubt);
  CHECK(some.page.limit == 1000);
  CHECK(some.page.cursor == "c");
  world.call("GET", "/v1/queue?resourceId=r&ownerId=o&limit=1&cursor=d");
  auto queue = world.service.await<list_queue>();
  CHECK(queue.resource == "r");
  CHECK(queue.owner_id == "o");
  CHECK(queue.page.limit == 1);
  CHECK(queue.page.cursor == "d");
  world.call("GET", "/v1/dead-letters?limit=2&cursor=e");
  CHECK(world.service.await<list_dead_letters>().page.limit == 2);
}

TEST_CASE("the journal is read from a number or a cursor, not from both") {
  gateway_world world;
  world.call("GET", "/v1/journal?resourceId=r&after=7&limit=3");
  auto after = world.service.await<read_journal>(1);
  CHECK(after.resource == "r");
  CHECK(after.after == 7);
  CHECK(after.limit == 3);
  CHECK(after.wait_ms == 0);
  world.call("GET", "/v1/journal?cursor=8&waitMs=300000");
  auto cursor = world.service.await<read_journal>(2);
  CHECK(cursor.after == 8);
  CHECK(cursor.wait_ms == 300'000);
  CHECK(cursor.caller != after.caller);
  CHECK(world.call("GET", "/v1/journal?cursor=8&after=7").status == 400);
}

TEST_CASE("query parameters are checked by name, number and range") {
  gateway_world world;
  struct {
    const char* target;
    const char* words;
  } rows[] = {{"/v1/locks?wibble=1", "wibble"},
              {"/v1/locks?wibble=1", "resourceId, ownerId, status, limit"},
              {"/v1/stats?x=1", "This call takes none"},
              {"/v1/locks?limit=0", "1 to 1000"},
              {"/v1/locks?limit=1001", "1 to 1000"},
              {"/v1/locks?limit=", "1 to 1000"},
              {"/v1/locks?limit=5x", "1 to 1000"},
              {"/v1/locks?limit=+5", "1 to 1000"},
              {"/v1/locks?limit", "1 to 1000"},
              {"/v1/locks?limit=1&limit=2", "stands twice"},
              {"/v1/locks?limit=1&%6Cimit=2", "stands twice"},
              {"/v1/locks?status=sleeping", "force_released"},
              {"/v1/locks?ownerId=%zz", "hexadecimal"},
              {"/v1/locks?ownerId=", "ownerId is empty"},
              {"/v1/locks?cursor=%01", "control character"},
              {"/v1/journal?after=-1", "0 to 9007199254740991"},
              {"/v1/journal?waitMs=300001", "0 to 300000"},
              {"/v1/queue/entry-00000001-7?waitMs=-1", "0 to 300000"},
              {"/v1/queue/entry-00000001-7?limit=1", "waitMs"}};
  for (auto& row : rows) {
    auto answer = world.call("GET", row.target);
    INFO(row.target, " is answered ", answer.body);
    CHECK(answer.status == 400);
    CHECK(contains(answer.body, row.words));
  }
  CHECK(
      world.call("POST", "/v1/locks?x=1", R"({"resourceId":"r","ownerId":"o"})")
          .status == 400);
  CHECK(world.service.times<acquire_lock>() == 0);
  CHECK(world.service.times<list_locks>() == 0);
}

TEST_CASE("an entry is read, watched and cancelled") {
  gateway_world world;
  auto target = "/v1/queue/entry-5f3a9c1e-7";
  CHECK(world.call("GET", target).body == to_json(example_entry()));
  CHECK(world.service.await<watch_entry>(1).wait_ms == 0);
  world.call("GET", target + std::string{"?waitMs=300000"});
  auto watch = world.service.await<watch_entry>(2);
  CHECK(watch.id == entry_id{0x5F3A9C1E, 7});
  CHECK(watch.wait_ms == 300'000);
  CHECK(world.call("DELETE", target).body == to_json(example_entry()));
  auto cancel = world.service.await<cancel_entry>();
  CHECK(cancel.id == entry_id{0x5F3A9C1E, 7});
  CHECK(cancel.actor == "local");
}

TEST_CASE("a watcher that hangs up is forgotten under its entry's resource") {
  gateway_world world;
  world.service.set([](auto& answers) { answers.hold_waits = true; });
  {
    auto client = world.client();
    client.send(request_text("GET", "/v1/queue/entry-5f3a9c1e-7?waitMs=60000"));
    world.service.await<watch_entry>();
  }
  auto gone = world.service.await<abandon_wait>();
  CHECK(gone.resource == example_entry().record.work.resource);
  CHECK(gone.caller == world.service.await<watch_entry>(1).caller);
}

TEST_CASE("a reader of the journal that hangs up is forgotten") {
  gateway_world world;
  world.service.set([](auto& answers) { answers.hold_waits = true; });
  {
    auto client = world.client();
    client.send(request_text("GET", "/v1/journal?resourceId=r&waitMs=60000"));
    world.service.await<read_journal>();
  }
  auto gone = world.service.await<abandon_wait>();
  CHECK(gone.resource == "r");
  CHECK(gone.caller == world.service.await<read_journal>().caller);
}

TEST_CASE("a long poll may take longer than other answers") {
  gateway_options options;
  options.limits.answer_timeout = std::chrono::milliseconds{50};
  gateway_world world{options};
  world.service.set([](auto& answers) { answers.hold_waits = true; });
  auto poll = world.client();
  poll.send(request_text("GET", "/v1/journal?waitMs=60000"));
  world.service.await<read_journal>();
  // This one is over first, although it came later and asked for some time.
  auto shorter = world.call("GET", "/v1/journal?waitMs=20");
  CHECK(shorter.status == 503);
  world.service.await<abandon_wait>();
  CHECK(world.service.times<abandon_wait>() == 1);
}
