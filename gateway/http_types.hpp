// What the HTTP server and the routes tell each other: plain values.
// Must not know Boost, CAF or any route.
#pragma once

#include "gateway/access.hpp"
#include "gateway/task_queue.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast {

struct http_header {
  std::string name;
  std::string value;
};

/// One complete request. A HEAD request arrives as GET.
struct http_request {
  std::string method;    ///< as sent, e.g. "POST"
  std::string path;      ///< raw: still percent-encoded
  std::string query;     ///< raw, without the '?'
  std::string authority; ///< "host:port" of a target in absolute form
  std::vector<http_header> headers; ///< in the order they were sent
  std::string body;
  std::uint64_t connection = 0; ///< names the connection, from 1
  std::size_t io_thread = 0;    ///< the I/O thread that serves it
  identity_ptr caller;          ///< who sends it; null: nobody was asked
  std::size_t route = 0;        ///< what `admit` took it for; 0: nothing known

  /// How often a header was sent. Names are compared without case.
  std::size_t count(std::string_view name) const;

  /// The first value of a header; null when it was not sent.
  const std::string* find(std::string_view name) const;
};

struct http_response {
  unsigned status = 200;
  std::string content_type = "application/json";
  std::vector<http_header> headers; ///< beyond those of framing and content
  std::string body;
};

/// Equal but for the case of ASCII letters, as header names are compared.
bool equal_ignoring_case(std::string_view lhs, std::string_view rhs);

/// The answer as it goes over the wire. `keep_alive` false announces the end
/// of the connection; `to_http_1_0` says that it stays open, where an old
/// client would expect otherwise; `head_only` leaves the body out. `request_id`
/// is told as `X-Request-Id`.
std::string render(const http_response& what, bool keep_alive, bool to_http_1_0,
                   bool head_only, std::string_view request_id);

/// The `X-Request-Id` that the client gave, if it can be used: 1 to 128 visible
/// ASCII characters, sent once. Empty otherwise.
std::string given_request_id(const http_request& request);

/// Bytes that many connections may send; never changed once they are shared.
using shared_text = std::shared_ptr<const std::string>;

/// An answer that goes on until one side ends it. The functions are called on
/// the connection's I/O thread.
struct stream_opening {
  http_response head;    ///< its body is not sent
  std::string heartbeat; ///< sent after every `stream_heartbeat` of silence
  /// All that was written is taken by the network. May be called by `write`.
  std::function<void()> on_drained;
  /// Once, when nobody hears the stream any more: the client is gone, or did
  /// not read as fast as was written, or the server stops.
  std::function<void(bool too_slow)> on_end;
};

/// The status line and headers of an answer that ends with its connection.
std::string render_stream_head(const http_response& what,
                               std::string_view request_id);

/// Where an answer goes. Called on the I/O thread of the connection only.
class reply_target {
public:
  virtual ~reply_target() = default;
  virtual void answer(std::uint64_t serial, http_response what) = 0;
  virtual void on_hangup(std::uint64_t serial, std::function<void()> then) = 0;
  virtual void answer_within(std::uint64_t serial,
                             std::chrono::milliseconds time) = 0;
  virtual void open_stream(std::uint64_t serial, stream_opening how) = 0;
  virtual void write(std::uint64_t serial, shared_text bytes) = 0;
  virtual void end_stream(std::uint64_t serial) = 0;
};

/// The right to answer one request, later and from any thread. It does not
/// keep the connection alive: an answer to one that is gone goes nowhere.
class reply {
public:
  reply(std::shared_ptr<task_queue> io, std::weak_ptr<reply_target> target,
        std::uint64_t serial);

  /// Answers. Only the first answer counts.
  void operator()(http_response what) const;

  /// Calls `then` on the I/O thread, at most once, when nobody will hear the
  /// answer any more: the client hung up (or shut down its sending side), the
  /// answer took too long, or the server stops. Never after an answer. To be
  /// called by the handler itself, before it returns.
  void on_hangup(std::function<void()> then) const;

  /// Allows the answer this long, counted from now, instead of the server's
  /// `answer_timeout`.
  void answer_within(std::chrono::milliseconds time) const;

  /// Answers with a stream, whose connection ends with it. Where a request was
  /// answered or given up before, nothing happens.
  void open_stream(stream_opening how) const;

  /// Sends more of the stream. What the client does not take at once is kept,
  /// up to the server's `stream_bytes_max`; beyond, the connection is closed.
  void write(shared_text bytes) const;

  /// Ends the stream behind what was written; `on_end` is not called.
  void end_stream() const;

private:
  template <class F>
  void run(F what) const;

  std::shared_ptr<task_queue> io_;
  std::weak_ptr<reply_target> target_;
  std::uint64_t serial_;
};

/// One answered request, for an access log.
struct request_log {
  std::string_view method; ///< empty when no request could be read
  std::string_view path;
  unsigned status = 0;
  std::chrono::microseconds duration{0}; ///< from complete request to answer
  std::string_view request_id;
  std::string_view caller; ///< name of its token; empty: nobody was asked
  std::size_t route = 0;   ///< as `http_request::route`
};

} // namespace holdfast
