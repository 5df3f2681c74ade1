// Settings of CAF that remote engines need.
// Must not know engines.
#include "remote/security.hpp"

#include "remote/middleman.hpp"

#include <caf/string_view.hpp>
#include <caf/timespan.hpp>

#include <stdexcept>

namespace holdfast {

namespace {

constexpr caf::string_view heartbeat_key = "middleman.heartbeat-interval";
constexpr caf::string_view timeout_key = "middleman.connection-timeout";

} // namespace

void init_remote(caf::actor_system_config& cfg,
                 std::chrono::milliseconds lost_after) {
  if (lost_after < std::chrono::milliseconds{100})
    throw std::invalid_argument{"lost_after must be at least 100 ms"};
  cfg.load<remote_middleman>();
  cfg.set(heartbeat_key, caf::timespan{lost_after} / 4);
  cfg.set(timeout_key, caf::timespan{lost_after});
}

void require_remote(caf::actor_system& sys) {
  if (!sys.has_middleman() ||
      !dynamic_cast<remote_middleman*>(&sys.middleman()))
    throw std::logic_error{"call init_remote before the actor system starts, "
                           "and load no other middleman after it"};
}

} // namespace holdfast
