// What a report changes of what is known of a position.
// Must not know CAF, HTTP, storage, the clock or randomness.
#include "rules/decimal.hpp"
#include "rules/position_rules.hpp"

#include <algorithm>
#include <utility>

namespace holdfast {

namespace {

bool same_amount(const std::string& a, const std::string& b) {
  if (a.empty() || b.empty())
    return a.empty() && b.empty();
  return parse_decimal(a) == parse_decimal(b);
}

std::string in_words(std::string_view name, const std::string& from,
                     const std::string& to) {
  auto value = [](const std::string& x) { return x.empty() ? "none" : x; };
  return std::string{name} + ' ' + value(from) + " → " + value(to);
}

void take_unless_empty(std::string& known, const std::string& heard) {
  if (!heard.empty())
    known = heard;
}

/// One report met with one position.
class meeting {
public:
  meeting(const position_event& event, const signal_settings& how,
          std::int64_t now_ms)
      : event_(event), how_(how), now_ms_(now_ms) {}

  /// `former`: what was known of it before it failed, if anything.
  position_decision begin(const position_record* former) {
    auto& x = after_.position;
    if (former != nullptr)
      x = *former;
    if (x.created_at_ms == 0)
      x.created_at_ms = now_ms_;
    x.resource = position_resource(event_.account_id, event_.position_id);
    x.account_id = event_.account_id;
    x.position_id = event_.position_id;
    x.category = how_.category;
    x.status = position_status::completed;
    x.announced = !closes();
    x.silent = x.silent || event_.silent;
    take_unless_empty(x.symbol, event_.symbol);
    if (former == nullptr || !closes())
      x.side = event_.side;
    take_terms();
    hear();
    undo_close();
    if (!closes())
      return ended(position_outcome::created);
    // Nobody was told of it: its close has a price, but no result.
    x.close_price = price_of_close();
    mark_closed();
    return ended(position_outcome::closed);
  }

  position_decision go_on(const position_record& known) {
    after_.position = known;
    if (event_.taken_at_ms != 0 &&
        touched_after(known, event_.taken_at_ms, now_ms_))
      return after_;
    if (known.open)
      return closes() ? close() : change();
    if (!known.inferred_close)
      return after_;
    if (closes())
      return confirm();
    return known.announced ? reopen() : begin(&known);
  }

private:
  bool closes() const { return event_.change == position_change::closed; }

  position_decision ended(position_outcome outcome) {
    after_.outcome = outcome;
    after_.position.updated_at_ms = now_ms_;
    return std::move(after_);
  }

  /// What is remembered whatever else the report is.
  void hear() {
    auto& x = after_.position;
    take_unless_empty(x.current_price, event_.current_price);
    take_unless_empty(x.profit, event_.profit);
    // A list tells of the time when it was taken, though never of the future.
    auto at = event_.taken_at_ms == 0 ? now_ms_
                                      : std::min(event_.taken_at_ms, now_ms_);
    auto future = x.touched_at_ms > now_ms_;
    x.touched_at_ms = future ? at : std::max(x.touched_at_ms, at);
  }

  void take_terms() {
    auto& x = after_.position;
    x.stop_loss = event_.stop_loss;
    x.take_profit = event_.take_profit;
    take_unless_empty(x.volume, event_.volume);
    take_unless_empty(x.open_price, event_.open_price);
    take_unless_empty(x.comment, event_.comment);
  }

  void tell(std::string_view name, const std::string& from,
            const std::string& to) {
    if (!same_amount(from, to))
      after_.changes.push_back(in_words(name, from, to));
  }

  void tell_if_said(std::string_view name, const std::string& from,
                    const std::string& to) {
    if (!to.empty())
      tell(name, from, to);
  }

  /// Tells the terms that are about to be taken.
  void tell_terms() {
    const auto& x = after_.position;
    tell("stop loss", x.stop_loss, event_.stop_loss);
    tell("take profit", x.take_profit, event_.take_profit);
    // These every position has.
    tell_if_said("volume", x.volume, event_.volume);
    tell_if_said("open price", x.open_price, event_.open_price);
  }

  position_decision change() {
    tell_terms();
    hear();
    if (!after_.changes.empty()) {
      take_terms();
      return ended(position_outcome::updated);
    }
    after_.outcome = event_.change == position_change::updated
                         ? position_outcome::unchanged
                         : position_outcome::duplicate;
    return std::move(after_);
  }

  /// The absence that a close was concluded from is over.
  position_decision reopen() {
    after_.changes.emplace_back("open again");
    tell_terms();
    hear();
    take_terms();
    undo_close();
    return ended(position_outcome::updated);
  }

  std::string price_of_close() const {
    return event_.close_price.empty() ? event_.current_price
                                      : event_.close_price;
  }

  void undo_close() {
    auto& x = after_.position;
    x.open = true;
    x.inferred_close = false;
    x.closed_at_ms = 0;
    x.close_price.clear();
    x.result_pips.clear();
  }

  void mark_closed() {
    after_.position.open = false;
    after_.position.inferred_close = event_.inferred;
    after_.position.closed_at_ms = now_ms_;
  }

  /// Side, symbol and open price are the position's: the deal that closes it
  /// has the other side.
  void take_result() {
    auto& x = after_.position;
    hear();
    take_unless_empty(x.comment, event_.comment);
    take_unless_empty(x.close_price, price_of_close());
    auto known = x.announced && !x.open_price.empty() && !x.close_price.empty();
    x.result_pips = known ? pips_between(x.side, x.open_price, x.close_price,
                                         how_.pips.size_of(x.symbol))
                          : std::string{};
  }

  position_decision close() {
    take_result();
    // What was heard while it was open is not what it brought in the end.
    after_.position.profit = event_.profit;
    mark_closed();
    return ended(position_outcome::closed);
  }

  /// A close is reported of a position whose close was only inferred.
  position_decision confirm() {
    auto& x = after_.position;
    tell_if_said("close price", x.close_price, price_of_close());
    tell_if_said("profit", x.profit, event_.profit);
    x.inferred_close = event_.inferred;
    if (after_.changes.empty()) {
      hear();
      return std::move(after_);
    }
    take_result();
    return ended(position_outcome::closed);
  }

  const position_event& event_;
  const signal_settings& how_;
  std::int64_t now_ms_;
  position_decision after_; ///< as far as it is decided
};

} // namespace

bool touched_after(const position_record& known, std::int64_t taken_at_ms,
                   std::int64_t now_ms) {
  return known.touched_at_ms > taken_at_ms && known.touched_at_ms <= now_ms;
}

position_decision decide_position(const position_record* known,
                                  const position_event& event,
                                  const signal_settings& how,
                                  std::int64_t now_ms) {
  meeting both{event, how, now_ms};
  auto goes_on =
      known != nullptr && known->status == position_status::completed;
  return goes_on ? both.go_on(*known) : both.begin(known);
}

} // namespace holdfast
