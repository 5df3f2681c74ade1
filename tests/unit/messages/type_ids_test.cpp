// Refusals and messages as CAF carries them between actors and nodes.
#include "messages/type_ids.hpp"

#include <caf/actor_system.hpp>
#include <caf/binary_deserializer.hpp>
#include <caf/binary_serializer.hpp>
#include <caf/exit_reason.hpp>
#include <caf/sec.hpp>
#include <doctest/doctest.h>

using namespace holdfast;

namespace {

struct system_fixture {
  struct config : caf::actor_system_config {
    config() {
      init_types(*this);
      set("scheduler.max-threads", 1);
    }
  };

  config cfg;
  caf::actor_system sys{cfg};

  /// What arrives when `x` travels to another node.
  template <class T>
  T sent(T x) {
    caf::binary_serializer::container_type bytes;
    caf::binary_serializer sink{sys, bytes};
    CHECK_FALSE(sink(x));
    T result;
    caf::binary_deserializer source{sys, bytes};
    CHECK_FALSE(source(result));
    return result;
  }
};

problem sample_problem() {
  problem what;
  what.code = errc::queue_full;
  what.detail = "1000 wait already";
  what.holder = "bot-1";
  what.lock_id = "lock-5f3a9c1e-42";
  what.position = 1001;
  what.retry_after_ms = 250;
  return what;
}

void check_equal(const problem& a, const problem& b) {
  CHECK(a.code == b.code);
  CHECK(a.detail == b.detail);
  CHECK(a.holder == b.holder);
  CHECK(a.lock_id == b.lock_id);
  CHECK(a.position == b.position);
  CHECK(a.retry_after_ms == b.retry_after_ms);
}

} // namespace

TEST_CASE("a refusal passes through a CAF error unchanged") {
  auto failure = make_error(sample_problem());
  CHECK(failure);
  CHECK(failure.category() == caf::atom("holdfast"));
  check_equal(to_problem(failure), sample_problem());
  CHECK(to_problem(caf::error{}).code == errc::none);
}

TEST_CASE("an error code without details still is that refusal") {
  caf::error bare{static_cast<std::uint8_t>(errc::held), caf::atom("holdfast")};
  CHECK(to_problem(bare).code == errc::held);
  caf::error from_the_future{200, caf::atom("holdfast")};
  CHECK(to_problem(from_the_future).code == errc::storage_unavailable);
}

TEST_CASE("an actor that is gone means the service is shutting down") {
  for (auto reason : {caf::exit_reason::user_shutdown, caf::exit_reason::kill,
                      caf::exit_reason::unreachable, caf::exit_reason::unknown})
    CHECK(to_problem(caf::make_error(reason)).code == errc::shutting_down);
  auto down = caf::make_error(caf::sec::request_receiver_down);
  CHECK(to_problem(down).code == errc::shutting_down);
  CHECK(to_problem(down).detail.find("request_receiver_down") !=
        std::string::npos);
}

TEST_CASE("every other failure of CAF is no success and no refusal") {
  auto late = to_problem(caf::make_error(caf::sec::request_timeout));
  CHECK(late.code == errc::storage_unavailable);
  CHECK(late.detail.find("may still be carried out") != std::string::npos);
  for (auto code : {caf::sec::unexpected_message, caf::sec::runtime_error})
    CHECK(to_problem(caf::make_error(code)).code == errc::storage_unavailable);
}

TEST_CASE_FIXTURE(system_fixture, "rendered errors show code and detail") {
  CHECK(sys.render(make_error(sample_problem())) ==
        "holdfast: queue-full (1000 wait already)");
  problem bare;
  bare.code = errc::stale_lock;
  CHECK(sys.render(make_error(bare)) == "holdfast: stale-lock");
}

TEST_CASE_FIXTURE(system_fixture, "refusals travel between nodes") {
  check_equal(to_problem(sent(make_error(sample_problem()))), sample_problem());
}

TEST_CASE_FIXTURE(system_fixture, "answers travel between nodes") {
  acquire_answer answer;
  answer.outcome = acquire_outcome::queued;
  answer.lock.id = {0x5f3a9c1e, 42};
  answer.lock.work.fingerprint[31] = 0xAB;
  answer.lock.status = lock_status::in_doubt;
  answer.lock.deadline_boot_us = -1;
  answer.entry.record.work.data = R"({"price":"0.1"})";
  answer.entry.position = 3;
  auto got = sent(answer);
  CHECK(got.outcome == answer.outcome);
  CHECK(got.lock.id == answer.lock.id);
  CHECK(got.lock.work.fingerprint == answer.lock.work.fingerprint);
  CHECK(got.lock.status == answer.lock.status);
  CHECK(got.lock.deadline_boot_us == -1);
  CHECK(got.entry.record.work.data == answer.entry.record.work.data);
  CHECK(got.entry.position == 3);
}

TEST_CASE_FIXTURE(system_fixture, "messages with lists travel between nodes") {
  journal_page page;
  page.items.resize(2);
  page.items[1].kind = event_kind::dead_lettered;
  page.next_after = 17;
  auto message = sent(caf::make_message(page, get_stats{}));
  REQUIRE(message.match_elements<journal_page, get_stats>());
  auto& got = message.get_as<journal_page>(0);
  REQUIRE(got.items.size() == 2);
  CHECK(got.items[1].kind == event_kind::dead_lettered);
  CHECK(got.next_after == 17);
}
