// A gateway on a real engine, and clients that listen to its events.
#pragma once

#include "engine/engine.hpp"
#include "gateway/gateway.hpp"
#include "storage/memory_store.hpp"
#include "tests/unit/gateway/raw_client.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace holdfast::test {

/// One server-sent event, as it came. Without `event`: the stream has ended.
struct frame {
  std::uint64_t id = 0;
  std::string event;
  std::string data;

  bool operator==(const frame&) const = default;
};

/// One connection that listens.
class event_reader {
public:
  /// `query` with its '?'.
  explicit event_reader(std::uint16_t port, std::string_view query = {},
                        std::string_view headers = {});

  /// The next event; comments, and where the stream stands, are passed over.
  frame next();

  /// The next `count` of them.
  std::vector<frame> next(std::size_t count);

  raw_answer head;
  raw_client client;
};

/// An engine in memory behind HTTP.
class events_world {
public:
  explicit events_world(gateway_options how = {}, const options& opts = {});
  ~events_world();

  std::uint16_t port() const { return http->port(); }
  event_reader listen(std::string_view query = {},
                      std::string_view headers = {}) {
    return event_reader{port(), query, headers};
  }
  raw_answer call(std::string_view method, std::string_view target,
                  std::string_view body = {}, std::string_view headers = {});

  /// A lock is granted: one event.
  void acquire(const std::string& resource, const std::string& owner);

  /// A lock is granted and fails for `why`: two events.
  void fail(const std::string& resource, const std::string& why);

  /// The whole journal as events, as `/v1/journal` tells it.
  std::vector<frame> journal();

private:
  caf::actor_system_config config_;
  std::optional<caf::actor_system> system_;
  memory_store db_;

public:
  std::unique_ptr<engine> hf;
  std::unique_ptr<gateway> http;

private:
  raw_client& caller();

  std::unique_ptr<raw_client> caller_; ///< of all calls
};

} // namespace holdfast::test
