// Spawns the gate and binds it to a port.
#include "remote/published_engine.hpp"

#include "remote/gate.hpp"

#include <caf/openssl/manager.hpp>
#include <caf/openssl/publish.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include <stdexcept>

namespace holdfast {

struct published_engine::impl {
  caf::actor_system& sys;
  gate_actor gate;
  std::uint16_t port = 0;

  void end_gate() {
    caf::scoped_actor self{sys};
    self->monitor(gate);
    self->send_exit(gate, caf::exit_reason::user_shutdown);
    gate = nullptr;
    self->receive([](const caf::down_msg&) {});
  }
};

published_engine::published_engine(caf::actor_system& sys, const engine& which,
                                   const remote_address& at)
    : impl_(std::make_unique<impl>(impl{sys, {}, 0})) {
  if (!sys.has_openssl_manager() ||
      !sys.openssl_manager().authentication_enabled())
    throw std::logic_error{
        "call init_remote before the actor system starts to publish an engine"};
  if (!which.locks())
    throw std::logic_error{"an engine that was stopped cannot be published"};
  impl_->gate = sys.spawn<remote_gate>(which.locks(), which.queries());
  auto port =
      caf::openssl::publish(impl_->gate, at.port, at.host.c_str(), true);
  if (!port) {
    impl_->end_gate();
    throw std::runtime_error{"cannot publish the engine on " + at.host + ":" +
                             std::to_string(at.port) + ": " +
                             sys.render(port.error())};
  }
  impl_->port = *port;
}

published_engine::~published_engine() { close(); }

std::uint16_t published_engine::port() const { return impl_->port; }

void published_engine::close() {
  if (!impl_->gate)
    return;
  caf::scoped_actor self{impl_->sys};
  self->request(impl_->sys.openssl_manager().actor_handle(), caf::infinite,
                caf::unpublish_atom::value, impl_->gate.address(), impl_->port)
      .receive([] {},
               [](const caf::error&) {
                 // The port stays open; with the gate gone, nothing is behind
                 // it.
               });
  impl_->end_gate();
}

} // namespace holdfast
