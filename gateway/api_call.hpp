// One call of the API on its way to its answer: what every route works with.
// Internal to the routes; must not know Boost.
#pragma once

#include "actors/interfaces.hpp"
#include "gateway/actor_bridge.hpp"
#include "gateway/event_hub.hpp"
#include "gateway/gateway.hpp"
#include "gateway/problem.hpp"
#include "gateway/request_counts.hpp"
#include "gateway/request_fields.hpp"
#include "gateway/shapes.hpp"
#include "rules/refusals.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace holdfast {

/// Longest wait that a call may ask for.
constexpr std::int64_t wait_max_ms = 300'000;

/// Journal numbers are JSON numbers, and so stay below 2^53 as tokens do.
constexpr std::int64_t seq_max = (std::int64_t{1} << 53) - 1;

/// Why an operator did something: at most so many bytes.
constexpr std::size_t reason_bytes_max = 4096;

/// An array of requests is taken apart before its elements are: deeper nesting
/// than an element may have is refused by the element alone, up to this.
constexpr std::size_t batch_depth_max = 1000;

/// What all calls share.
struct api_context {
  api_context(locks_actor l, queries_actor q, positions_actor p,
              gateway_options o)
      : locks(std::move(l)), queries(std::move(q)), positions(std::move(p)),
        options(std::move(o)) {}

  /// Names one waiting call for `abandon_wait`.
  std::uint64_t next_caller() { return ++last_caller; }

  const locks_actor locks;
  const queries_actor queries;
  const positions_actor positions;
  const gateway_options options;
  std::vector<std::unique_ptr<actor_bridge>> bridges; ///< by I/O thread
  std::vector<std::unique_ptr<event_hub>> hubs;       ///< by I/O thread
  event_streams streams;
  request_counts requests;
  std::atomic<std::uint64_t> last_caller{0};
};

/// One request, matched to its route, whose scope its caller has. On its
/// connection's I/O thread.
struct api_call {
  api_context& api;
  const http_request& request;
  reply answer;
  std::vector<std::string> params;    ///< from the path, percent-decoded
  query_fields query;                 ///< already checked for names
  const holdfast::identity& identity; ///< who calls; names the actor

  actor_bridge& bridge() const { return *api.bridges[request.io_thread]; }

  void refuse(const problem& why) const { answer(to_response(why)); }

  /// Refuses to act for an owner that is not the caller's own.
  std::optional<problem> check_owner(std::string_view owner) const {
    if (identity.acts_for(owner))
      return std::nullopt;
    problem why;
    why.code = errc::forbidden;
    why.detail = "The token '" + identity.name + "' acts for the owner '" +
                 identity.owner_id + "' alone.";
    return why;
  }

  /// Refuses a path parameter that is no resource or owner.
  bool check_param(std::string_view name) const {
    auto why = check_text(name, params.front());
    if (why)
      refuse(*why);
    return !why;
  }

  /// The path parameter as an id. What is no id names nothing: `not-found`.
  template <id_kind Kind>
  std::optional<basic_id<Kind>> id_param(std::string_view what) const {
    auto id = parse_id<Kind>(params.front());
    if (!id) {
      problem why;
      why.code = errc::not_found;
      why.detail = "There is no such " + std::string{what} + ".";
      refuse(why);
    }
    return id;
  }
};

/// An answer with a JSON body.
inline http_response json_response(unsigned status, std::string body) {
  http_response out;
  out.status = status;
  out.body = std::move(body);
  return out;
}

/// The answer of an actor as JSON, or its refusal.
template <class T>
http_response to_response(const answer_or_problem<T>& result,
                          unsigned status = 200) {
  if (auto* refused = std::get_if<problem>(&result))
    return to_response(*refused);
  return json_response(status, to_json(std::get<T>(result)));
}

/// Asks `to` and answers `call` with what it says.
template <class Handle, class Request>
void forward(const api_call& call, const Handle& to, Request what) {
  using answer = answer_to<Handle, Request>;
  call.bridge().request(
      to, std::move(what),
      [reply = call.answer](const answer_or_problem<answer>& result) {
        reply(to_response(result));
      });
}

/// Whether the caller of a waiting call is still there.
class caller_watch {
public:
  /// To be made before the route returns, and only by calls that wait: when
  /// the server stops it answers those at once.
  static std::shared_ptr<caller_watch> over(const reply& answer) {
    auto watch = std::make_shared<caller_watch>();
    answer.on_hangup([watch] {
      watch->gone_ = true;
      for (auto& act : std::exchange(watch->acts_, {}))
        act();
    });
    return watch;
  }

  bool gone() const { return gone_; }

  void when_gone(std::function<void()> act) { acts_.push_back(std::move(act)); }

private:
  bool gone_ = false;
  std::vector<std::function<void()>> acts_;
};

} // namespace holdfast
