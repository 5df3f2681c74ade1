// A messenger that makes one HTTP request of every message.
// Must not know the service it speaks to.
#pragma once

#include "actors/messenger.hpp"
#include "adapters/http_caller.hpp"

#include <caf/actor_system.hpp>

#include <functional>
#include <memory>
#include <variant>

namespace holdfast {

/// How a service is spoken to. Called from the actor; must not throw.
struct messenger_protocol {
  /// The request that sends a message, or why there can be none.
  std::function<std::variant<http_call, message_report>(const deliver_message&)>
      request;
  /// What the reply says of it.
  std::function<message_report(const deliver_message&, const http_reply&)> read;
};

/// Makes each request once. Answers what is under way when it ends.
messenger_actor spawn_http_messenger(caf::actor_system& sys,
                                     messenger_protocol protocol,
                                     std::shared_ptr<http_caller> http);

} // namespace holdfast
