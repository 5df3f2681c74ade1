// Listens for a fake on 127.0.0.1, and stops listening for a while when a test
// wants it away.
// Must not know calls.
#pragma once

#include "tests/fakes/fake_service.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstdint>
#include <optional>

namespace fake {

class server {
public:
  /// Listens; port 0 takes a free one. @throws boost::system::system_error
  server(boost::asio::io_context& context, service& all, std::uint16_t port);

  std::uint16_t port() const { return endpoint_.port(); }

private:
  void listen();
  void accept();
  void look_away();

  boost::asio::io_context& context_;
  service& all_;
  boost::asio::ip::tcp::endpoint endpoint_;
  boost::asio::steady_timer timer_;
  std::optional<boost::asio::ip::tcp::acceptor> acceptor_;
};

} // namespace fake
