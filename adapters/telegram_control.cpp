#include "adapters/telegram_control.hpp"

#include "adapters/http_line.hpp"
#include "adapters/telegram_protocol.hpp"
#include "adapters/telegram_updates.hpp"
#include "messages/json_writer.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <stdexcept>
#include <utility>

namespace holdfast {

namespace {

using telegram_control_actor =
    control_channel_actor::extend<caf::reacts_to<http_answer>>;
using fetch_promise = caf::typed_response_promise<fetched_chat>;
using write_promise = caf::typed_response_promise<wrote_chat>;

deliver_message as_message(const write_chat& what) {
  deliver_message message;
  message.kind = telegram_send;
  message.chat_id = std::to_string(what.chat_id);
  json_writer to{message.intent};
  to.begin_object().member("text", what.html).end_object();
  return message;
}

wrote_chat came_of(const message_report& report) {
  wrote_chat result;
  result.why = report.message;
  result.retry_after_ms = report.retry_after_ms;
  if (report.kind == message_report::sent)
    result.kind = wrote_chat::sent;
  // What was written in a group that has moved is answered by the next command.
  else if (report.kind == message_report::rejected || report.chat_moved)
    result.kind = wrote_chat::refused;
  return result;
}

class telegram_control : public telegram_control_actor::base {
public:
  telegram_control(caf::actor_config& cfg, telegram_options options,
                   std::shared_ptr<http_caller> http)
      : telegram_control_actor::base(cfg), options_(std::move(options)),
        line_(std::move(http)) {}

  behavior_type make_behavior() override {
    return {
        [this](const fetch_chat& what) { return fetch(what.offset); },
        [this](const write_chat& what) { return write(what); },
        [this](const http_answer& x) { line_.answered(x); },
    };
  }

  const char* name() const override { return "telegram_control"; }

  void on_exit() override { line_.stop(); }

private:
  fetch_promise fetch(std::int64_t offset) {
    auto to = make_response_promise<fetched_chat>();
    if (!bot_name_.empty())
      ask_updates(offset, to);
    else
      line_.ask(telegram_control_actor{this}, telegram_self_request(options_),
                [this, offset, to](const http_reply& reply) mutable {
                  auto self = read_telegram_self(options_, reply);
                  bot_name_ = self.bot_name;
                  if (self.ok)
                    ask_updates(offset, to);
                  else
                    to.deliver(std::move(self));
                });
    return to;
  }

  void ask_updates(std::int64_t offset, fetch_promise to) {
    line_.ask(telegram_control_actor{this},
              telegram_updates_request(options_, offset),
              [this, to](const http_reply& reply) mutable {
                auto came = read_telegram_updates(options_, reply);
                came.bot_name = bot_name_;
                to.deliver(std::move(came));
              });
  }

  write_promise write(const write_chat& what) {
    auto to = make_response_promise<wrote_chat>();
    auto message = as_message(what);
    auto request = telegram_request(options_, message);
    if (auto refusal = std::get_if<message_report>(&request))
      to.deliver(came_of(*refusal));
    else
      line_.ask(
          telegram_control_actor{this}, std::move(std::get<http_call>(request)),
          [this, message, to](const http_reply& reply) mutable {
            to.deliver(came_of(read_telegram_reply(options_, message, reply)));
          });
    return to;
  }

  const telegram_options options_;
  std::string bot_name_; ///< once Telegram has told it
  http_line line_;
};

} // namespace

control_channel_actor
spawn_telegram_control(caf::actor_system& sys, telegram_options options,
                       std::shared_ptr<http_caller> http) {
  if (!is_telegram_token(options.token))
    throw std::invalid_argument("this is no token of a Telegram bot");
  return sys.spawn<telegram_control>(std::move(options), std::move(http));
}

} // namespace holdfast
