// Spawns the gate and binds it to a port.
#include "remote/published_engine.hpp"

#include "remote/gate.hpp"
#include "remote/transport.hpp"

#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include <stdexcept>

namespace holdfast {

struct published_engine::impl {
  caf::actor_system& sys;
  transport_actor transport;
  gate_actor gate;
  std::uint16_t port = 0;

  /// Opens the port; what went wrong, or nothing.
  std::string open(const remote_address& at) {
    caf::scoped_actor self{sys};
    std::string trouble;
    self->request(transport, caf::infinite, caf::publish_atom::value, at.port,
                  caf::actor_cast<caf::strong_actor_ptr>(gate),
                  sys.message_types(gate), at.host, true)
        .receive([this](std::uint16_t opened) { port = opened; },
                 [&](const caf::error& why) { trouble = to_string(why); });
    return trouble;
  }

  template <class Handle>
  void end(caf::scoped_actor& self, Handle& actor) {
    self->monitor(actor);
    self->send_exit(actor, caf::exit_reason::user_shutdown);
    actor = nullptr;
    self->receive([](const caf::down_msg&) {});
  }

  void close() {
    if (!gate)
      return;
    caf::scoped_actor self{sys};
    if (port != 0)
      self->request(transport, caf::infinite, caf::unpublish_atom::value,
                    gate.address(), port)
          .receive([] {},
                   [](const caf::error&) {
                     // The port stays open, with nothing behind it.
                   });
    end(self, gate);
    end(self, transport);
  }
};

published_engine::published_engine(caf::actor_system& sys, const engine& which,
                                   const remote_address& at,
                                   const remote_security& with)
    : impl_(std::make_unique<impl>(impl{sys, {}, {}, 0})) {
  require_remote(sys);
  if (!which.locks())
    throw std::logic_error{"an engine that was stopped cannot be published"};
  impl_->transport = spawn_transport(sys, make_tls_context(with));
  impl_->gate = sys.spawn<remote_gate>(which.locks(), which.queries());
  auto trouble = impl_->open(at);
  if (trouble.empty())
    return;
  impl_->close();
  throw std::runtime_error{"cannot publish the engine on " + at.host + ":" +
                           std::to_string(at.port) + ": " + trouble};
}

published_engine::~published_engine() { close(); }

std::uint16_t published_engine::port() const { return impl_->port; }

void published_engine::close() { impl_->close(); }

} // namespace holdfast
