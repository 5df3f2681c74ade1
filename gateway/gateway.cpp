// The HTTP API of a node: ties the server to the routes.
// Must not know Boost or any particular call.
#include "gateway/gateway.hpp"

#include "gateway/admission.hpp"
#include "gateway/routes.hpp"
#include "gateway/today.hpp"

#include <condition_variable>
#include <mutex>
#include <utility>

namespace holdfast {

namespace {

http_options server_options(api_context& api, admission& access) {
  http_options out;
  out.host = api.options.host;
  out.port = api.options.port;
  out.io_threads = api.options.io_threads;
  out.limits = api.options.limits;
  out.log = [&api](const request_log& x) {
    api.requests.add(x.route, x.status);
    if (api.options.log)
      api.options.log(x);
  };
  out.tls = api.options.tls;
  out.random = api.options.random;
  out.admit = [&access](http_request& request) {
    return access.judge(request);
  };
  out.body_bytes_max = [&api](std::string_view, std::string_view path) {
    return body_bytes_max(api.options, path);
  };
  out.reword = in_todays_words;
  out.handler = [&api](const http_request& request, const reply& answer) {
    route(api, request, answer);
  };
  return out;
}

} // namespace

struct gateway::impl {
  impl(caf::actor_system& sys, locks_actor locks, queries_actor queries,
       positions_actor positions, gateway_options options)
      : api(std::move(locks), std::move(queries), std::move(positions),
            std::move(options)),
        access(api.options), server(server_options(api, access)) {
    for (auto& queue : server.io()) {
      api.bridges.push_back(std::make_unique<actor_bridge>(sys, queue));
      api.hubs.push_back(std::make_unique<event_hub>(
          *api.bridges.back(), api.queries, queue, api.streams));
    }
    server.start();
  }

  api_context api;
  admission access;
  http_server server; ///< last: its threads use the rest
};

gateway::gateway(caf::actor_system& sys, locks_actor locks,
                 queries_actor queries, positions_actor positions,
                 gateway_options options)
    : impl_(std::make_unique<impl>(sys, std::move(locks), std::move(queries),
                                   std::move(positions), std::move(options))) {}

gateway::~gateway() = default;

void gateway::use_tokens(std::shared_ptr<const token_table> tokens) {
  impl_->access.use_tokens(std::move(tokens));
  // Whose token is gone shall not go on listening.
  for (std::size_t i = 0; i < impl_->api.hubs.size(); ++i)
    impl_->server.io()[i]->post(
        [hub = impl_->api.hubs[i].get()] { hub->end_all(); });
}

void gateway::use_tls(std::shared_ptr<const tls_context> tls) {
  impl_->server.use_tls(std::move(tls));
}

std::uint16_t gateway::port() const { return impl_->server.port(); }

bool gateway::is_alive(std::chrono::milliseconds within) const {
  struct roll {
    std::mutex mutex;
    std::condition_variable done;
    std::size_t missing;
  };
  // Shared: a thread that comes too late finds it still.
  auto call = std::make_shared<roll>();
  call->missing = impl_->server.io().size();
  for (const auto& io : impl_->server.io())
    io->post([call] {
      std::lock_guard guard{call->mutex};
      if (--call->missing == 0)
        call->done.notify_one();
    });
  std::unique_lock lock{call->mutex};
  return call->done.wait_for(lock, within, [&] { return call->missing == 0; });
}

void gateway::stop(std::chrono::milliseconds within) {
  impl_->server.stop(within);
}

} // namespace holdfast
