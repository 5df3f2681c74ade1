#include "adapters/paper_exchange.hpp"

#include "adapters/paper_book.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <chrono>
#include <deque>

namespace holdfast::paper_impl {

struct answer_next {};

} // namespace holdfast::paper_impl

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::paper_impl::answer_next)

namespace holdfast {

namespace {

using paper_impl::answer_next;

using delayed_exchange_actor =
    exchange_actor::extend<caf::reacts_to<answer_next>>;

class paper_exchange : public delayed_exchange_actor::base {
public:
  paper_exchange(caf::actor_config& cfg, const paper_options& options)
      : delayed_exchange_actor::base(cfg), book_(options),
        delay_(options.fill_delay_ms) {}

  behavior_type make_behavior() override {
    return {
        [this](const place_order& order) -> caf::result<order_report> {
          auto report = book_.place(order);
          if (delay_.count() == 0)
            return report;
          auto to = make_response_promise<order_report>();
          answers_.push_back({to, std::move(report)});
          delayed_send(this, delay_, answer_next{});
          return to;
        },
        [this](const find_order& what) { return book_.find(what); },
        [this](const cancel_order& what) { return book_.cancel(what); },
        // All answers take as long, so that they come in order.
        [this](answer_next) {
          auto next = std::move(answers_.front());
          answers_.pop_front();
          next.to.deliver(std::move(next.report));
        },
    };
  }

  const char* name() const override { return "paper_exchange"; }

  void on_exit() override { answers_.clear(); }

private:
  struct pending {
    caf::typed_response_promise<order_report> to;
    order_report report;
  };

  paper_book book_;
  const std::chrono::milliseconds delay_;
  std::deque<pending> answers_; ///< oldest first
};

} // namespace

exchange_actor spawn_paper_exchange(caf::actor_system& sys,
                                    const paper_options& options) {
  // Throws here, not in the actor.
  [[maybe_unused]] const paper_book checked{options};
  return sys.spawn<paper_exchange>(options);
}

} // namespace holdfast
