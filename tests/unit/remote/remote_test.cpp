// An engine and its clients in actor systems of their own, over loopback TLS.
#include "engine/engine.hpp"
#include "messages/type_ids.hpp"
#include "remote/interface.hpp"
#include "remote/published_engine.hpp"
#include "remote/remote_engine.hpp"
#include "remote/security.hpp"
#include "remote/transport.hpp"
#include "storage/memory_store.hpp"

#include <caf/actor_system.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>
#include <memory>
#include <thread>
#include <variant>

using namespace holdfast;
using namespace std::chrono_literals;

namespace {

namespace fs = std::filesystem;

/// Two authorities with a certificate each, made once; they go with the test.
class certificates {
public:
  static const certificates& get() {
    static const certificates all;
    return all;
  }
  ~certificates() { fs::remove_all(dir_); }

  remote_security of(const std::string& authority) const {
    auto dir = dir_ / authority;
    remote_security with;
    with.certificate = dir / "peer.pem";
    with.private_key = dir / "peer.key";
    with.authorities = dir / "authority.pem";
    return with;
  }
  fs::path dir() const { return dir_; }

private:
  certificates() {
    auto name = (fs::temp_directory_path() / "holdfast-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()));
    dir_ = name;
    for (const auto* authority : {"ours", "other"}) {
      auto command = std::string{HOLDFAST_MAKE_CERTIFICATES} + " " +
                     (dir_ / authority).string() + " peer";
      REQUIRE(std::system(command.c_str()) == 0);
    }
  }
  fs::path dir_;
};

/// A process of its own, as far as CAF is concerned.
struct node {
  explicit node(const std::string& authority = "ours") {
    init_types(config);
    init_remote(config);
    security = certificates::get().of(authority);
    config.set("scheduler.max-threads", std::size_t{2});
    system = std::make_unique<caf::actor_system>(config);
  }
  caf::actor_system_config config;
  remote_security security;
  std::unique_ptr<caf::actor_system> system;
};

/// A published engine in memory.
struct server {
  server() : server(0) {}
  explicit server(std::uint16_t port)
      : hf(*host.system, {}, db),
        door(*host.system, hf, {"127.0.0.1", port}, host.security) {}
  node host;
  memory_store db;
  engine hf;
  published_engine door;
};

struct client {
  explicit client(std::uint16_t port, connection_listener listener = {})
      : hf(*host.system, {"127.0.0.1", port}, host.security,
           std::move(listener)) {
    REQUIRE(hf.wait_connected(10s));
  }
  node host;
  remote_engine hf;
};

acquire_lock want(std::string resource, std::string owner) {
  acquire_lock cmd;
  cmd.resource = std::move(resource);
  cmd.owner_id = std::move(owner);
  return cmd;
}

template <class T, class Handle, class Command>
std::variant<T, problem> ask(caf::actor_system& sys, const Handle& to,
                             Command cmd) {
  caf::scoped_actor self{sys};
  std::variant<T, problem> result;
  self->request(to, 20s, std::move(cmd))
      .receive([&](T& value) { result = std::move(value); },
               [&](const caf::error& why) { result = to_problem(why); });
  return result;
}

template <class T>
T good(std::variant<T, problem> answer) {
  if (auto* p = std::get_if<problem>(&answer))
    FAIL("refused: " << p->detail);
  return std::get<T>(std::move(answer));
}

template <class T>
problem refusal(std::variant<T, problem> answer) {
  REQUIRE(std::holds_alternative<problem>(answer));
  return std::get<problem>(std::move(answer));
}

std::variant<acquire_answer, problem> acquire(client& by, acquire_lock cmd) {
  return ask<acquire_answer>(*by.host.system, by.hf.locks(), std::move(cmd));
}

/// Asks in the background, and waits until the engine has it in its queue.
std::future<std::variant<acquire_answer, problem>>
acquire_waiting(client& by, server& of, acquire_lock cmd) {
  cmd.otherwise = when_locked::wait;
  auto answer =
      std::async(std::launch::async, [&by, cmd] { return acquire(by, cmd); });
  list_queue queue;
  queue.resource = cmd.resource;
  queue.owner_id = cmd.owner_id;
  while (good(ask<entry_page>(*of.host.system, of.hf.queries(), queue))
             .items.empty())
    std::this_thread::yield();
  return answer;
}

std::size_t waiting_for(server& of, const std::string& resource) {
  list_queue queue;
  queue.resource = resource;
  return good(ask<entry_page>(*of.host.system, of.hf.queries(), queue))
      .items.size();
}

lock_record release(client& by, const lock_record& lock, std::string result) {
  return good(ask<lock_record>(
      *by.host.system, by.hf.locks(),
      release_lock{{}, lock.id, lock.token(), false, std::move(result), {}}));
}

} // namespace

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
  while (waiting_for(s, "r") > 1)
    std::this_thread::yield();
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
  while (waiting_for(s, "r") > 0)
    std::this_thread::yield();
  release(holder, lock, "1");
  auto next = want("r", "eve");
  next.otherwise = when_locked::reject;
  CHECK(good(acquire(holder, next)).outcome == acquire_outcome::granted);
}

TEST_CASE("when the engine is lost, what is open fails at once and what comes "
          "later is refused, until it is back") {
  std::promise<void> told;
  std::atomic<bool> lost = false;
  auto s = std::make_unique<server>();
  auto port = s->door.port();
  client c{port, [&](bool connected, const std::string&) {
             if (!connected && !lost.exchange(true))
               told.set_value();
           }};
  good(acquire(c, want("r", "ann")));
  auto bob = acquire_waiting(c, *s, want("r", "bob"));
  s->door.close();
  auto why = refusal(bob.get());
  CHECK(why.code == errc::storage_unavailable);
  CHECK(why.detail.find("may have been carried out") != std::string::npos);
  told.get_future().wait();
  why = refusal(acquire(c, want("x", "ann")));
  CHECK(why.code == errc::storage_unavailable);
  CHECK(why.detail.find("nothing was sent") != std::string::npos);
  CHECK(why.retry_after_ms > 0);
  // The place of the wait was given up, too: the engine lives on without it.
  CHECK(waiting_for(*s, "r") == 0);
  s.reset();
  server back{port};
  REQUIRE(c.hf.wait_connected(10s));
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

TEST_CASE("a peer of another authority gets no connection") {
  server s;
  node stranger{"other"};
  std::promise<std::string> told;
  std::atomic<bool> first = true;
  remote_engine hf{*stranger.system,
                   {"127.0.0.1", s.door.port()},
                   stranger.security,
                   [&](bool connected, const std::string& about) {
                     CHECK(!connected);
                     if (first.exchange(false))
                       told.set_value(about);
                   }};
  CHECK(told.get_future().get().find("no connection") != std::string::npos);
  CHECK(refusal(
            ask<acquire_answer>(*stranger.system, hf.locks(), want("r", "eve")))
            .code == errc::storage_unavailable);
  CHECK(good(ask<stats>(*s.host.system, s.hf.queries(), get_stats{})).granted ==
        0);
}

TEST_CASE("a stranger who knocks, and a client who leaves, cut nobody else "
          "off") {
  server s;
  std::atomic<int> changes = 0;
  client c{s.door.port(), [&](bool, const std::string&) { ++changes; }};
  for (int i = 0; i < 3; ++i) {
    node stranger{"other"};
    std::promise<void> told;
    std::atomic<bool> first = true;
    remote_engine hf{*stranger.system,
                     {"127.0.0.1", s.door.port()},
                     stranger.security,
                     [&](bool, const std::string&) {
                       if (first.exchange(false))
                         told.set_value();
                     }};
    told.get_future().wait();
    client passing{s.door.port()};
    good(acquire(passing, want("p" + std::to_string(i), "pat")));
    good(acquire(c, want("r" + std::to_string(i), "ann")));
  }
  good(acquire(c, want("last", "ann")));
  CHECK(changes == 1);
}

TEST_CASE("one system is connected to an engine twice, and to another one") {
  server s;
  server t;
  client c{s.door.port()};
  remote_engine again{
      *c.host.system, {"127.0.0.1", s.door.port()}, c.host.security};
  remote_engine other{
      *c.host.system, {"127.0.0.1", t.door.port()}, c.host.security};
  REQUIRE(again.wait_connected(10s));
  REQUIRE(other.wait_connected(10s));
  good(acquire(c, want("r", "ann")));
  auto cmd = want("r", "bob");
  cmd.otherwise = when_locked::reject;
  CHECK(refusal(ask<acquire_answer>(*c.host.system, again.locks(), cmd)).code ==
        errc::held);
  CHECK(good(ask<acquire_answer>(*c.host.system, other.locks(), cmd)).outcome ==
        acquire_outcome::granted);
  again.stop();
  good(acquire(c, want("x", "ann")));
}

TEST_CASE("a key with a passphrase is opened by it, and only by it") {
  auto with = certificates::get().of("ours");
  auto locked = with.private_key + ".locked";
  auto command = "openssl pkey -aes128 -passout pass:sesame -in " +
                 with.private_key + " -out " + locked;
  REQUIRE(std::system(command.c_str()) == 0);
  with.private_key = locked;
  with.passphrase = "sesame";
  CHECK(make_tls_context(with) != nullptr);
  with.passphrase = "mellon";
  CHECK_THROWS_WITH_AS(make_tls_context(with),
                       doctest::Contains("passphrase is wrong"),
                       std::invalid_argument);
}

TEST_CASE("an engine of another version is told by both versions") {
  node host;
  auto gate = host.system->spawn<caf::hidden>([](gate_actor::pointer self)
                                                  -> gate_actor::behavior_type {
    self->set_default_handler(caf::drop);
    return gate_actor::behavior_type{
        gate_actor::behavior_type::unsafe_init{},
        caf::behavior{[](const std::string&) { return std::string{"0.0.9"}; }}};
  });
  auto transport =
      spawn_transport(*host.system, make_tls_context(host.security));
  std::uint16_t port = 0;
  {
    caf::scoped_actor self{*host.system};
    self->request(transport, caf::infinite, caf::publish_atom::value,
                  std::uint16_t{0},
                  caf::actor_cast<caf::strong_actor_ptr>(gate),
                  host.system->message_types(gate), "127.0.0.1", false)
        .receive([&](std::uint16_t opened) { port = opened; },
                 [](const caf::error& why) { FAIL(to_string(why)); });
  }
  node other;
  std::promise<std::string> told;
  std::atomic<bool> first = true;
  remote_engine hf{*other.system,
                   {"127.0.0.1", port},
                   other.security,
                   [&](bool, const std::string& about) {
                     if (first.exchange(false))
                       told.set_value(about);
                   }};
  auto about = told.get_future().get();
  CHECK(about.find("0.0.9") != std::string::npos);
  CHECK(about.find(remote_version()) != std::string::npos);
  caf::anon_send_exit(gate, caf::exit_reason::user_shutdown);
  caf::anon_send_exit(transport, caf::exit_reason::user_shutdown);
}

TEST_CASE("TLS files that do not fit are refused by name, before anything "
          "runs") {
  const auto& all = certificates::get();
  auto with = all.of("ours");
  with.private_key = all.of("other").private_key;
  CHECK_THROWS_WITH_AS(make_tls_context(with), doctest::Contains("private_key"),
                       std::invalid_argument);
  with = all.of("ours");
  with.certificate = "no-such-file.pem";
  CHECK_THROWS_WITH_AS(make_tls_context(with),
                       doctest::Contains("no-such-file.pem"),
                       std::invalid_argument);
  with = all.of("ours");
  with.authorities.clear();
  CHECK_THROWS_WITH_AS(make_tls_context(with), doctest::Contains("authorities"),
                       std::invalid_argument);
}

TEST_CASE("a system that was not prepared publishes nothing and connects "
          "nowhere") {
  caf::actor_system_config config;
  init_types(config);
  caf::actor_system plain{config};
  memory_store db;
  engine hf{plain, {}, db};
  CHECK_THROWS_WITH_AS((published_engine{plain, hf, {}, {}}),
                       doctest::Contains("init_remote"), std::logic_error);
  CHECK_THROWS_WITH_AS((remote_engine{plain, {"127.0.0.1", 1}, {}}),
                       doctest::Contains("init_remote"), std::logic_error);
}

TEST_CASE("a port that is taken is named") {
  server s;
  CHECK_THROWS_WITH_AS(
      (published_engine{
          *s.host.system, s.hf, {"127.0.0.1", s.door.port()}, s.host.security}),
      doctest::Contains(std::to_string(s.door.port()).c_str()),
      std::runtime_error);
}
