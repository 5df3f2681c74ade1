// The HTTP API of a node: ties the server to the routes.
// Must not know Boost or any particular call.
#include "gateway/gateway.hpp"

#include "gateway/routes.hpp"

#include <utility>

namespace holdfast {

namespace {

http_options server_options(api_context& api) {
  http_options out;
  out.host = api.options.host;
  out.port = api.options.port;
  out.io_threads = api.options.io_threads;
  out.limits = api.options.limits;
  out.log = api.options.log;
  out.body_bytes_max = [&api](std::string_view, std::string_view path) {
    return body_bytes_max(api.options, path);
  };
  out.handler = [&api](http_request request, const reply& answer) {
    route(api, std::move(request), answer);
  };
  return out;
}

} // namespace

struct gateway::impl {
  impl(caf::actor_system& sys, locks_actor locks, queries_actor queries,
       gateway_options options)
      : api(std::move(locks), std::move(queries), std::move(options)),
        server(server_options(api)) {
    for (auto& queue : server.io())
      api.bridges.push_back(std::make_unique<actor_bridge>(sys, queue));
    server.start();
  }

  api_context api;
  http_server server; ///< last: its threads use the rest
};

gateway::gateway(caf::actor_system& sys, locks_actor locks,
                 queries_actor queries, gateway_options options)
    : impl_(std::make_unique<impl>(sys, std::move(locks), std::move(queries),
                                   std::move(options))) {}

gateway::~gateway() = default;

std::uint16_t gateway::port() const { return impl_->server.port(); }

void gateway::stop(std::chrono::milliseconds within) {
  impl_->server.stop(within);
}

} // namespace holdfast
