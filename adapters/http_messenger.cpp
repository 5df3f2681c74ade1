#include "adapters/http_messenger.hpp"

#include "adapters/http_line.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <utility>

namespace holdfast {

namespace {

using http_messenger_actor =
    messenger_actor::extend<caf::reacts_to<http_answer>>;
using message_promise = caf::typed_response_promise<message_report>;

class http_messenger : public http_messenger_actor::base {
public:
  http_messenger(caf::actor_config& cfg, messenger_protocol protocol,
                 std::shared_ptr<http_caller> http)
      : http_messenger_actor::base(cfg), protocol_(std::move(protocol)),
        line_(std::move(http)) {}

  behavior_type make_behavior() override {
    return {
        [this](const deliver_message& what) { return deliver(what); },
        [this](const http_answer& x) { line_.answered(x); },
    };
  }

  const char* name() const override { return "http_messenger"; }

  void on_exit() override { line_.stop(); }

private:
  message_promise deliver(const deliver_message& what) {
    auto to = make_response_promise<message_report>();
    auto request = protocol_.request(what);
    if (auto refusal = std::get_if<message_report>(&request))
      to.deliver(std::move(*refusal));
    else
      line_.ask(http_messenger_actor{this},
                std::move(std::get<http_call>(request)),
                [this, what, to](const http_reply& reply) mutable {
                  to.deliver(protocol_.read(what, reply));
                });
    return to;
  }

  const messenger_protocol protocol_;
  http_line line_;
};

} // namespace

messenger_actor spawn_http_messenger(caf::actor_system& sys,
                                     messenger_protocol protocol,
                                     std::shared_ptr<http_caller> http) {
  return sys.spawn<http_messenger>(std::move(protocol), std::move(http));
}

} // namespace holdfast
