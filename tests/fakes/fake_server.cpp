// Accepts connections.
// Must not know calls.
#include "tests/fakes/fake_server.hpp"

#include "tests/fakes/fake_clock.hpp"
#include "tests/fakes/fake_session.hpp"

#include <memory>
#include <utility>

namespace fake {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

server::server(asio::io_context& context, service& all, std::uint16_t port)
    : context_(context), all_(all),
      endpoint_(asio::ip::address_v4::loopback(), port), timer_(context) {
  listen();
}

void server::listen() {
  acceptor_.emplace(context_, endpoint_);
  endpoint_ = acceptor_->local_endpoint();
  accept();
}

void server::accept() {
  acceptor_->async_accept([this](error_code error, tcp::socket socket) {
    if (error == asio::error::operation_aborted)
      return;
    if (!error) {
      error_code ignored; // slower without, no less right
      socket.set_option(tcp::no_delay{true}, ignored);
      std::make_shared<session>(std::move(socket), all_, [this] {
        look_away();
      })->read();
    }
    if (acceptor_)
      accept();
  });
}

void server::look_away() {
  auto left = all_.away_until() - steady_ms();
  if (left <= 0 || !acceptor_)
    return;
  acceptor_.reset();
  timer_.expires_after(std::chrono::milliseconds{left});
  timer_.async_wait([this](error_code error) {
    if (!error)
      listen();
  });
}

} // namespace fake
