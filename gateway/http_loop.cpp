// One I/O thread: its sessions, the sweep over their deadlines, its end.
// Must not know what is served.
#include "gateway/http_session.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <utility>

namespace holdfast {

namespace {

using std::chrono::milliseconds;

/// Connections beyond the limit that may hear why they are not served.
constexpr std::size_t turned_away_max = 128;

/// Deadlines are kept to an eighth of the shortest time-out.
milliseconds sweep_interval(const http_limits& limits) {
  auto shortest = std::min({limits.header_timeout, limits.body_timeout,
                            limits.idle_timeout, limits.write_timeout,
                            limits.answer_timeout, limits.stream_heartbeat});
  return std::clamp(shortest / 8, milliseconds{10}, milliseconds{500});
}

http_response too_many_connections() {
  problem what;
  what.code = errc::rate_limited;
  what.detail = "The node serves as many connections as it is configured to.";
  what.retry_after_ms = 1000;
  return to_response(what);
}

} // namespace

http_loop::http_loop(http_shared& all, std::size_t number)
    : shared(all), index(number),
      random(all.options.random ? all.options.random()
                                : std::random_device{}()),
      timer_(context), later_timer_(context) {
  tasks = std::make_shared<task_queue>(
      [this] {
        boost::asio::post(context, [queue = tasks.get()] { queue->drain(); });
      },
      [this](task_queue::delay time, task_queue::task what) {
        run_after(time, std::move(what));
      });
}

void http_loop::run_after(task_queue::delay time, task_queue::task what) {
  if (stopping)
    return;
  later_.emplace(now() + time, std::move(what));
  schedule_later();
}

void http_loop::schedule_later() {
  if (later_.empty())
    return;
  later_timer_.expires_at(later_.begin()->first);
  later_timer_.async_wait([this](boost::system::error_code replaced) {
    if (replaced)
      return;
    while (!later_.empty() && later_.begin()->first <= now()) {
      auto due = std::move(later_.begin()->second);
      later_.erase(later_.begin());
      due();
    }
    schedule_later();
  });
}

void http_loop::run() {
  tasks->attach();
  schedule_sweep();
  context.run();
  tasks->close();
}

void http_loop::adopt(tcp_socket socket) {
  auto open = shared.connections.load();
  auto limit = limits().connections_max;
  auto tls = shared.tls();
  // To tell a TLS client why, one would have to shake hands with it first.
  if (stopping || open >= limit + (tls ? 0 : turned_away_max))
    return; // closes the socket
  auto session = std::make_shared<http_session>(*this, std::move(socket));
  session->slot = sessions_.size();
  sessions_.push_back(session);
  if (open >= limit)
    session->turn_away(too_many_connections());
  else
    session->start(tls.get());
}

void http_loop::remove(http_session& session) {
  auto slot = session.slot;
  auto keep_until_return = std::move(sessions_[slot]);
  if (slot + 1 != sessions_.size()) {
    sessions_[slot] = std::move(sessions_.back());
    sessions_[slot]->slot = slot;
  }
  sessions_.pop_back();
  if (stopping && sessions_.empty())
    timer_.cancel();
}

void http_loop::stop(steady_time answer_by, steady_time end_by) {
  stopping = true;
  answer_by_ = answer_by;
  end_by_ = end_by;
  auto all = sessions_;
  for (auto& session : all)
    session->stop(false);
  later_.clear();
  later_timer_.cancel();
  timer_.cancel(); // sweep now, and more often from now on
}

void http_loop::schedule_sweep() {
  auto interval = sweep_interval(limits());
  if (stopping)
    interval = milliseconds{10};
  timer_.expires_after(interval);
  timer_.async_wait([this](boost::system::error_code) { sweep(); });
}

void http_loop::sweep() {
  auto time = now();
  auto all = sessions_;
  for (auto& session : all) {
    if (stopping && time >= end_by_)
      session->close();
    else if (stopping && time >= answer_by_)
      session->stop(true);
    session->check_deadline(time);
  }
  if (on_tick)
    on_tick();
  // Without the timer the context runs out of work, and `run` returns.
  if (!stopping || !sessions_.empty())
    schedule_sweep();
}

} // namespace holdfast
