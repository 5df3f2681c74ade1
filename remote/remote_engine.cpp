// Owns the link and waits for it.
#include "remote/remote_engine.hpp"

#include "remote/link.hpp"
#include "remote/transport.hpp"

#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

namespace holdfast {

struct remote_engine::impl {
  caf::actor_system& sys;
  link_actor link;
  locks_actor locks;
  queries_actor queries;
};

remote_engine::remote_engine(caf::actor_system& sys, const remote_address& at,
                             const remote_security& with,
                             connection_listener listener)
    : impl_(std::make_unique<impl>(impl{sys, {}, {}, {}})) {
  require_remote(sys);
  impl_->link =
      sys.spawn<remote_link>(at, make_tls_context(with), std::move(listener));
  impl_->locks = impl_->link;
  impl_->queries = impl_->link;
}

remote_engine::~remote_engine() { stop(); }

const locks_actor& remote_engine::locks() const { return impl_->locks; }

const queries_actor& remote_engine::queries() const { return impl_->queries; }

bool remote_engine::wait_connected(std::chrono::milliseconds at_most) const {
  if (!impl_->link)
    return false;
  caf::scoped_actor self{impl_->sys};
  bool connected = false;
  self->request(impl_->link, at_most, await_connection{})
      .receive([&](bool now) { connected = now; },
               [](const caf::error&) { /* not in time: still false */ });
  return connected;
}

void remote_engine::stop() {
  if (!impl_->link)
    return;
  caf::scoped_actor self{impl_->sys};
  self->monitor(impl_->link);
  self->send_exit(impl_->link, caf::exit_reason::user_shutdown);
  impl_->link = nullptr;
  impl_->locks = nullptr;
  impl_->queries = nullptr;
  self->receive([](const caf::down_msg&) {});
}

} // namespace holdfast
