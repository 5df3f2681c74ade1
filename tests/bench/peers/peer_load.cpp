#include "bench/peers/peer_load.hpp"

#include <array>
#include <cerrno>
#include <stdexcept>
#include <sys/epoll.h>
#include <unistd.h>
#include <utility>

namespace holdfast::bench {

namespace {

struct client {
  std::unique_ptr<peer_line> line;
  clock::time_point begin;
  bool holds = false;
};

class load {
public:
  explicit load(std::vector<std::unique_ptr<peer_line>> lines)
      : poll_(epoll_create1(EPOLL_CLOEXEC)) {
    if (poll_ < 0)
      throw std::runtime_error{"cannot make an epoll instance"};
    for (auto& line : lines)
      clients_.push_back({std::move(line), {}, false});
    for (std::size_t i = 0; i < clients_.size(); ++i)
      watch(i, EPOLL_CTL_ADD, EPOLLIN);
  }
  ~load() { close(poll_); }
  load(const load&) = delete;
  load& operator=(const load&) = delete;

  void start() {
    running_ = clients_.size();
    for (std::size_t i = 0; i < clients_.size(); ++i)
      ask(i);
  }

  void serve_until(clock::time_point end) {
    for (auto now = clock::now(); now < end; now = clock::now())
      serve(end - now);
  }

  /// Nobody acquires any more; ends when all have released.
  void finish() {
    over_ = true;
    while (running_ > 0)
      if (!serve(std::chrono::seconds{10}))
        throw std::runtime_error{"no answer for ten seconds"};
  }

  bool measuring = false;
  http_figures sum;

private:
  void watch(std::size_t i, int how, std::uint32_t events) {
    epoll_event event{};
    event.events = events;
    event.data.u64 = i;
    if (epoll_ctl(poll_, how, clients_[i].line->fd(), &event) != 0)
      throw std::runtime_error{"cannot watch a connection"};
  }

  /// False: nothing came.
  bool serve(clock::duration most) {
    std::array<epoll_event, 256> events{};
    auto ms = std::chrono::ceil<std::chrono::milliseconds>(most).count();
    auto n =
        epoll_wait(poll_, events.data(), events.size(), static_cast<int>(ms));
    if (n < 0 && errno != EINTR)
      throw std::runtime_error{"cannot wait for connections"};
    for (auto i = 0; i < n; ++i)
      ready(events[static_cast<std::size_t>(i)]);
    return n > 0;
  }

  void ready(const epoll_event& event) {
    auto i = static_cast<std::size_t>(event.data.u64);
    auto& c = clients_[i];
    if ((event.events & EPOLLOUT) != 0 && c.line->flush())
      watch(i, EPOLL_CTL_MOD, EPOLLIN);
    if ((event.events & ~EPOLLOUT) == 0 || !c.line->take())
      return;
    if (measuring)
      (c.holds ? sum.release : sum.acquire).add(clock::now() - c.begin);
    c.holds = !c.holds;
    if (!c.holds && measuring)
      ++sum.cycles;
    if (!c.holds && over_)
      --running_;
    else
      ask(i);
  }

  void ask(std::size_t i) {
    auto& c = clients_[i];
    c.begin = clock::now();
    c.holds ? c.line->release() : c.line->acquire();
    if (!c.line->flush())
      watch(i, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
  }

  int poll_;
  std::vector<client> clients_;
  std::size_t running_ = 0;
  bool over_ = false;
};

} // namespace

http_figures run_peer(std::vector<std::unique_ptr<peer_line>> lines,
                      const load_times& times,
                      const std::function<double()>& peer_cpu) {
  load all{std::move(lines)};
  all.start();
  all.serve_until(clock::now() + times.warm_up);
  auto peer_before = peer_cpu();
  auto own_before = cpu_seconds();
  auto begin = clock::now();
  all.measuring = true;
  all.serve_until(begin + times.measured);
  all.measuring = false;
  all.sum.seconds = seconds(clock::now() - begin);
  all.sum.node_cpu_seconds = peer_cpu() - peer_before;
  all.sum.own_cpu_seconds = cpu_seconds() - own_before;
  all.finish();
  return std::move(all.sum);
}

} // namespace holdfast::bench
