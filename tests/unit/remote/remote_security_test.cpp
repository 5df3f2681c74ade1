// Who gets no connection, and that it costs nobody else theirs.
#include "tests/unit/remote/remote_fixture.hpp"

using namespace holdfast;
using namespace holdfast::remote_test;
using namespace std::chrono_literals;

TEST_CASE("a peer of another authority gets no connection") {
  server s;
  node stranger{"other"};
  first_word told;
  remote_engine hf{*stranger.system,
                   {"127.0.0.1", s.door.port()},
                   stranger.security,
                   [&](bool connected, const std::string& about) {
                     CHECK(!connected);
                     told.tell(about);
                   }};
  CHECK(told.wait().find("no connection") != std::string::npos);
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
    first_word told;
    remote_engine hf{*stranger.system,
                     {"127.0.0.1", s.door.port()},
                     stranger.security,
                     [&](bool, const std::string& about) { told.tell(about); }};
    told.wait();
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
  REQUIRE(again.wait_connected(patience));
  REQUIRE(other.wait_connected(patience));
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
  // The argument is for CAF 0.17, which dereferences a null pointer to an empty
  // tuple when there is none.
  auto old_gate = [](gate_actor::pointer self,
                     int /*unused*/) -> gate_actor::behavior_type {
    self->set_default_handler(caf::drop);
    return gate_actor::behavior_type{
        gate_actor::behavior_type::unsafe_init{},
        caf::behavior{[](const std::string&) { return std::string{"0.0.9"}; }}};
  };
  auto gate = host.system->spawn<caf::hidden>(old_gate, 0);
  auto transport =
      spawn_transport(*host.system, make_tls_context(host.security));
  std::uint16_t port = 0;
  {
    caf::scoped_actor self{*host.system};
    self->request(transport, patience, caf::publish_atom::value,
                  std::uint16_t{0},
                  caf::actor_cast<caf::strong_actor_ptr>(gate),
                  host.system->message_types(gate), "127.0.0.1", false)
        .receive([&](std::uint16_t opened) { port = opened; },
                 [](const caf::error& why) { FAIL(to_string(why)); });
  }
  node other;
  first_word told;
  remote_engine hf{*other.system,
                   {"127.0.0.1", port},
                   other.security,
                   [&](bool, const std::string& about) { told.tell(about); }};
  auto about = told.wait();
  CAPTURE(about);
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
  caf::actor_system_config other;
  init_types(other);
  init_remote(other);
  other.load<caf::io::middleman>();
  caf::actor_system replaced{other};
  CHECK_THROWS_WITH_AS((remote_engine{replaced, {"127.0.0.1", 1}, {}}),
                       doctest::Contains("middleman"), std::logic_error);
}

TEST_CASE("a port that is taken is named") {
  server s;
  CHECK_THROWS_WITH_AS(
      (published_engine{
          *s.host.system, s.hf, {"127.0.0.1", s.door.port()}, s.host.security}),
      doctest::Contains(std::to_string(s.door.port()).c_str()),
      std::runtime_error);
}
