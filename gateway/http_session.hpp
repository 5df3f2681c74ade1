// One connection, and the I/O thread that serves many of them.
// Internal to the server; must not know what is served.
#pragma once

#include "gateway/http_parser.hpp"
#include "gateway/http_server.hpp"
#include "gateway/http_stream.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <vector>

namespace holdfast {

using steady_time = std::chrono::steady_clock::time_point;

/// What all I/O threads of a server share.
struct http_shared {
  /// For a new connection; null: plain. Any thread.
  std::shared_ptr<const tls_context> tls() const {
    std::lock_guard lock{tls_guard};
    return options.tls;
  }
  void use_tls(std::shared_ptr<const tls_context> next) {
    std::lock_guard lock{tls_guard};
    options.tls = std::move(next);
  }

  http_options options;
  mutable std::mutex tls_guard;
  std::atomic<std::size_t> connections{0};
  std::atomic<std::size_t> body_bytes{0};
  std::atomic<std::uint64_t> last_connection{0};
};

class http_session;

/// What is said to whoever waits while the server stops.
http_response server_stops();

/// One I/O thread with its sessions. Everything but `tasks` belongs to it.
class http_loop {
public:
  http_loop(http_shared& shared, std::size_t index);

  /// Serves until `stop` was called and every session is gone.
  void run();

  /// Takes over a new connection; one too many is told so, or just closed.
  void adopt(tcp_socket socket);

  /// Gives up a session, which has closed itself.
  void remove(http_session& session);

  /// Begins to end, see `http_server::stop`.
  void stop(steady_time answer_by, steady_time end_by);

  steady_time now() const { return std::chrono::steady_clock::now(); }
  const http_limits& limits() const { return shared.options.limits; }

  http_shared& shared;
  const std::size_t index;
  boost::asio::io_context context{1};
  std::shared_ptr<task_queue> tasks;
  std::function<void()> on_tick; ///< called with every sweep
  /// Where sockets are read into: idle sessions own no buffer.
  std::array<char, 64 * 1024> scratch;
  bool stopping = false;
  /// For request ids: they name, they protect nothing.
  std::mt19937_64 random;

private:
  void schedule_sweep();
  void sweep();
  void run_after(task_queue::delay time, task_queue::task what);
  void schedule_later();

  std::vector<std::shared_ptr<http_session>> sessions_;
  boost::asio::steady_timer timer_;
  std::multimap<steady_time, task_queue::task> later_;
  boost::asio::steady_timer later_timer_;
  steady_time answer_by_{};
  steady_time end_by_{};
};

/// One connection:
///
///   (handshake) ─► idle ─► head ─► body ─► waiting ─┬─► writing ─┬─► idle
///                                                   │            └─► lingering
///                                                   └─► streaming ─► lingering
///                                                                    ─► closed
/// `handshake` with TLS only.
/// A request that is refused while it is read goes to `writing` at once.
/// `lingering`: the answer is sent, the rest of the request is thrown away;
/// to close at once would make the client's kernel drop the answer.
class http_session final : public reply_target,
                           public std::enable_shared_from_this<http_session> {
public:
  http_session(http_loop& loop, tcp_socket socket);
  ~http_session() override;

  /// Waits for the first request; with `tls` (not null) inside of that.
  void start(const tls_context* tls);

  /// Answers without being asked, and closes.
  void turn_away(const http_response& what);

  void answer(std::uint64_t serial, http_response what) override;
  void on_hangup(std::uint64_t serial, std::function<void()> then) override;
  void answer_within(std::uint64_t serial,
                     std::chrono::milliseconds time) override;
  void open_stream(std::uint64_t serial, stream_opening how) override;
  void write(std::uint64_t serial, shared_text bytes) override;
  void end_stream(std::uint64_t serial) override;

  /// Ends what has taken too long.
  void check_deadline(steady_time now);

  /// The server stops: ends idle sessions and long polls; with `everybody`
  /// all that wait for their answer.
  void stop(bool everybody);

  void close();

  std::size_t slot = 0; ///< the loop's own: where it keeps this session

private:
  enum class phase : std::uint8_t {
    handshake,
    idle,
    head,
    body,
    waiting,
    writing,
    streaming,
    lingering,
    closed,
  };

  /// A stream on its way: what is written and not yet taken.
  struct outflow {
    std::string heartbeat;
    std::function<void()> on_drained;
    std::function<void(bool too_slow)> on_end;
    std::deque<shared_text> queue;
    std::size_t written = 0; ///< of the first one
    std::size_t unsent = 0;  ///< of all
    bool blocked = false;    ///< a wait for the network is under way
    bool ending = false;     ///< nothing more comes
  };

  void shake_hands();
  void wait_readable();
  void on_readable();
  void on_end(bool orderly);
  void take_bytes(std::string_view bytes);
  void read_on(std::string_view bytes);
  bool enter_body();
  bool admit();
  void decline(const http_response& what);
  void dispatch();
  void hang_up();
  void refuse(const http_response& what);
  void send(const http_response& what);
  void write_on();
  void finish();
  void name_request();
  void log_answer(unsigned status);
  void stream_on();
  void tend_stream();
  void finish_stream();
  void tell_end(bool too_slow);
  void linger();
  void release_body();
  void set_phase(phase next, std::chrono::milliseconds allowed);

  http_loop& loop_;
  http_stream stream_;
  phase phase_ = phase::idle;
  bool watching_ = false;  ///< a wait for readability is under way
  bool keep_alive_ = true; ///< after the current answer
  bool peer_ended_ = false;
  bool http_1_0_ = false;
  bool head_only_ = false;
  steady_time deadline_{};
  std::string input_; ///< bytes received and not yet parsed
  std::unique_ptr<http_parser> parser_;
  std::string output_;
  std::size_t written_ = 0;
  std::size_t reserved_ = 0;
  std::uint64_t connection_;
  std::uint64_t serial_ = 0; ///< of the request that waits for its answer
  std::function<void()> hangup_;
  std::unique_ptr<outflow> stream_out_;
  /// Of the request, for the log.
  std::string method_;
  std::string path_;
  std::string request_id_; ///< empty: not known yet
  identity_ptr caller_;
  std::size_t route_ = 0;
  steady_time complete_at_{};
};

} // namespace holdfast
