// Reports of positions for tests, and a shorter way to decide on them.
#pragma once

#include "rules/position_rules.hpp"

#include <string>

namespace holdfast::test {

/// A position as a broker reports it.
inline position_event report() {
  position_event x;
  x.account_id = "acc-1";
  x.position_id = "250999390";
  x.symbol = "EURUSD";
  x.volume = "1";
  x.open_price = "1.1";
  x.stop_loss = "1.08";
  x.take_profit = "1.15";
  return x;
}

template <class Change>
position_event report(Change change) {
  auto x = report();
  change(x);
  return x;
}

/// A close as a deal reports it: nothing but the ids and a price.
inline position_event close_report(std::string price = "1.12") {
  position_event x;
  x.change = position_change::closed;
  x.account_id = "acc-1";
  x.position_id = "250999390";
  x.close_price = std::move(price);
  return x;
}

inline position_event said(position_change change) {
  auto x = report();
  x.change = change;
  return x;
}

/// A close that was concluded from a list.
inline position_event inferred_close(std::int64_t taken_at_ms = 0) {
  auto x = close_report("");
  x.inferred = true;
  x.taken_at_ms = taken_at_ms;
  return x;
}

/// One position to which reports come, a second apart.
struct one_position {
  position_decision take(const position_event& event) {
    now_ms += 1000;
    auto after = decide_position(heard ? &known : nullptr, event, how, now_ms);
    known = after.position;
    heard = true;
    return after;
  }

  signal_settings how;
  position_record known;
  bool heard = false;
  std::int64_t now_ms = 1'000'000;
};

} // namespace holdfast::test
