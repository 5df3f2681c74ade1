// One connection: an answer that goes on, and never waits for its reader.
// Must not know what is served.
#include "gateway/http_session.hpp"

#include <utility>

namespace holdfast {

using boost::system::error_code;

void http_session::open_stream(std::uint64_t serial, stream_opening how) {
  if (phase_ != phase::waiting || serial != serial_)
    return;
  hangup_ = nullptr;
  if (loop_.stopping) {
    answer(serial, server_stops());
    how.on_end(false);
    return;
  }
  release_body();
  input_ = {};
  wait_readable(); // to hear of a hang-up, whatever was read ahead
  keep_alive_ = false;
  name_request();
  stream_out_ = std::make_unique<outflow>();
  stream_out_->heartbeat = std::move(how.heartbeat);
  stream_out_->on_drained = std::move(how.on_drained);
  stream_out_->on_end = std::move(how.on_end);
  set_phase(phase::streaming, loop_.limits().stream_heartbeat);
  log_answer(how.head.status);
  write(serial, std::make_shared<const std::string>(
                    render_stream_head(how.head, request_id_)));
  if (phase_ == phase::streaming && head_only_) {
    tell_end(false);
    finish_stream();
  }
}

void http_session::write(std::uint64_t serial, shared_text bytes) {
  if (phase_ != phase::streaming || serial != serial_ || stream_out_->ending ||
      bytes->empty())
    return;
  auto& out = *stream_out_;
  auto was_behind = out.unsent > 0;
  out.unsent += bytes->size();
  out.queue.push_back(std::move(bytes));
  if (!out.blocked)
    stream_on();
  // One text may be longer than that; who has taken all before it gets it.
  if (phase_ == phase::streaming && was_behind &&
      out.unsent > loop_.limits().stream_bytes_max) {
    tell_end(true);
    close();
  }
}

void http_session::end_stream(std::uint64_t serial) {
  if (phase_ != phase::streaming || serial != serial_)
    return;
  stream_out_->on_end = nullptr;
  finish_stream();
}

/// Hands to the network what it takes.
void http_session::stream_on() {
  auto& out = *stream_out_;
  while (!out.queue.empty()) {
    std::string_view text = *out.queue.front();
    std::size_t size = 0;
    auto result = stream_.write(text.substr(out.written), size);
    out.written += size;
    out.unsent -= size;
    if (size > 0)
      deadline_ = loop_.now() + loop_.limits().write_timeout;
    if (out.written == text.size()) {
      out.queue.pop_front();
      out.written = 0;
    } else if (result == stream_result::again) {
      out.blocked = true;
      stream_.wait_writable([self = shared_from_this()](error_code aborted) {
        if (self->phase_ != phase::streaming)
          return;
        self->stream_out_->blocked = false;
        if (aborted)
          self->close();
        else
          self->stream_on();
      });
      return;
    } else if (result != stream_result::done) {
      close();
      return;
    }
  }
  if (out.ending) {
    linger();
    return;
  }
  deadline_ = loop_.now() + loop_.limits().stream_heartbeat;
  out.on_drained();
}

/// Its time is over: it has been silent, or its reader takes nothing.
void http_session::tend_stream() {
  if (stream_out_->unsent == 0) {
    write(serial_, std::make_shared<const std::string>(stream_out_->heartbeat));
    return;
  }
  tell_end(true);
  close();
}

void http_session::finish_stream() {
  stream_out_->ending = true;
  if (stream_out_->queue.empty())
    linger();
}

void http_session::tell_end(bool too_slow) {
  if (!stream_out_)
    return;
  if (auto then = std::exchange(stream_out_->on_end, nullptr))
    then(too_slow);
}

} // namespace holdfast
