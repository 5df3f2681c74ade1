// An actor system with one messenger that tests ask.
#pragma once

#include "actors/messenger.hpp"
#include "messages/type_ids.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <string_view>
#include <utility>

namespace holdfast::test {

/// Ends its messenger, and waits for it, when it ends.
struct messenger_world {
  messenger_world() : sys((init_types(cfg), cfg)) {}
  ~messenger_world() { stop(); }

  void stop() {
    if (messenger)
      caf::anon_send_exit(messenger, caf::exit_reason::user_shutdown);
    messenger = nullptr;
  }

  /// Messages have the effects 1, 2, …
  message_report deliver(std::string_view kind, std::string intent,
                         message_state message = {}, std::string chat_id = {}) {
    caf::scoped_actor self{sys};
    message_report answer;
    self->request(messenger, std::chrono::seconds{20},
                  deliver_message{{7, ++effects},
                                  std::string{kind},
                                  std::move(intent),
                                  std::move(chat_id),
                                  std::move(message)})
        .receive([&](message_report& x) { answer = std::move(x); },
                 [](const caf::error& why) { FAIL(to_string(why)); });
    for (const auto& text : {answer.message, answer.code, answer.chat_id})
      CHECK(text.find(secret) == std::string::npos); // stays in the adapter
    return answer;
  }

  std::string secret = "no text has this";
  std::uint64_t effects = 0;
  caf::actor_system_config cfg;
  caf::actor_system sys;
  messenger_actor messenger;
};

} // namespace holdfast::test
