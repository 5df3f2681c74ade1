#include "adapters/mexc_link.hpp"

#include "adapters/mexc_replies.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace holdfast {

namespace {

constexpr std::int64_t window_ms = 10'000;

/// What one request counts against the limit of its kind, by `mexc_endpoint`.
constexpr std::array<std::int64_t, 6> weights{1, 10, 1, 2, 1, 0};

mexc_answer answer_of(mexc_answer::kind_type kind, std::string message,
                      std::int64_t retry_after_ms = 0) {
  mexc_answer result;
  result.kind = kind;
  result.message = std::move(message);
  result.retry_after_ms = retry_after_ms;
  return result;
}

} // namespace

mexc_link::mexc_link(const mexc_options& options, sender send)
    : options_(options), send_(std::move(send)),
      limits_(weights.size(), weight_limiter{options.weight_max, window_ms}) {}

void mexc_link::ask(mexc_endpoint what, http_call call, callback then) {
  if (stopping_)
    return then(answer_of(mexc_answer::not_sent, "the node is stopping"));
  auto now = now_ms();
  if (now < paused_until_ms_)
    return then(answer_of(mexc_answer::slow_down,
                          "the exchange wanted a pause, which is not over",
                          paused_until_ms_ - now));
  // An order whose state cannot be asked for would only end in doubt.
  auto wait =
      what == mexc_endpoint::order ? take(mexc_endpoint::query, now) : 0;
  if (wait == 0)
    wait = take(what, now);
  if (wait > 0)
    return then(answer_of(mexc_answer::slow_down,
                          "as many requests were sent as the exchange takes "
                          "in 10 s",
                          wait));
  auto number = ++last_number_;
  under_way_.emplace(number, std::move(then));
  send_(number, std::move(call));
}

std::int64_t mexc_link::take(mexc_endpoint what, std::int64_t now) {
  auto index = static_cast<std::size_t>(what);
  return weights[index] == 0 ? 0 : limits_[index].take(weights[index], now);
}

void mexc_link::answered(std::uint64_t number, http_reply reply) {
  auto found = under_way_.extract(number);
  if (found.empty())
    return;
  auto answer = judge_mexc_reply(std::move(reply));
  if (answer.kind == mexc_answer::slow_down)
    paused_until_ms_ =
        std::max(paused_until_ms_, now_ms() + answer.retry_after_ms);
  note_trouble(answer);
  found.mapped()(answer);
}

/// What an operator should hear of even when nobody trades.
void mexc_link::note_trouble(const mexc_answer& answer) {
  using kind = mexc_answer::kind_type;
  std::string trouble;
  if (answer.kind == kind::bad_access || answer.kind == kind::slow_down)
    trouble = "MEXC: " + answer.message;
  else if (answer.kind != kind::done)
    return; // neither good nor bad news of keys and limits
  if (trouble != std::exchange(last_trouble_, trouble) && !trouble.empty() &&
      options_.warn)
    options_.warn(trouble);
}

void mexc_link::ask_signed(mexc_endpoint what, builder build, callback then) {
  auto go_on = [this, what, build = std::move(build),
                then = std::move(then)](bool known) {
    if (!known)
      return then(answer_of(mexc_answer::not_sent,
                            "the exchange does not tell its time, which "
                            "every request needs"));
    begin_signed(what, build, then, false);
  };
  if (knows_time_)
    go_on(true);
  else
    read_clock(std::move(go_on));
}

void mexc_link::begin_signed(mexc_endpoint what, const builder& build,
                             callback then, bool again) {
  // The request is made only when it can be sent: its making is remembered.
  if (stopping_)
    return then(answer_of(mexc_answer::not_sent, "the node is stopping"));
  ask(what, build(server_now_ms()),
      [=, this, then = std::move(then)](const mexc_answer& answer) {
        if (answer.kind != mexc_answer::wrong_time || again)
          return then(answer);
        read_clock([=, this](bool known) {
          if (known)
            begin_signed(what, build, then, true);
          else
            then(answer);
        });
      });
}

void mexc_link::read_clock(std::function<void(bool)> then) {
  if (stopping_)
    return then(false);
  clock_waiters_.push_back(std::move(then));
  if (std::exchange(reading_clock_, true))
    return;
  ask(mexc_endpoint::time, mexc_time_request(options_.access),
      [this](const mexc_answer& answer) { clock_read(answer); });
}

void mexc_link::clock_read(const mexc_answer& answer) {
  reading_clock_ = false;
  auto time = answer.kind == mexc_answer::done ? read_mexc_time(answer.body)
                                               : std::nullopt;
  if (time) {
    // It showed this before the answer came, and shows more now: timestamps
    // are never ahead of the server's clock.
    offset_ms_ = *time - now_ms();
    knows_time_ = true;
  }
  for (auto& then : std::exchange(clock_waiters_, {}))
    then(time.has_value());
}

void mexc_link::stop() {
  stopping_ = true;
  for (auto& [number, then] : std::exchange(under_way_, {}))
    then(answer_of(mexc_answer::unclear, "the node is stopping"));
}

} // namespace holdfast
