#include "adapters/metaapi_source.hpp"

#include "adapters/http_line.hpp"
#include "adapters/metaapi_protocol.hpp"
#include "adapters/wall_clock.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <algorithm>
#include <iterator>
#include <stdexcept>
#include <utility>
#include <vector>

namespace holdfast {

namespace {

using metaapi_actor =
    position_source_actor::extend<caf::reacts_to<http_answer>>;
using positions_promise = caf::typed_response_promise<fetched_positions>;
using close_promise = caf::typed_response_promise<fetched_close>;

/// A bound for a time in which more was traded than anybody trades.
constexpr std::size_t deals_listed_max = 20 * metaapi_deals_max;

bool fits_header(std::string_view token) {
  return !token.empty() &&
         std::ranges::all_of(token, [](char c) { return c > ' ' && c <= '~'; });
}

/// A question about a close, whose deals come in parts.
struct close_question {
  fetch_close what;
  close_promise to;
  std::vector<metaapi_deal> deals; ///< of the position, as far as they came
  std::size_t listed = 0;          ///< of all positions
};

class metaapi_source : public metaapi_actor::base {
public:
  metaapi_source(caf::actor_config& cfg, metaapi_options options,
                 std::shared_ptr<http_caller> http)
      : metaapi_actor::base(cfg), options_(std::move(options)),
        line_(std::move(http)) {}

  behavior_type make_behavior() override {
    return {
        [this](fetch_positions) { return list_positions(); },
        [this](const fetch_close& what) {
          auto to = make_response_promise<fetched_close>();
          next_deals(std::make_shared<close_question>(
              close_question{what, to, {}, 0}));
          return to;
        },
        [this](const http_answer& x) { line_.answered(x); },
    };
  }

  const char* name() const override { return "metaapi_source"; }

  void on_exit() override { line_.stop(); }

private:
  positions_promise list_positions() {
    auto to = make_response_promise<fetched_positions>();
    line_.ask(metaapi_actor{this}, metaapi_positions_request(options_),
              [this, to](const http_reply& reply) mutable {
                to.deliver(
                    read_metaapi_positions(options_, reply, options_.now_ms()));
              });
    return to;
  }

  void next_deals(const std::shared_ptr<close_question>& about) {
    line_.ask(metaapi_actor{this},
              metaapi_deals_request(options_, about->what.from_ms,
                                    about->what.to_ms, about->listed),
              [this, about](const http_reply& reply) {
                deals_came(about, read_metaapi_deals(options_, reply,
                                                     about->what.position_id,
                                                     options_.now_ms()));
              });
  }

  void deals_came(const std::shared_ptr<close_question>& about,
                  metaapi_deals part) {
    if (!part.ok)
      return tell(
          about,
          {false, false, {}, {}, {}, std::move(part.why), part.retry_after_ms});
    about->listed += part.listed;
    std::ranges::move(part.deals, std::back_inserter(about->deals));
    if (part.listed < metaapi_deals_max)
      return tell(about, close_of(about->deals));
    if (about->listed >= deals_listed_max)
      return tell(about, {false,
                          false,
                          {},
                          {},
                          {},
                          "MetaApi lists more than " +
                              std::to_string(deals_listed_max) +
                              " deals for the time of the position",
                          0});
    next_deals(about);
  }

  static void tell(const std::shared_ptr<close_question>& about,
                   fetched_close answer) {
    about->to.deliver(std::move(answer));
  }

  const metaapi_options options_;
  http_line line_;
};

} // namespace

position_source_actor spawn_metaapi_source(caf::actor_system& sys,
                                           metaapi_options options,
                                           std::shared_ptr<http_caller> http) {
  if (!fits_header(options.token))
    throw std::invalid_argument("this is no token of MetaApi's");
  if (!options.now_ms)
    options.now_ms = wall_clock_ms;
  return sys.spawn<metaapi_source>(std::move(options), std::move(http));
}

} // namespace holdfast
