// The requests that one actor has made of an HTTP caller and waits for.
// Must not know whom it calls and why.
#pragma once

#include "adapters/http_caller.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/send.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <unordered_map>
#include <utility>

namespace holdfast {

/// How a reply comes from the caller's thread to the actor.
struct http_answer {
  std::uint64_t number = 0;
  http_reply reply;
};

/// Every request is answered by its callback exactly once, in the actor: from
/// within `answered` or `stop`. Not thread-safe.
class http_line {
public:
  using callback = std::function<void(http_reply)>;

  explicit http_line(std::shared_ptr<http_caller> http)
      : http_(std::move(http)) {}

  /// `me` is the actor's handle: it passes an `http_answer` to `answered`.
  template <class Handle>
  void ask(const Handle& me, http_call call, callback then) {
    auto number = ++last_number_;
    under_way_.emplace(number, std::move(then));
    // On the caller's thread; the actor may be gone by then.
    http_->send(std::move(call), [me, number](http_reply reply) {
      caf::anon_send(me, http_answer{number, std::move(reply)});
    });
  }

  void answered(const http_answer& x) {
    auto found = under_way_.extract(x.number);
    if (!found.empty())
      found.mapped()(x.reply);
  }

  /// Answers everything that waits; nothing is asked any more.
  void stop() {
    for (auto& [number, then] : std::exchange(under_way_, {}))
      then({http_reply::broken, 0, {}, {}, "the node is stopping"});
    http_.reset();
  }

private:
  std::shared_ptr<http_caller> http_;
  std::uint64_t last_number_ = 0;
  std::unordered_map<std::uint64_t, callback> under_way_;
};

} // namespace holdfast

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::http_answer)
