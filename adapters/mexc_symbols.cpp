#include "adapters/mexc_symbols.hpp"

#include <utility>

namespace holdfast {

namespace {

constexpr std::size_t symbols_max = 4096;

} // namespace

void mexc_symbols::look_up(const std::string& symbol, callback then) {
  auto known = known_.find(symbol);
  if (known != known_.end() && known->second.rules.tradable &&
      link_.now_ms() - known->second.at_ms < options_.symbol_age_max_ms)
    return then(&known->second.rules, {});
  auto& waiters = waiters_[symbol];
  waiters.push_back(std::move(then));
  if (waiters.size() == 1)
    link_.ask(
        mexc_endpoint::symbol, mexc_symbol_request(options_.access, symbol),
        [=, this](const mexc_answer& answer) { answered(symbol, answer); });
}

void mexc_symbols::answered(const std::string& symbol,
                            const mexc_answer& answer) {
  auto waiters = std::move(waiters_.extract(symbol).mapped());
  auto why = take_in(symbol, answer);
  auto known = known_.find(symbol);
  auto usable = known != known_.end() && why.kind != order_report::rejected;
  for (auto& then : waiters)
    then(usable ? &known->second.rules : nullptr, why);
}

/// Why there is nothing newer, unless there is.
order_report mexc_symbols::take_in(const std::string& symbol,
                                   const mexc_answer& answer) {
  if (answer.kind == mexc_answer::refused)
    return {order_report::rejected, {}, answer.code, answer.message, 0};
  if (answer.kind != mexc_answer::done)
    return {order_report::unavailable,
            {},
            {},
            answer.message,
            answer.retry_after_ms};
  auto reply = read_mexc_symbol(answer.body, symbol);
  if (reply.kind == mexc_symbol_reply::not_listed)
    return {order_report::rejected,
            {},
            "10007",
            "MEXC has no symbol " + symbol + " (seen before sending)",
            0};
  if (reply.kind == mexc_symbol_reply::unreadable)
    return {order_report::unavailable,
            {},
            {},
            "what the exchange says of " + symbol + " cannot be read",
            0};
  if (known_.size() >= symbols_max)
    known_.clear();
  known_[symbol] = {reply.symbol, link_.now_ms()};
  return {};
}

} // namespace holdfast
