// One connection: shakes hands, reads a request, has it judged by its head.
// Must not know what is served.
#include "gateway/http_session.hpp"

#include <algorithm>
#include <exception>
#include <utility>

namespace holdfast {

namespace {

using boost::system::error_code;

/// Bytes read ahead while a request is worked on; more stay in the kernel.
constexpr std::size_t read_ahead_max = 16 * 1024;

http_response too_many_bytes() {
  problem what;
  what.code = errc::rate_limited;
  what.detail = "The bodies of all requests together are too large for now.";
  what.retry_after_ms = 1000;
  return to_response(what);
}

http_response needs_tls() {
  problem what;
  what.code = errc::invalid;
  what.detail = "This port speaks HTTPS; use https:// instead of http://.";
  return to_response(what);
}

} // namespace

http_session::http_session(http_loop& loop, tcp_socket socket)
    : loop_(loop), stream_(std::move(socket)),
      connection_(++loop.shared.last_connection) {
  ++loop_.shared.connections;
}

http_session::~http_session() = default;

void http_session::start(const tls_context* tls) {
  if (!stream_.open(tls)) {
    close();
    return;
  }
  if (stream_.is_secure())
    set_phase(phase::handshake, loop_.limits().header_timeout);
  else
    set_phase(phase::idle, loop_.limits().idle_timeout);
  wait_readable();
}

void http_session::turn_away(const http_response& what) {
  if (stream_.open(nullptr))
    refuse(what);
}

void http_session::shake_hands() {
  switch (stream_.shake_hands()) {
  case stream_result::done:
    set_phase(phase::idle, loop_.limits().idle_timeout);
    wait_readable();
    break;
  case stream_result::again:
    wait_readable();
    break;
  case stream_result::plain:
    // Whoever forgot the "s" is told so, in the words he speaks.
    stream_.forget_tls();
    refuse(needs_tls());
    break;
  case stream_result::ended:
  case stream_result::lost:
    close();
  }
}

// -- reading ------------------------------------------------------------------

void http_session::wait_readable() {
  if (watching_ || peer_ended_ || phase_ == phase::closed)
    return;
  watching_ = true;
  stream_.wait_readable([self = shared_from_this()](error_code failure) {
    self->watching_ = false;
    if (self->phase_ == phase::closed)
      return;
    if (failure)
      self->close();
    else if (self->phase_ == phase::handshake)
      self->shake_hands();
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
  std::size_t size = 0;
  switch (stream_.read(loop_.scratch.data(), room, size)) {
  case stream_result::done:
    take_bytes({loop_.scratch.data(), size});
    break;
  case stream_result::again:
    wait_readable();
    break;
  case stream_result::ended:
    on_end(true);
    break;
  default:
    on_end(false);
  }
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
  // Whoever listens to a stream has nothing more to ask on this connection.
  if (phase_ == phase::lingering || phase_ == phase::streaming) {
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
  request_id_ = given_request_id(parser_->request());
  if (!admit())
    return false;
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
  std::size_t size = 0;
  if (stream_.write(go_on, size) == stream_result::done && size == go_on.size())
    return true;
  close();
  return false;
}

/// Before the body is read: who may not send a request shall not fill memory.
bool http_session::admit() {
  auto& judge = loop_.shared.options.admit;
  if (!judge)
    return true;
  std::optional<http_response> refusal;
  try {
    refusal = judge(parser_->request());
  } catch (const std::exception& e) {
    refusal = to_response(http_fault::internal, e.what());
  }
  caller_ = parser_->request().caller;
  route_ = parser_->request().route;
  if (refusal)
    decline(*refusal);
  return !refusal;
}

/// Refuses a request by its head. The connection goes on if nothing of the
/// request is left to be read.
void http_session::decline(const http_response& what) {
  if (parser_->state() != http_parser::progress::done) {
    refuse(what);
    return;
  }
  keep_alive_ = parser_->keep_alive();
  http_1_0_ = parser_->is_http_1_0();
  head_only_ = parser_->is_head_request();
  method_ = head_only_ ? "HEAD" : parser_->request().method;
  path_ = parser_->request().path;
  complete_at_ = loop_.now();
  send(what);
}

} // namespace holdfast
