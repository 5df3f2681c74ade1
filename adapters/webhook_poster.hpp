// Posts signals to a URL: a webhook as a messenger.
// Must not know storage, positions, or what a message is about.
#pragma once

#include "actors/messenger.hpp"
#include "adapters/http_caller.hpp"

#include <caf/actor_system.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace holdfast {

struct webhook_options {
  std::string url; ///< http:// or https://, complete. May hold a secret
  /// What the receiver checks `Holdfast-Signature` with; empty: there is none.
  std::string secret;
  std::chrono::milliseconds timeout{5000}; ///< of one request
  /// Wall clock in ms since 1970. Empty: this machine's.
  std::function<std::int64_t()> now_ms;
};

/// Posts each message once, on a connection of its own:
///
///   Idempotency-Key: the effect's id
///   Holdfast-Timestamp: seconds since 1970
///   Holdfast-Signature: sha256= and the HMAC-SHA256, in lower-case hex, of
///                       timestamp "." body under the secret
///
/// Answers what is under way when it ends. Secret and path stay in here.
/// @throws std::runtime_error when OpenSSL offers no HMAC-SHA256.
messenger_actor spawn_webhook_poster(caf::actor_system& sys,
                                     webhook_options options,
                                     std::shared_ptr<http_caller> http);

} // namespace holdfast
