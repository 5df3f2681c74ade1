#include "node/load/http_load.hpp"

#include "messages/json_writer.hpp"

#include <array>
#include <cerrno>
#include <memory>
#include <stdexcept>
#include <sys/epoll.h>
#include <unistd.h>
#include <vector>

namespace holdfast::bench {

namespace {

std::string body_of(const acquire_lock& cmd) {
  std::string text;
  json_writer out{text};
  out.begin_object()
      .member("resourceId", cmd.resource)
      .member("ownerId", cmd.owner_id);
  if (!cmd.idempotency_key.empty())
    out.member("idempotencyKey", cmd.idempotency_key)
        .raw_member("transactionData", cmd.data);
  if (cmd.timeout_ms != 0)
    out.member("timeoutMs", cmd.timeout_ms);
  if (cmd.otherwise == when_locked::wait)
    out.member("onLocked", "wait").member("waitMs", cmd.wait_ms);
  out.end_object();
  return text;
}

struct client {
  explicit client(const endpoint& to) : line(to) {}
  http_connection line;
  std::uint64_t done = 0;
  bool holds = false;
  clock::time_point begin;
};

class load {
public:
  load(const workload& what, const endpoint& node)
      : what_(what), poll_(epoll_create1(EPOLL_CLOEXEC)) {
    clients_.reserve(what.outstanding);
    for (std::size_t i = 0; i < what.outstanding; ++i) {
      clients_.emplace_back(node);
      watch(i, EPOLL_CTL_ADD, EPOLLIN);
    }
  }
  ~load() { close(poll_); }
  load(const load&) = delete;
  load& operator=(const load&) = delete;

  void start() {
    running_ = clients_.size();
    for (std::size_t i = 0; i < clients_.size(); ++i)
      acquire(i);
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
    if (epoll_ctl(poll_, how, clients_[i].line.fd(), &event) != 0)
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
    if ((event.events & EPOLLOUT) != 0 && c.line.flush())
      watch(i, EPOLL_CTL_MOD, EPOLLIN);
    if ((event.events & ~EPOLLOUT) == 0 || !c.line.take())
      return;
    const auto& got = c.line.answer();
    auto wanted = c.holds ? 200 : 201;
    if (got.status != wanted)
      throw std::runtime_error{
          "a request was refused: " + std::to_string(got.status) + " " +
          std::string{got.body}};
    if (what_.trades)
      traded(i);
    else
      c.holds ? released(i) : release(i);
  }

  void ask(std::size_t i, std::string_view path, std::string_view body) {
    auto& c = clients_[i];
    c.begin = clock::now();
    c.line.ask("POST", path, body);
    if (!c.line.flush())
      watch(i, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
  }

  void acquire(std::size_t i) {
    if (what_.trades)
      return ask(i, "/v1/trades", trade_of(what_, i, clients_[i].done));
    ask(i, "/v1/locks", body_of(acquire_of(what_, i, clients_[i].done)));
  }

  void release(std::size_t i) {
    auto& c = clients_[i];
    note(c, sum.acquire);
    c.holds = true;
    auto json = c.line.answer().body;
    std::string path{"/v1/locks/"};
    path.append(json_field(json, "lockId")).append("/release");
    std::string body{R"({"fencingToken":)"};
    body.append(json_field(json, "fencingToken")).append("}");
    ask(i, path, body);
  }

  void traded(std::size_t i) {
    note(clients_[i], sum.acquire);
    done(i);
  }

  void released(std::size_t i) {
    note(clients_[i], sum.release);
    clients_[i].holds = false;
    done(i);
  }

  void done(std::size_t i) {
    ++clients_[i].done;
    ++sum.cycles_total;
    if (measuring)
      ++sum.cycles;
    if (over_)
      --running_;
    else
      acquire(i);
  }

  void note(const client& c, latencies& to) const {
    if (measuring)
      to.add(clock::now() - c.begin);
  }

  const workload what_;
  int poll_;
  std::vector<client> clients_;
  std::size_t running_ = 0;
  bool over_ = false;
};

} // namespace

http_figures run_http(const workload& what, const load_times& times,
                      const endpoint& node,
                      const std::function<double()>& node_cpu) {
  load all{what, node};
  all.start();
  all.serve_until(clock::now() + times.warm_up);
  auto node_before = node_cpu();
  auto own_before = cpu_seconds();
  auto begin = clock::now();
  all.measuring = true;
  all.serve_until(begin + times.measured);
  all.measuring = false;
  all.sum.seconds = seconds(clock::now() - begin);
  all.sum.node_cpu_seconds = node_cpu() - node_before;
  all.sum.own_cpu_seconds = cpu_seconds() - own_before;
  all.finish();
  return std::move(all.sum);
}

} // namespace holdfast::bench
