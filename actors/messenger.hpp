// The port to a service that takes messages: what a notifier asks of it.
// Must not know any service, HTTP or storage.
#pragma once

#include "messages/type_ids.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include <cstdint>
#include <string>

namespace holdfast {

/// Send this message, once. Whoever asks has written down that it does.
struct deliver_message {
  effect_id effect;      ///< names the message, e.g. as its idempotency key
  std::string kind;      ///< telegram_send, telegram_edit or signal_webhook
  std::string intent;    ///< see `message_draft`
  std::string chat_id;   ///< not empty: where it goes, whatever `intent` says
  message_state message; ///< what to edit, or to reply to
};

/// Answers every request within its own time-out; never blocks, and never
/// repeats by itself what may have arrived.
using messenger_actor =
    caf::typed_actor<caf::replies_to<deliver_message>::with<message_report>>;

} // namespace holdfast

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::deliver_message)
