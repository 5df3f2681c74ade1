// Answers that take their time, for the actors of the outside.
#pragma once

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/result.hpp>
#include <caf/typed_response_promise.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <utility>

namespace holdfast::simulation {

/// Sent by an actor to itself when an answer has taken its time.
struct answer_due {
  std::uint64_t which = 0;
};

template <class Report>
class late_answers {
public:
  template <class Self>
  caf::result<Report> answer(Self* self, Report report, std::int64_t after_ms) {
    if (after_ms == 0)
      return report;
    auto promise = self->template make_response_promise<Report>();
    waiting_[++last_] = {promise, std::move(report)};
    self->delayed_send(self, std::chrono::milliseconds{after_ms},
                       answer_due{last_});
    return promise;
  }

  void deliver(const answer_due& what) {
    auto [promise, report] = std::move(waiting_.at(what.which));
    waiting_.erase(what.which);
    promise.deliver(std::move(report));
  }

private:
  std::uint64_t last_ = 0;
  std::map<std::uint64_t,
           std::pair<caf::typed_response_promise<Report>, Report>>
      waiting_;
};

} // namespace holdfast::simulation

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(holdfast::simulation::answer_due)
