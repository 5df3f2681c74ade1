// The bytes of one connection, plain or through TLS, without blocking.
// Internal to the server; must not know HTTP or time.
#pragma once

#include "gateway/tls_context.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>

#include <cstddef>
#include <memory>
#include <string_view>
#include <utility>

namespace holdfast {

using tcp_socket =
    boost::asio::basic_stream_socket<boost::asio::ip::tcp,
                                     boost::asio::io_context::executor_type>;

/// What came of reading, writing or shaking hands.
enum class stream_result : std::uint8_t {
  done,
  again, ///< not now: wait, and ask again
  ended, ///< the peer has ended its direction in order
  lost,  ///< the connection cannot be used any more
  plain, ///< of `shake_hands`: the peer speaks HTTP without TLS
};

/// A socket, and TLS on it if there is a context. Works by readiness, as
/// sessions do: so OpenSSL reads and writes the socket itself, in the caller's
/// buffers, where asio's own stream would copy through two more.
class http_stream {
public:
  explicit http_stream(tcp_socket socket) : socket_(std::move(socket)) {}

  /// Makes the socket non-blocking, and begins with TLS if there is a context.
  /// False: there is no memory.
  bool open(const tls_context* tls);

  /// TLS is spoken, or will be once hands are shaken.
  bool is_secure() const { return ssl_ != nullptr; }

  /// Goes on with the handshake.
  stream_result shake_hands();

  /// Gives up TLS before anything was said in it.
  void forget_tls() { ssl_.reset(); }

  /// Reads what is there; `size` says how much.
  stream_result read(char* to, std::size_t room, std::size_t& size);

  /// Writes a part, which may be all; `size` says how much. To be asked again
  /// with the rest, which may have moved but not changed.
  stream_result write(std::string_view bytes, std::size_t& size);

  /// Calls `then(error_code)` when it is worth to read (or to shake hands)
  /// again. It must keep this stream alive.
  template <class F>
  void wait_readable(F then) {
    if (holds_unread())
      boost::asio::post(socket_.get_executor(), [then = std::move(then)] {
        then(boost::system::error_code{});
      });
    else
      socket_.async_wait(read_needs_, std::move(then));
  }

  template <class F>
  void wait_writable(F then) {
    socket_.async_wait(write_needs_, std::move(then));
  }

  /// Tells the peer that nothing more comes; it may still send. False when
  /// that is not possible any more.
  bool end_sending();

  /// Closes at once; says good-bye in TLS where that is possible.
  void close();

private:
  struct free_ssl {
    void operator()(ssl_st* what) const;
  };

  bool holds_unread() const;
  void say_good_bye();
  stream_result judge(int returned, tcp_socket::wait_type& needs);

  tcp_socket socket_;
  std::unique_ptr<ssl_st, free_ssl> ssl_;
  bool shaken_ = false; ///< hands are shaken, and nothing went wrong since
  /// What TLS waits for to read or to write: either may need both.
  tcp_socket::wait_type read_needs_ = tcp_socket::wait_read;
  tcp_socket::wait_type write_needs_ = tcp_socket::wait_write;
};

} // namespace holdfast
