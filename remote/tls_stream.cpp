// Asks for write events when they mean something.
// Must not know actors.
#include "remote/tls_stream.hpp"

namespace holdfast {

namespace net = caf::io::network;

tls_stream::tls_stream(net::default_multiplexer& loop,
                       net::native_socket socket, SSL_CTX& context,
                       tls_side side)
    : stream(loop, socket), policy_(context, socket, side) {}

void tls_stream::handle_event(net::operation op) {
  handle_event_impl(op, policy_);
  if (waiting_ && !policy_.waits_for_peer())
    go_on();
  else if (!waiting_ && state_.writing && policy_.waits_for_peer())
    wait_for_peer();
}

/// `state_.writing` stays: what is to be written meanwhile is only collected.
void tls_stream::wait_for_peer() {
  waiting_ = true;
  backend().del(net::operation::write, fd(), this);
}

void tls_stream::go_on() {
  waiting_ = false;
  if (policy_.failed())
    stream::removed_from_loop(net::operation::write);
  else
    backend().add(net::operation::write, fd(), this);
}

void tls_stream::removed_from_loop(net::operation op) {
  if (op == net::operation::write && waiting_)
    return; // it comes back
  stream::removed_from_loop(op);
}

void tls_stream::close() {
  if (state_.shutting_down)
    return;
  policy_.hurry();
  graceful_shutdown();
  if (!waiting_)
    while (state_.writing && !policy_.failed())
      handle_event_impl(net::operation::write, policy_);
  waiting_ = false;
  // The loop tells only of what it knew of before this.
  if ((eventbf() & net::output_mask) == 0)
    stream::removed_from_loop(net::operation::write);
  if ((eventbf() & net::input_mask) == 0)
    stream::removed_from_loop(net::operation::read);
}

} // namespace holdfast
