// Accepts connections and spreads them over the I/O threads.
// Must not know what is served.
#include "gateway/http_server.hpp"

#include "gateway/http_session.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <stdexcept>
#include <thread>
#include <utility>

namespace holdfast {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

struct http_server::impl {
  using acceptor_type =
      asio::basic_socket_acceptor<tcp, asio::io_context::executor_type>;

  explicit impl(http_options options) : acceptor(make_loops(options)) {
    listen();
    for (auto& loop : loops)
      io.push_back(loop->tasks);
    loops.front()->on_tick = [this] {
      if (!accepting)
        accept();
    };
    accept();
  }

  /// The acceptor lives on the first loop.
  asio::io_context& make_loops(http_options& options) {
    shared.options = std::move(options);
    auto count = std::max<std::size_t>(1, shared.options.io_threads);
    while (loops.size() < count)
      loops.push_back(std::make_unique<http_loop>(shared, loops.size()));
    return loops.front()->context;
  }

  void listen() {
    auto& host = shared.options.host;
    error_code failure;
    auto address = asio::ip::make_address(host, failure);
    tcp::endpoint endpoint{address, shared.options.port};
    if (!failure)
      acceptor.open(endpoint.protocol(), failure);
    if (!failure)
      acceptor.set_option(tcp::acceptor::reuse_address(true), failure);
    if (!failure)
      acceptor.bind(endpoint, failure);
    if (!failure)
      acceptor.listen(asio::socket_base::max_listen_connections, failure);
    if (!failure)
      port = acceptor.local_endpoint(failure).port();
    if (failure)
      throw std::runtime_error("cannot listen on " + host + " port " +
                               std::to_string(shared.options.port) + ": " +
                               failure.message());
  }

  void accept() {
    accepting = true;
    auto& loop = *loops[next_loop++ % loops.size()];
    acceptor.async_accept(loop.context,
                          [this, &loop](error_code failure, tcp_socket socket) {
                            accepted(failure, std::move(socket), loop);
                          });
  }

  void accepted(error_code failure, tcp_socket socket, http_loop& loop) {
    accepting = false;
    if (loops.front()->stopping)
      return;
    if (!failure && &loop == loops.front().get())
      loop.adopt(std::move(socket));
    else if (!failure)
      asio::post(loop.context, [&loop, s = std::move(socket)]() mutable {
        loop.adopt(std::move(s));
      });
    // Out of file descriptors, most likely. The next sweep tries again: to try
    // at once would burn the processor until somebody hangs up.
    if (!failure || failure == asio::error::connection_aborted)
      accept();
  }

  void start() {
    for (auto& loop : loops)
      threads.emplace_back([&loop = *loop] { loop.run(); });
  }

  void stop(std::chrono::milliseconds within) {
    using std::chrono::milliseconds;
    auto now = std::chrono::steady_clock::now();
    // The sweep may come late by its own interval.
    auto end = now + std::max(within - milliseconds{20}, milliseconds{0});
    io.front()->post([this] {
      error_code ignored; // it is closed in any case
      acceptor.close(ignored);
    });
    for (auto& loop : loops)
      loop->tasks->post([&loop = *loop, now, within, end] {
        loop.stop(now + within / 2, end);
      });
    for (auto& thread : threads)
      thread.join();
    threads.clear();
  }

  http_shared shared;
  std::vector<std::unique_ptr<http_loop>> loops;
  std::vector<std::shared_ptr<task_queue>> io;
  acceptor_type acceptor;
  std::uint16_t port = 0;
  bool accepting = false;
  std::size_t next_loop = 0;
  std::vector<std::thread> threads;
};

http_server::http_server(http_options options)
    : impl_(std::make_unique<impl>(std::move(options))) {}

void http_server::start() { impl_->start(); }

http_server::~http_server() { stop(std::chrono::milliseconds{0}); }

void http_server::use_tls(std::shared_ptr<const tls_context> tls) {
  impl_->shared.use_tls(std::move(tls));
}

std::uint16_t http_server::port() const { return impl_->port; }

const std::vector<std::shared_ptr<task_queue>>& http_server::io() const {
  return impl_->io;
}

void http_server::stop(std::chrono::milliseconds within) {
  if (!impl_->threads.empty())
    impl_->stop(within);
}

} // namespace holdfast
