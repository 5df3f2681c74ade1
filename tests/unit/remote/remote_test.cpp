// What a remote engine does for its callers, and what is lost with it.
#include "tests/unit/remote/remote_fixture.hpp"

using namespace holdfast;
using namespace holdfast::remote_test;
using namespace std::chrono_literals;

TEST_CASE("a lock of a remote engine is granted, read, renewed, released and "
          "replayed") {
  server s;
  client c{s.door.port()};
  auto cmd = want("trade:BTCUSDT", "ann");
  cmd.data = R"({"quantity":"0.001"})";
  auto lock = good(acquire(c, cmd)).lock;
  CHECK(lock.work.resource == "trade:BTCUSDT");
  CHECK(
      good(ask<lock_record>(*c.host.system, c.hf.queries(), get_lock{lock.id}))
          .status == lock_status::active);
  auto renewed =
      good(ask<lock_record>(*c.host.system, c.hf.locks(),
                            renew_lock{{}, lock.id, lock.token(), 60'000}));
  CHECK(renewed.expires_at_ms > lock.expires_at_ms);
  CHECK(release(c, lock, R"({"orderId":"7"})").status == lock_status::released);
  auto again = good(acquire(c, cmd));
  CHECK(again.outcome == acquire_outcome::replayed);
  CHECK(again.lock.result == R"({"orderId":"7"})");
  CHECK(good(ask<stats>(*s.host.system, s.hf.queries(), get_stats{})).granted ==
        1);
}

TEST_CASE("a refusal keeps all that its problem says on its way") {
  server s;
  client c{s.door.port()};
  auto held = good(acquire(c, want("r", "ann"))).lock;
  auto cmd = want("r", "bob");
  cmd.otherwise = when_locked::reject;
  auto there = refusal(ask<acquire_answer>(*s.host.system, s.hf.locks(), cmd));
  auto here = refusal(acquire(c, cmd));
  CHECK(here.code == errc::held);
  CHECK(here.holder == "ann");
  CHECK(here.lock_id == to_string(held.id));
  CHECK(here.detail == there.detail);
  CHECK(here.position == there.position);
  // How long the lease still runs: what the later one says is not more.
  CHECK(here.retry_after_ms <= there.retry_after_ms);
  CHECK((here.retry_after_ms > 0) == (there.retry_after_ms > 0));
  CHECK(refusal(acquire(c, want("", "bob"))).code == errc::invalid);
}

TEST_CASE("a remote caller waits and gets the lock when it is released") {
  server s;
  client c{s.door.port()};
  auto lock = good(acquire(c, want("r", "ann"))).lock;
  auto bob = acquire_waiting(c, s, want("r", "bob"));
  release(c, lock, "1");
  auto answer = good(bob.get());
  CHECK(answer.outcome == acquire_outcome::granted);
  CHECK(answer.lock.token() > lock.token());
  CHECK(answer.lock.work.owner_id == "bob");
}

TEST_CASE("clients that choose the same caller number give up only their own "
          "waits") {
  server s;
  client c{s.door.port()};
  client d{s.door.port()};
  good(acquire(c, want("r", "ann")));
  auto bobs = want("r", "bob");
  auto eves = want("r", "eve");
  bobs.caller = eves.caller = 7;
  auto bob = acquire_waiting(c, s, bobs);
  auto eve = acquire_waiting(d, s, eves);
  caf::anon_send(d.hf.locks(), abandon_wait{"r", 7});
  CHECK(refusal(eve.get()).code == errc::cancelled);
  // Her place goes with the next commit; his stays.
  until_waiting(s, "r", 1);
  CHECK(good(ask<resource_view>(*s.host.system, s.hf.queries(),
                                get_resource{"r"}))
            .queue.at(0)
            .record.work.owner_id == "bob");
  c.hf.stop();
  bob.get();
}

TEST_CASE("the waits of a client that is gone leave the queue") {
  server s;
  client holder{s.door.port()};
  auto lock = good(acquire(holder, want("r", "ann"))).lock;
  std::future<std::variant<acquire_answer, problem>> bob;
  {
    client c{s.door.port()};
    bob = acquire_waiting(c, s, want("r", "bob"));
    c.hf.stop();
    auto why = refusal(bob.get());
    CHECK(why.code == errc::storage_unavailable);
    CHECK(why.detail.find("may have been carried out") != std::string::npos);
  }
  until_waiting(s, "r", 0);
  release(holder, lock, "1");
  auto next = want("r", "eve");
  next.otherwise = when_locked::reject;
  CHECK(good(acquire(holder, next)).outcome == acquire_outcome::granted);
}

TEST_CASE("when the engine is lost, what is open fails at once and what comes "
          "later is refused, until it is back") {
  first_word lost;
  auto s = std::make_unique<server>();
  auto port = s->door.port();
  client c{port, [&](bool connected, const std::string& about) {
             if (!connected)
               lost.tell(about);
           }};
  good(acquire(c, want("r", "ann")));
  auto bob = acquire_waiting(c, *s, want("r", "bob"));
  s->door.close();
  auto why = refusal(bob.get());
  CHECK(why.code == errc::storage_unavailable);
  CHECK(why.detail.find("may have been carried out") != std::string::npos);
  lost.wait();
  why = refusal(acquire(c, want("x", "ann")));
  CHECK(why.code == errc::storage_unavailable);
  CHECK(why.detail.find("nothing was sent") != std::string::npos);
  CHECK(why.retry_after_ms > 0);
  // The place of the wait was given up, too: the engine lives on without it.
  until_waiting(*s, "r", 0);
  s.reset();
  server back{port};
  REQUIRE(c.hf.wait_connected(patience));
  CHECK(good(acquire(c, want("x", "ann"))).outcome == acquire_outcome::granted);
}

TEST_CASE("an engine that stops answers remote callers, too") {
  server s;
  client c{s.door.port()};
  good(acquire(c, want("r", "ann")));
  auto bob = acquire_waiting(c, s, want("r", "bob"));
  s.hf.stop();
  CHECK(refusal(bob.get()).code == errc::shutting_down);
  CHECK(refusal(acquire(c, want("x", "ann"))).code == errc::shutting_down);
}
