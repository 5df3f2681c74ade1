// One connection: reads a request, has it answered, reads the next.
// Must not know what is served.
#include "gateway/http_session.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <exception>
#include <utility>

namespace holdfast {

namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using std::chrono::milliseconds;

/// How long a client may go on sending what nobody reads.
constexpr milliseconds linger_timeout{2000};

/// Bytes read ahead while a request is worked on; more stay in the kernel.
constexpr std::size_t read_ahead_max = 16 * 1024;

/// Buffers kept while idle.
constexpr std::size_t idle_buffer_max = 1024;

http_response no_answer() {
  problem what;
  what.code = errc::storage_unavailable;
  what.detail = "There was no answer in time; the request may still be carried "
                "out. Repeat it with the same idempotency key.";
  return to_response(what);
}

http_response shutting_down() {
  problem what;
  what.code = errc::shutting_down;
  what.detail = "The node is stopping; ask again when it is back.";
  return to_response(what);
}

http_response too_many_bytes() {
  problem what;
  what.code = errc::rate_limited;
  what.detail = "The bodies of all requests together are too large for now.";
  what.retry_after_ms = 1000;
  return to_response(what);
}

} // namespace

http_session::http_session(http_loop& loop, tcp_socket socket)
    : loop_(loop), socket_(std::move(socket)),
      connection_(++loop.shared.last_connection) {
  ++loop_.shared.connections;
}

http_session::~http_session() = default;

void http_session::start() {
  error_code ignored; // a socket that fails these fails at once when read
  socket_.non_blocking(true, ignored);
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
  set_phase(phase::idle, loop_.limits().idle_timeout);
  wait_readable();
}

void http_session::turn_away(const http_response& what) {
  error_code ignored;
  socket_.non_blocking(true, ignored);
  refuse(what);
}

// -- reading ------------------------------------------------------------------

void http_session::wait_readable() {
  if (watching_ || peer_ended_ || phase_ == phase::closed)
    return;
  watching_ = true;
  socket_.async_wait(tcp_socket::wait_read,
                     [self = shared_from_this()](error_code failure) {
                       self->watching_ = false;
                       if (self->phase_ == phase::closed)
                         return;
                       if (failure)
                         self->close();
                       else
                         self->on_readable();
                     });
}

void http_session::on_readable() {
  bool reading_ahead = phase_ == phase::waiting || phase_ == phase::writing;
  auto room = loop_.scratch.size();
  if (reading_ahead)
    room = std::min(room, read_ahead_max - input_.size());
  if (room == 0)
    return; // the answer comes first; `finish` goes on reading
  error_code failure;
  auto size =
      socket_.read_some(asio::buffer(loop_.scratch.data(), room), failure);
  if (failure == asio::error::would_block)
    wait_readable();
  else if (failure)
    on_end(failure == asio::error::eof);
  else
    take_bytes({loop_.scratch.data(), size});
}

/// The client has shut down its sending side, or is gone altogether.
void http_session::on_end(bool orderly) {
  peer_ended_ = true;
  if (!orderly || (phase_ != phase::waiting && phase_ != phase::writing)) {
    close();
    return;
  }
  // It may still listen: it gets its answer if there is one to come.
  keep_alive_ = false;
  if (phase_ == phase::waiting)
    hang_up();
}

void http_session::take_bytes(std::string_view bytes) {
  if (phase_ == phase::lingering) {
    wait_readable();
    return;
  }
  if (phase_ == phase::waiting || phase_ == phase::writing) {
    input_ += bytes;
    wait_readable();
    return;
  }
  read_on(bytes);
}

/// Parses what is there. Usually nothing was left over before and nothing is
/// now, and so nothing is copied but into the request.
void http_session::read_on(std::string_view bytes) {
  if (!parser_) {
    auto& options = loop_.shared.options;
    parser_ = std::make_unique<http_parser>(options.limits.header_bytes_max,
                                            options.body_bytes_max);
    set_phase(phase::head, loop_.limits().header_timeout);
  }
  if (input_.empty()) {
    auto taken = parser_->feed(bytes);
    input_ = bytes.substr(taken);
  } else {
    input_ += bytes;
    input_.erase(0, parser_->feed(input_));
  }
  if (phase_ == phase::head && parser_->head_is_complete() && !enter_body())
    return;
  switch (parser_->state()) {
  case http_parser::progress::need_more:
    wait_readable();
    break;
  case http_parser::progress::refused:
    refuse(parser_->refusal());
    break;
  case http_parser::progress::done:
    dispatch();
    break;
  }
}

/// False when the request ends here.
bool http_session::enter_body() {
  set_phase(phase::body, loop_.limits().body_timeout);
  reserved_ = parser_->body_bytes_max();
  auto reserved = loop_.shared.body_bytes += reserved_;
  if (reserved > loop_.limits().body_bytes_total_max) {
    refuse(too_many_bytes());
    return false;
  }
  if (!parser_->expects_continue() ||
      parser_->state() != http_parser::progress::need_more)
    return true;
  // Nothing else is on its way to the client, so this fits the send buffer.
  constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
  error_code failure;
  if (socket_.write_some(asio::buffer(go_on), failure) == go_on.size())
    return true;
  close();
  return false;
}

// -- the request and its answer ----------------------------------------------

void http_session::dispatch() {
  keep_alive_ = parser_->keep_alive();
  http_1_0_ = parser_->is_http_1_0();
  head_only_ = parser_->is_head_request();
  auto request = parser_->take();
  parser_.reset();
  request.connection = connection_;
  request.io_thread = loop_.index;
  method_ = head_only_ ? "HEAD" : request.method;
  path_ = request.path;
  set_phase(phase::waiting, loop_.limits().answer_timeout);
  complete_at_ = loop_.now();
  auto serial = ++serial_;
  wait_readable(); // to hear of a hang-up
  try {
    loop_.shared.options.handler(std::move(request),
                                 reply{loop_.tasks, weak_from_this(), serial});
  } catch (const std::exception& e) {
    answer(serial, to_response(http_fault::internal, e.what()));
  }
}

void http_session::answer(std::uint64_t serial, http_response what) {
  if (phase_ != phase::waiting || serial != serial_)
    return;
  hangup_ = nullptr;
  send(what);
}

void http_session::on_hangup(std::uint64_t serial, std::function<void()> then) {
  if (phase_ == phase::waiting && serial == serial_)
    hangup_ = std::move(then);
}

void http_session::answer_within(std::uint64_t serial,
                                 std::chrono::milliseconds time) {
  if (phase_ == phase::waiting && serial == serial_)
    deadline_ = loop_.now() + time;
}

/// From here on nobody hears the answer.
void http_session::hang_up() {
  keep_alive_ = false;
  if (auto then = std::exchange(hangup_, nullptr))
    then();
}

/// Ends a request that was not read to its end.
void http_session::refuse(const http_response& what) {
  keep_alive_ = false;
  http_1_0_ = head_only_ = false;
  method_ = parser_ ? parser_->request().method : "";
  path_ = parser_ ? parser_->request().path : "";
  complete_at_ = loop_.now();
  send(what);
}

void http_session::send(const http_response& what) {
  keep_alive_ = keep_alive_ && !loop_.stopping;
  output_ = render(what, keep_alive_, http_1_0_, head_only_);
  written_ = 0;
  set_phase(phase::writing, loop_.limits().write_timeout);
  if (auto& log = loop_.shared.options.log)
    log({method_, path_, what.status,
         std::chrono::duration_cast<std::chrono::microseconds>(loop_.now() -
                                                               complete_at_)});
  write_on();
}

void http_session::write_on() {
  while (written_ < output_.size()) {
    error_code failure;
    auto rest = asio::buffer(output_) + written_;
    written_ += socket_.write_some(rest, failure);
    if (failure == asio::error::would_block) {
      socket_.async_wait(tcp_socket::wait_write,
                         [self = shared_from_this()](error_code aborted) {
                           if (self->phase_ != phase::writing)
                             return;
                           if (aborted)
                             self->close();
                           else
                             self->write_on();
                         });
      return;
    }
    if (failure) {
      close();
      return;
    }
  }
  finish();
}

void http_session::finish() {
  release_body();
  parser_.reset();
  output_.clear();
  if (output_.capacity() > idle_buffer_max)
    output_.shrink_to_fit();
  if (!keep_alive_) {
    linger();
    return;
  }
  set_phase(phase::idle, loop_.limits().idle_timeout);
  if (input_.empty()) {
    if (input_.capacity() > idle_buffer_max)
      input_.shrink_to_fit();
    wait_readable();
    return;
  }
  // Not at once: a thousand requests in one read must not nest as deep.
  asio::post(loop_.context, [self = shared_from_this()] {
    if (self->phase_ == phase::idle && !self->input_.empty())
      self->read_on({});
  });
}

void http_session::linger() {
  error_code failure;
  if (!peer_ended_)
    socket_.shutdown(tcp_socket::shutdown_send, failure);
  if (peer_ended_ || failure) {
    close();
    return;
  }
  input_.clear();
  set_phase(phase::lingering, linger_timeout);
  wait_readable();
}

// -- the end ------------------------------------------------------------------

void http_session::check_deadline(steady_time now) {
  if (now < deadline_)
    return;
  switch (phase_) {
  case phase::head:
  case phase::body:
    refuse(to_response(http_fault::request_timeout,
                       phase_ == phase::head
                           ? "The head of the request took too long."
                           : "The body of the request took too long."));
    break;
  case phase::waiting:
    hang_up();
    answer(serial_, no_answer());
    break;
  default:
    close();
  }
}

void http_session::stop(bool everybody) {
  switch (phase_) {
  case phase::idle:
    close();
    break;
  case phase::head:
  case phase::body:
    refuse(shutting_down());
    break;
  case phase::waiting:
    if (everybody || hangup_) {
      hang_up();
      answer(serial_, shutting_down());
    }
    break;
  default:
    break;
  }
}

void http_session::close() {
  if (phase_ == phase::closed)
    return;
  auto self = shared_from_this();
  bool heard_nothing = phase_ == phase::waiting;
  phase_ = phase::closed;
  error_code ignored; // the socket is closed in any case
  socket_.close(ignored);
  release_body();
  parser_.reset();
  --loop_.shared.connections;
  loop_.remove(*this);
  if (heard_nothing)
    hang_up();
}

void http_session::release_body() {
  loop_.shared.body_bytes -= std::exchange(reserved_, 0);
}

void http_session::set_phase(phase next, milliseconds allowed) {
  phase_ = next;
  deadline_ = loop_.now() + allowed;
}

} // namespace holdfast
