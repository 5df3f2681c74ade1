// The port to a chat in which operators write commands and are answered.
// Must not know any messenger, HTTP or what a command means.
#pragma once

#include "messages/type_ids.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace holdfast {

/// Which messages have come? Waits a while for one. Those below `offset` are
/// forgotten by the messenger; all others come again.
struct fetch_chat {
  std::int64_t offset = 0;
};

struct chat_message {
  std::int64_t user_id = 0; ///< who wrote it; surely he
  std::int64_t chat_id = 0;
  bool alone = false;     ///< nobody else is in the chat
  std::int64_t at_ms = 0; ///< wall clock of the messenger
  std::string text;
};

struct fetched_chat {
  bool ok = false;
  std::vector<chat_message> messages; ///< with `ok`, oldest first
  std::int64_t next_offset = 0;       ///< beyond all that came; 0: nothing did
  std::string bot_name;               ///< the bot's own, without `@`
  std::string why;                    ///< otherwise: one sentence, no secrets
  std::int64_t retry_after_ms = 0;    ///< not sooner than this
};

struct write_chat {
  std::int64_t chat_id = 0;
  std::string html;
};

struct wrote_chat {
  enum kind_type : std::uint8_t {
    sent,
    refused, ///< and would be again
    unsure,  ///< it is not there, or nobody knows
  };
  kind_type kind = unsure;
  std::string why;                 ///< unless sent: one sentence, no secrets
  std::int64_t retry_after_ms = 0; ///< not sooner than this
};

/// Answers every request within its own time-out; never blocks.
using control_channel_actor =
    caf::typed_actor<caf::replies_to<fetch_chat>::with<fetched_chat>,
                     caf::replies_to<write_chat>::with<wrote_chat>>;

} // namespace holdfast

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::fetch_chat)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::fetched_chat)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::write_chat)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::wrote_chat)
