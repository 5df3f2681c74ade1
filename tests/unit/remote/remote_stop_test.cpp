// What must not keep an actor system from ending, nor cost it anything.
#include "remote/middleman.hpp"
#include "tests/unit/remote/remote_fixture.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/io/basp_broker.hpp>

#include <arpa/inet.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace holdfast;
using namespace holdfast::remote_test;
using namespace std::chrono_literals;

namespace {

/// Opens a TCP connection, and says nothing.
class silent_stranger {
public:
  explicit silent_stranger(std::uint16_t port)
      : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::connect(fd_, reinterpret_cast<sockaddr*>(&to), sizeof(to)) == 0);
  }
  ~silent_stranger() { ::close(fd_); }

  /// False when the other side leaves the connection open.
  bool is_cut_off() const {
    pollfd ready{fd_, POLLIN, 0};
    auto wait = std::chrono::milliseconds{patience};
    char byte = 0;
    return ::poll(&ready, 1, static_cast<int>(wait.count())) == 1 &&
           ::recv(fd_, &byte, 1, 0) <= 0;
  }

private:
  int fd_;
};

std::chrono::microseconds processor_time() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  auto us = [](const timeval& t) {
    return std::chrono::seconds{t.tv_sec} +
           std::chrono::microseconds{t.tv_usec};
  };
  return us(used.ru_utime) + us(used.ru_stime);
}

} // namespace

TEST_CASE("a stranger who says nothing does not keep the engine from "
          "stopping") {
  auto s = std::make_unique<server>();
  silent_stranger eve{s->door.port()};
  { client later{s->door.port()}; } // Connections are accepted in order.
  s.reset();
  CHECK(eve.is_cut_off());
}

TEST_CASE("a stranger who says nothing is cut off like a peer that is lost, "
          "and costs no processor until then") {
  auto before = processor_time();
  server s{0, 3s};
  silent_stranger eve{s.door.port()};
  CHECK(eve.is_cut_off());
  CHECK(processor_time() - before < 1500ms);
}

TEST_CASE("an actor with a thread of its own whose end reaches the broker "
          "after the broker's own ends all the same") {
  node host;
  auto& sys = *host.system;
  // The argument is for CAF 0.17, as in the test of versions.
  auto idle = [](caf::event_based_actor*, int /*unused*/) {
    return caf::behavior{[](int) {}};
  };
  auto owner = sys.spawn<caf::detached>(idle, 0);
  auto broker =
      sys.middleman().named_broker<caf::io::basp_broker>(caf::atom("BASP"));
  // What CAF tells a broker that watches `owner`, since peers have heard of it.
  // This one is told when the middleman's last actor ends, after the broker.
  auto late = [to = caf::actor_cast<caf::strong_actor_ptr>(broker),
               gone = caf::actor_cast<caf::strong_actor_ptr>(owner)] {
    caf::down_msg news{caf::actor_cast<caf::actor_addr>(gone), {}};
    to->enqueue(gone, caf::make_message_id(), caf::make_message(news), nullptr);
  };
  caf::anon_send_exit(owner, caf::exit_reason::user_shutdown);
  owner = nullptr;
  broker = nullptr;
  caf::actor_cast<caf::abstract_actor*>(sys.middleman().actor_handle())
      ->attach_functor(std::move(late));
  host.system.reset();
  CHECK(!host.system);
}
