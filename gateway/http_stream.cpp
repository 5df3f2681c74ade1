// Plain sockets and OpenSSL behind the same few functions.
// Must not know HTTP or time.
#include "gateway/http_stream.hpp"

#include <boost/asio/buffer.hpp>
#include <climits>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <cerrno>
#include <sys/socket.h>

namespace holdfast {

namespace {

namespace asio = boost::asio;
using boost::system::error_code;

bool is_temporary(int error) {
  return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

int descriptor_of(BIO* bio) {
  return static_cast<int>(reinterpret_cast<std::intptr_t>(BIO_get_data(bio)));
}

int send_bytes(BIO* bio, const char* bytes, int size) {
  BIO_clear_retry_flags(bio);
  auto sent = ::send(descriptor_of(bio), bytes, static_cast<std::size_t>(size),
                     MSG_NOSIGNAL);
  if (sent < 0 && is_temporary(errno))
    BIO_set_retry_write(bio);
  return static_cast<int>(sent);
}

int receive_bytes(BIO* bio, char* to, int room) {
  BIO_clear_retry_flags(bio);
  auto size = ::recv(descriptor_of(bio), to, static_cast<std::size_t>(room), 0);
  if (size < 0 && is_temporary(errno))
    BIO_set_retry_read(bio);
  if (size == 0)
    BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
  return static_cast<int>(size);
}

long control(BIO* bio, int command, long, void*) {
  if (command == BIO_CTRL_EOF)
    return BIO_test_flags(bio, BIO_FLAGS_IN_EOF) != 0;
  return command == BIO_CTRL_FLUSH ? 1 : 0;
}

/// OpenSSL's own sockets raise SIGPIPE, which would end a host program that
/// does not expect it; these do not.
BIO_METHOD* quiet_socket() {
  static BIO_METHOD* const method = [] {
    auto* made =
        BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "holdfast");
    if (made != nullptr) {
      BIO_meth_set_write(made, send_bytes);
      BIO_meth_set_read(made, receive_bytes);
      BIO_meth_set_ctrl(made, control);
    }
    return made;
  }();
  return method;
}

int as_int(std::size_t size) {
  return static_cast<int>(std::min<std::size_t>(size, INT_MAX));
}

stream_result to_result(const error_code& failure) {
  if (!failure)
    return stream_result::done;
  if (failure == asio::error::would_block)
    return stream_result::again;
  return failure == asio::error::eof ? stream_result::ended
                                     : stream_result::lost;
}

} // namespace

void http_stream::free_ssl::operator()(ssl_st* what) const { SSL_free(what); }

bool http_stream::open(const tls_context* tls) {
  error_code ignored; // a socket that fails these fails at once when read
  socket_.non_blocking(true, ignored);
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
  if (tls == nullptr)
    return true;
  auto* method = quiet_socket();
  ssl_.reset(tls->new_connection());
  auto* bio = method != nullptr ? BIO_new(method) : nullptr;
  if (!ssl_ || bio == nullptr) {
    BIO_free(bio);
    return false;
  }
  BIO_set_data(bio, reinterpret_cast<void*>(
                        static_cast<std::intptr_t>(socket_.native_handle())));
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl_.get(), bio, bio); // owns it from now on
  return true;
}

/// What OpenSSL means by a result that is not success.
stream_result http_stream::judge(int returned, tcp_socket::wait_type& needs) {
  switch (SSL_get_error(ssl_.get(), returned)) {
  case SSL_ERROR_WANT_READ:
    needs = tcp_socket::wait_read;
    return stream_result::again;
  case SSL_ERROR_WANT_WRITE:
    needs = tcp_socket::wait_write;
    return stream_result::again;
  case SSL_ERROR_ZERO_RETURN:
    return stream_result::ended;
  default:
    shaken_ = false; // after a fatal error even a good-bye is forbidden
    return stream_result::lost;
  }
}

stream_result http_stream::shake_hands() {
  ERR_clear_error();
  auto returned = SSL_do_handshake(ssl_.get());
  if (returned == 1) {
    shaken_ = true;
    read_needs_ = tcp_socket::wait_read;
    return stream_result::done;
  }
  auto result = judge(returned, read_needs_);
  if (result == stream_result::lost &&
      ERR_GET_REASON(ERR_peek_last_error()) == SSL_R_HTTP_REQUEST)
    result = stream_result::plain;
  ERR_clear_error();
  return result;
}

stream_result http_stream::read(char* to, std::size_t room, std::size_t& size) {
  size = 0;
  if (!ssl_) {
    error_code failure;
    size = socket_.read_some(asio::buffer(to, room), failure);
    return to_result(failure);
  }
  ERR_clear_error();
  read_needs_ = tcp_socket::wait_read;
  auto returned = SSL_read(ssl_.get(), to, as_int(room));
  if (returned <= 0) {
    auto result = judge(returned, read_needs_);
    ERR_clear_error();
    return result;
  }
  size = static_cast<std::size_t>(returned);
  return stream_result::done;
}

stream_result http_stream::write(std::string_view bytes, std::size_t& size) {
  size = 0;
  if (!ssl_) {
    error_code failure;
    size = socket_.write_some(asio::buffer(bytes), failure);
    return to_result(failure);
  }
  ERR_clear_error();
  write_needs_ = tcp_socket::wait_write;
  auto returned = SSL_write(ssl_.get(), bytes.data(), as_int(bytes.size()));
  if (returned <= 0) {
    auto result = judge(returned, write_needs_);
    ERR_clear_error();
    return result == stream_result::ended ? stream_result::lost : result;
  }
  size = static_cast<std::size_t>(returned);
  return stream_result::done;
}

/// Bytes that TLS has decrypted already: the socket does not tell of them.
bool http_stream::holds_unread() const {
  return ssl_ && SSL_pending(ssl_.get()) > 0;
}

/// One try: a peer that does not take it will see the connection end.
void http_stream::say_good_bye() {
  if (!ssl_ || !std::exchange(shaken_, false))
    return;
  ERR_clear_error();
  SSL_shutdown(ssl_.get());
  ERR_clear_error();
}

bool http_stream::end_sending() {
  say_good_bye();
  error_code failure;
  socket_.shutdown(tcp_socket::shutdown_send, failure);
  return !failure;
}

void http_stream::close() {
  say_good_bye();
  error_code ignored; // it is closed in any case
  socket_.close(ignored);
}

} // namespace holdfast
