#include "adapters/mexc_exchange.hpp"

#include "adapters/hmac.hpp"
#include "adapters/mexc_link.hpp"
#include "adapters/mexc_replies.hpp"
#include "adapters/mexc_sends.hpp"
#include "adapters/mexc_symbols.hpp"
#include "adapters/reply_text.hpp"

#include <caf/send.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <algorithm>
#include <ctime>
#include <set>
#include <utility>

namespace holdfast::mexc_impl {

struct http_answer {
  std::uint64_t number;
  http_reply reply;
};
struct renew_clock {};

} // namespace holdfast::mexc_impl

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::mexc_impl::http_answer)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::mexc_impl::renew_clock)

namespace holdfast {

namespace {

using mexc_impl::http_answer;
using mexc_impl::renew_clock;

using mexc_actor = exchange_actor::extend<caf::reacts_to<http_answer>,
                                          caf::reacts_to<renew_clock>>;
using order_promise = caf::typed_response_promise<order_report>;

/// When to ask again, if there is no better reason for a time.
constexpr std::int64_t ask_again_ms = 1000;
constexpr std::int64_t clock_again_ms = 5000;
/// Mending keys takes people.
constexpr std::int64_t mend_ms = 10'000;
constexpr std::size_t sends_max = 100'000;

order_report report(order_report::kind_type kind, std::string message,
                    std::int64_t retry_after_ms = 0) {
  return {kind, {}, {}, std::move(message), retry_after_ms};
}

order_report accepted(std::string order) {
  return {order_report::accepted, std::move(order), {}, {}, 0};
}

/// A question that got no answer: nothing is known of the order.
order_report no_answer(const mexc_answer& why) {
  auto again = why.retry_after_ms > 0                ? why.retry_after_ms
               : why.kind == mexc_answer::bad_access ? mend_ms
                                                     : ask_again_ms;
  return report(order_report::unknown, why.message, again);
}

/// Nothing was sent, or the exchange did nothing with it.
order_report not_done(const mexc_answer& why) {
  return report(order_report::unavailable, why.message, why.retry_after_ms);
}

std::int64_t boot_clock_ms() {
  timespec t{};
  clock_gettime(CLOCK_BOOTTIME, &t);
  return t.tv_sec * std::int64_t{1000} + t.tv_nsec / 1'000'000;
}

// place_order:  symbol known? ─► POST ─► accepted ─► query once for its state
//                                 ├────► refused, not sent, unclear
// find_order:   query ─► there · absent and too early: unknown
//                          └ absent and late enough: read the clock, query
//                            again ─► not_found
// cancel_order: DELETE ─► find_order
class mexc_exchange : public mexc_actor::base {
public:
  mexc_exchange(caf::actor_config& cfg, mexc_options options,
                std::shared_ptr<http_caller> http)
      : mexc_actor::base(cfg), options_(std::move(options)),
        http_(std::move(http)),
        link_(options_,
              [this](std::uint64_t number, http_call call) {
                send_out(number, std::move(call));
              }),
        symbols_(options_, link_),
        sends_(options_.access.recv_window_ms, options_.reconcile_margin_ms,
               sends_max) {}

  behavior_type make_behavior() override {
    renew();
    return {
        [this](const place_order& order) {
          return answer([&](const order_promise& to) { begin(order, to); },
                        order_report::unavailable);
        },
        [this](const find_order& what) {
          return answer([&](const order_promise& to) { find(what, to, false); },
                        order_report::unknown);
        },
        [this](const cancel_order& what) {
          return answer([&](const order_promise& to) { cancel(what, to); },
                        order_report::unknown);
        },
        [this](const http_answer& x) { link_.answered(x.number, x.reply); },
        [this](renew_clock) { renew(); },
    };
  }

  const char* name() const override { return "mexc_exchange"; }

  void on_exit() override {
    link_.stop();
    http_.reset();
  }

private:
  // -- Requests --------------------------------------------------------------

  template <class F>
  order_promise answer(F&& begin_with, order_report::kind_type when_full) {
    auto to = make_response_promise<order_report>();
    if (outstanding_ >= options_.outstanding_max) {
      to.deliver(report(when_full,
                        std::to_string(outstanding_) +
                            " requests to the exchange are under way; no more "
                            "are begun",
                        ask_again_ms));
      return to;
    }
    ++outstanding_;
    begin_with(to);
    return to;
  }

  /// Every request ends here, once.
  void tell(order_promise to, order_report what) {
    --outstanding_;
    const auto& keys = options_.access.keys;
    what.message = without_secret(std::move(what.message), keys.api_key);
    what.message = without_secret(std::move(what.message), keys.secret);
    to.deliver(std::move(what));
  }

  /// On the caller's thread; the actor may be gone by then.
  void send_out(std::uint64_t number, http_call call) {
    http_->send(std::move(call),
                [me = mexc_actor{this}, number](http_reply reply) {
                  caf::anon_send(me, http_answer{number, std::move(reply)});
                });
  }

  void renew() {
    link_.read_clock([this](bool known) {
      if (link_.is_stopping())
        return;
      if (!known && !std::exchange(clock_trouble_, true) && options_.warn)
        options_.warn("MEXC: the exchange does not tell its time; it is asked "
                      "again every " +
                      std::to_string(clock_again_ms / 1000) + " s");
      if (known)
        clock_trouble_ = false;
      delayed_send(this,
                   std::chrono::milliseconds{known ? options_.clock_interval_ms
                                                   : clock_again_ms},
                   renew_clock{});
    });
  }

  mexc_link::builder order_builder(const place_order& order) {
    return [this, order](std::int64_t timestamp) {
      sends_.server_time_seen(timestamp);
      sends_.sent(order.client_order_id, timestamp);
      return mexc_order_request(options_.access, order, timestamp);
    };
  }

  mexc_link::builder query_builder(const std::string& symbol, mexc_name by,
                                   const std::string& id) {
    return [=, this](std::int64_t timestamp) {
      sends_.server_time_seen(timestamp);
      return mexc_query_request(options_.access, symbol, by, id, timestamp);
    };
  }

  // -- place_order -----------------------------------------------------------

  void begin(const place_order& order, const order_promise& to) {
    if (!placing_.insert(order.client_order_id).second)
      return tell(to,
                  report(order_report::unknown,
                         "this order is being placed already", ask_again_ms));
    symbols_.look_up(order.symbol, [this, order, to](const mexc_symbol* rules,
                                                     const order_report& why) {
      if (!rules)
        return placed(order, to, why);
      if (auto refusal = check_mexc_order(*rules, order))
        return placed(order, to, *refusal);
      if (sends_.may_be_there(order.client_order_id))
        return placed(order, to,
                      report(order_report::unknown,
                             "this order was sent before, and what came of "
                             "that is not known yet",
                             ask_again_ms));
      link_.ask_signed(mexc_endpoint::order, order_builder(order),
                       [this, order, to](const mexc_answer& answer) {
                         order_answered(order, to, answer);
                       });
    });
  }

  void placed(const place_order& order, const order_promise& to,
              order_report what) {
    placing_.erase(order.client_order_id);
    tell(to, std::move(what));
  }

  void order_answered(const place_order& order, const order_promise& to,
                      const mexc_answer& answer) {
    switch (answer.kind) {
    case mexc_answer::done:
      return order_taken(order, to, read_mexc_order_id(answer.body));
    case mexc_answer::refused:
    case mexc_answer::not_there:
      sends_.settled(order.client_order_id);
      return placed(
          order, to,
          {order_report::rejected, {}, answer.code, answer.message, 0});
    case mexc_answer::wrong_time:
    case mexc_answer::bad_access:
    case mexc_answer::slow_down:
    case mexc_answer::not_sent:
      sends_.settled(order.client_order_id);
      return placed(order, to, not_done(answer));
    case mexc_answer::unclear:
      break;
    }
    placed(order, to, report(order_report::unknown, answer.message));
  }

  /// The answer to an order has neither its status nor what was executed.
  void order_taken(const place_order& order, const order_promise& to,
                   const std::string& id) {
    if (id.empty())
      return placed(order, to,
                    report(order_report::unknown,
                           "the exchange's answer to the order cannot be read",
                           ask_again_ms));
    link_.ask_signed(
        mexc_endpoint::query_of_order,
        query_builder(order.symbol, mexc_name::order_id, id),
        [=, this](const mexc_answer& answer) {
          auto state =
              answer.kind == mexc_answer::done
                  ? read_mexc_order(answer.body,
                                    {order.client_order_id, order.symbol, id})
                  : std::nullopt;
          placed(order, to,
                 accepted(state
                              ? *state
                              : unknown_mexc_order(order.client_order_id, id)));
        });
  }

  // -- find_order, cancel_order ----------------------------------------------

  /// `late_enough`: absent once already when it could not come any more, and
  /// the clock was read since.
  void find(const find_order& what, const order_promise& to, bool late_enough) {
    auto asked_at = std::make_shared<std::int64_t>(0);
    auto build = [=, query = query_builder(
                         what.symbol, mexc_name::client_order_id,
                         what.client_order_id)](std::int64_t timestamp) {
      *asked_at = timestamp;
      return query(timestamp);
    };
    link_.ask_signed(
        mexc_endpoint::query, build, [=, this](const mexc_answer& answer) {
          if (answer.kind == mexc_answer::not_there)
            return absent(what, to, *asked_at, late_enough);
          if (answer.kind != mexc_answer::done)
            return tell(to, no_answer(answer));
          auto order = read_mexc_order(answer.body,
                                       {what.client_order_id, what.symbol, {}});
          if (order)
            return tell(to, accepted(std::move(*order)));
          tell(to, report(order_report::unknown,
                          "the exchange's answer to the query cannot be read",
                          ask_again_ms));
        });
  }

  void absent(const find_order& what, const order_promise& to,
              std::int64_t asked_at, bool late_enough) {
    auto sure_after = sends_.sure_after(what.client_order_id);
    if (asked_at <= sure_after)
      return tell(to, report(order_report::unknown,
                             "the exchange does not have the order, but it "
                             "may still come",
                             std::clamp<std::int64_t>(sure_after + 1 -
                                                          link_.server_now_ms(),
                                                      1, ask_again_ms)));
    if (late_enough) {
      sends_.settled(what.client_order_id);
      return tell(to, report(order_report::not_found,
                             "the exchange does not have the order, and can "
                             "not get it any more"));
    }
    // The server's clock may have been set back since it was read.
    link_.read_clock([=, this](bool known) {
      if (known)
        return find(what, to, true);
      tell(to, report(order_report::unknown,
                      "the exchange does not have the order, but does not "
                      "tell its time",
                      ask_again_ms));
    });
  }

  void cancel(const cancel_order& what, const order_promise& to) {
    link_.ask_signed(
        mexc_endpoint::cancel,
        [=, this](std::int64_t timestamp) {
          return mexc_cancel_request(options_.access, what.symbol,
                                     what.client_order_id, timestamp);
        },
        [=, this](const mexc_answer& answer) {
          // A refusal means that it has ended, or is not there.
          if (answer.kind == mexc_answer::done ||
              answer.kind == mexc_answer::refused ||
              answer.kind == mexc_answer::not_there)
            return find({what.client_order_id, what.symbol}, to, false);
          tell(to, no_answer(answer));
        });
  }

  const mexc_options options_;
  std::shared_ptr<http_caller> http_;
  mexc_link link_;
  mexc_symbols symbols_;
  mexc_sends sends_;
  std::size_t outstanding_ = 0;
  std::set<std::string> placing_;
  bool clock_trouble_ = false;
};

} // namespace

exchange_actor spawn_mexc_exchange(caf::actor_system& sys, mexc_options options,
                                   std::shared_ptr<http_caller> http) {
  hmac_sha256({}, {}); // throws here, not in the actor
  if (!options.now_ms)
    options.now_ms = boot_clock_ms;
  return sys.spawn<mexc_exchange>(std::move(options), std::move(http));
}

} // namespace holdfast
