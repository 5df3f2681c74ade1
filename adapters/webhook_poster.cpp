#include "adapters/webhook_poster.hpp"

#include "adapters/hmac.hpp"
#include "adapters/http_messenger.hpp"
#include "adapters/wall_clock.hpp"
#include "adapters/webhook_protocol.hpp"

#include <utility>

namespace holdfast {

messenger_actor spawn_webhook_poster(caf::actor_system& sys,
                                     webhook_options options,
                                     std::shared_ptr<http_caller> http) {
  hmac_sha256({}, {}); // throws here, not in the actor
  if (!options.now_ms)
    options.now_ms = wall_clock_ms;
  auto to = std::make_shared<const webhook_options>(std::move(options));
  return spawn_http_messenger(
      sys,
      {[to](const deliver_message& what) {
         return webhook_request(*to, what, to->now_ms() / 1000);
       },
       [to](const deliver_message&, const http_reply& reply) {
         return read_webhook_reply(*to, reply);
       }},
      std::move(http));
}

} // namespace holdfast
