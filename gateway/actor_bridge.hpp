// Asks actors from a thread that is no actor's, without blocking it.
// Must not know HTTP, Boost or which actors are asked.
#pragma once

#include "gateway/task_queue.hpp"
#include "messages/type_ids.hpp"

#include <caf/actor.hpp>
#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/message.hpp>
#include <caf/response_type.hpp>

#include <functional>
#include <memory>
#include <tuple>
#include <utility>
#include <variant>

namespace holdfast {

/// What an actor of type `Handle` answers to a `Request`.
template <class Handle, class Request>
using answer_to = std::tuple_element_t<
    0, typename caf::response_type<typename Handle::signatures,
                                   Request>::tuple_type>;

/// The answer, or the refusal.
template <class T>
using answer_or_problem = std::variant<T, problem>;

/// Sends requests from one thread and brings the answers back to it, many at a
/// time when many come at once. All functions on that thread.
class actor_bridge {
public:
  /// `home` is drained by the thread that will call the other functions.
  actor_bridge(caf::actor_system& sys, std::shared_ptr<task_queue> home);

  /// Answers under way go nowhere.
  ~actor_bridge();

  actor_bridge(const actor_bridge&) = delete;
  actor_bridge& operator=(const actor_bridge&) = delete;

  /// Asks `to` for `what`; `then` hears the answer, or why there is none: an
  /// actor that has ended is `errc::shutting_down`. Time is not limited here.
  template <class Handle, class Request, class F>
  void request(const Handle& to, Request what, F then) {
    using answer = answer_to<Handle, Request>;
    send(caf::actor_cast<caf::strong_actor_ptr>(to),
         caf::make_message(std::move(what)),
         [then = std::move(then)](caf::message& content) mutable {
           then(unpack<answer>(content));
         });
  }

  /// Tells `to` something that is not answered.
  template <class Handle, class Message>
  void tell(const Handle& to, Message what) {
    if (auto* receiver = caf::actor_cast<caf::abstract_actor*>(to))
      receiver->eq_impl(caf::make_message_id(), nullptr, nullptr,
                        std::move(what));
  }

private:
  using handler = std::function<void(caf::message&)>;
  struct state;

  template <class T>
  static answer_or_problem<T> unpack(caf::message& content) {
    if (content.match_elements<T>())
      return std::move(content.get_mutable_as<T>(0));
    return refusal_in(content);
  }

  static problem refusal_in(const caf::message& content);
  void send(const caf::strong_actor_ptr& to, caf::message what, handler then);

  std::shared_ptr<state> state_;
  caf::actor sink_;
};

} // namespace holdfast
