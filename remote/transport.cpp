// Glue between CAF's event loop and TLS connections.
// Must not know engines.
#include "remote/transport.hpp"

#include "remote/tls_stream.hpp"

#include <caf/detail/socket_guard.hpp>
#include <caf/io/basp_broker.hpp>
#include <caf/io/middleman.hpp>
#include <caf/io/middleman_actor_impl.hpp>
#include <caf/io/network/default_multiplexer.hpp>
#include <caf/io/network/doorman_impl.hpp>
#include <caf/make_counted.hpp>

#include <atomic>

namespace holdfast {

namespace {

namespace net = caf::io::network;

/// CAF takes the descriptor for a connection's handle. That is another
/// connection's soon after this one is lost, and what CAF still has to do about
/// the loss it then does to that one.
caf::io::connection_handle new_handle() {
  static std::atomic<std::int64_t> last{std::int64_t{1} << 32};
  return caf::io::connection_handle::from_int(++last);
}

/// A connection, as CAF's brokers see one.
class tls_scribe : public caf::io::scribe {
public:
  tls_scribe(net::default_multiplexer& loop, net::native_socket socket,
             shared_tls_context context, tls_side side)
      : scribe(new_handle()), context_(std::move(context)),
        stream_(loop, socket, *context_, side) {}

  void configure_read(caf::io::receive_policy::config config) override {
    stream_.configure_read(config);
    if (launched_)
      return;
    launched_ = true;
    // The peer's silence counts from now. Without this, CAF counts an
    // outgoing connection's from long ago and closes it, however new, when it
    // looks; and an incoming one's not before the peer has said something.
    static_cast<caf::io::basp_broker*>(parent())->set_context(hdl());
    stream_.start(this);
    stream_.force_empty_write(this);
  }
  // Write notifications are for brokers of one's own; CAF's asks for none.
  void ack_writes(bool) override {}
  std::vector<char>& wr_buf() override { return stream_.wr_buf(); }
  std::vector<char>& rd_buf() override { return stream_.rd_buf(); }
  void flush() override { stream_.flush(this); }
  void graceful_shutdown() override {
    caf::intrusive_ptr<tls_scribe> alive{this};
    detach(&stream_.backend(), false);
    stream_.close();
  }
  std::string addr() const override {
    auto found = net::remote_addr_of_fd(stream_.fd());
    return found ? *found : std::string{};
  }
  std::uint16_t port() const override {
    auto found = net::remote_port_of_fd(stream_.fd());
    return found ? *found : std::uint16_t{0};
  }
  void add_to_loop() override { stream_.activate(this); }
  void remove_from_loop() override { stream_.passivate(); }

private:
  shared_tls_context context_;
  bool launched_ = false;
  tls_stream stream_;
};

/// A port that is open.
class tls_doorman : public net::doorman_impl {
public:
  tls_doorman(net::default_multiplexer& loop, net::native_socket socket,
              shared_tls_context context)
      : doorman_impl(loop, socket), context_(std::move(context)) {}

  bool new_connection() override {
    if (detached())
      return false; // closed, but the loop had one more event for us
    auto& loop = acceptor_.backend();
    auto socket = acceptor_.accepted_socket();
    caf::detail::socket_guard guard{socket};
    net::nonblocking(socket, true);
    auto connection =
        caf::make_counted<tls_scribe>(loop, socket, context_, tls_side::server);
    guard.release();
    auto handle = connection->hdl();
    parent()->add_scribe(std::move(connection));
    return doorman::new_connection(&loop, handle);
  }

private:
  shared_tls_context context_;
};

class tls_transport : public caf::io::middleman_actor_impl {
public:
  tls_transport(caf::actor_config& cfg, caf::actor broker,
                shared_tls_context context)
      : middleman_actor_impl(cfg, std::move(broker)),
        context_(std::move(context)) {}

  const char* name() const override { return "remote_transport"; }

protected:
  caf::expected<caf::io::scribe_ptr> connect(const std::string& host,
                                             std::uint16_t port) override {
    auto socket = net::new_tcp_connection(host, port);
    if (!socket)
      return std::move(socket.error());
    net::nonblocking(*socket, true);
    return caf::make_counted<tls_scribe>(loop(), *socket, context_,
                                         tls_side::client);
  }

  caf::expected<caf::io::doorman_ptr>
  open(std::uint16_t port, const char* address, bool reuse) override {
    auto socket = net::new_tcp_acceptor_impl(port, address, reuse);
    if (!socket)
      return std::move(socket.error());
    return caf::make_counted<tls_doorman>(loop(), *socket, context_);
  }

private:
  net::default_multiplexer& loop() {
    return static_cast<net::default_multiplexer&>(
        system().middleman().backend());
  }

  shared_tls_context context_;
};

} // namespace

transport_actor spawn_transport(caf::actor_system& sys,
                                shared_tls_context context) {
  auto broker =
      sys.middleman().named_broker<caf::io::basp_broker>(caf::atom("BASP"));
  return sys.spawn<tls_transport, caf::hidden>(std::move(broker),
                                               std::move(context));
}

} // namespace holdfast
