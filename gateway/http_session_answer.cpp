// One connection: has a request answered, sends the answer, ends.
// Must not know what is served.
#include "gateway/http_session.hpp"

#include <boost/asio/post.hpp>

#include <exception>
#include <utility>

namespace holdfast {

namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using std::chrono::milliseconds;

/// How long a client may go on sending what nobody reads.
constexpr milliseconds linger_timeout{2000};

/// Buffers kept while idle.
constexpr std::size_t idle_buffer_max = 1024;

http_response no_answer() {
  problem what;
  what.code = errc::storage_unavailable;
  what.detail = "There was no answer in time; the request may still be carried "
                "out. Repeat it with the same idempotency key.";
  return to_response(what);
}

/// 16 hexadecimal digits.
std::string make_request_id(std::mt19937_64& random) {
  static constexpr std::string_view digits = "0123456789abcdef";
  std::string id(16, '0');
  auto number = random();
  for (auto& c : id) {
    c = digits[number & 15];
    number >>= 4;
  }
  return id;
}

} // namespace

http_response server_stops() {
  problem what;
  what.code = errc::shutting_down;
  what.detail = "The node is stopping; ask again when it is back.";
  return to_response(what);
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
  name_request();
  std::optional<http_response> other;
  if (auto& reword = loop_.shared.options.reword; reword && what.status >= 400)
    other = reword(path_, what);
  output_ = render(other ? *other : what, keep_alive_, http_1_0_, head_only_,
                   request_id_);
  written_ = 0;
  set_phase(phase::writing, loop_.limits().write_timeout);
  log_answer(what.status);
  write_on();
}

void http_session::log_answer(unsigned status) {
  if (auto& log = loop_.shared.options.log)
    log({method_, path_, status,
         std::chrono::duration_cast<std::chrono::microseconds>(loop_.now() -
                                                               complete_at_),
         request_id_, caller_ ? std::string_view{caller_->name} : "", route_});
}

void http_session::name_request() {
  if (request_id_.empty())
    request_id_ = make_request_id(loop_.random);
}

void http_session::write_on() {
  std::string_view all = output_;
  while (written_ < all.size()) {
    std::size_t size = 0;
    auto result = stream_.write(all.substr(written_), size);
    written_ += size;
    if (result == stream_result::done)
      continue;
    if (result != stream_result::again) {
      close();
      return;
    }
    stream_.wait_writable([self = shared_from_this()](error_code aborted) {
      if (self->phase_ != phase::writing)
        return;
      if (aborted)
        self->close();
      else
        self->write_on();
    });
    return;
  }
  finish();
}

void http_session::finish() {
  release_body();
  parser_.reset();
  request_id_.clear();
  caller_.reset();
  route_ = 0;
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
  if (peer_ended_ || !stream_.end_sending()) {
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
  case phase::streaming:
    tend_stream();
    break;
  default:
    close();
  }
}

void http_session::stop(bool everybody) {
  switch (phase_) {
  case phase::handshake:
  case phase::idle:
    close();
    break;
  case phase::head:
  case phase::body:
    refuse(server_stops());
    break;
  case phase::waiting:
    if (everybody || hangup_) {
      hang_up();
      answer(serial_, server_stops());
    }
    break;
  case phase::streaming:
    tell_end(false);
    finish_stream();
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
  stream_.close();
  release_body();
  parser_.reset();
  --loop_.shared.connections;
  loop_.remove(*this);
  if (heard_nothing)
    hang_up();
  tell_end(false);
}

void http_session::release_body() {
  loop_.shared.body_bytes -= std::exchange(reserved_, 0);
}

void http_session::set_phase(phase next, milliseconds allowed) {
  phase_ = next;
  deadline_ = loop_.now() + allowed;
}

} // namespace holdfast
