// What a report of a position means: news or not, which signal, which result.
// Must not know CAF, HTTP, storage, the clock or randomness.
#pragma once

#include "messages/position.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast {

/// The size of a pip by instrument.
class pip_table {
public:
  /// Knows the defaults alone: forex 0.0001, JPY quotes 0.01, XAU 0.1, XAG
  /// 0.01, crypto and indices 1. Forex is what has two currency codes, in
  /// front of a broker's suffix (".m", "_i", "-pro", a lower-case tail); so is
  /// a metal in a currency.
  pip_table() = default;

  /// Adds a pattern (shell glob over the symbol: `*`, `?`, `[…]`) with its
  /// size, a plain decimal greater than 0; the longest pattern that matches
  /// counts, before the defaults. Answers what is wrong, if anything.
  std::optional<std::string> add(std::string pattern, std::string size);

  /// A plain decimal.
  std::string size_of(std::string_view symbol) const;

private:
  std::map<std::string, std::string> patterns_;
};

struct signal_settings {
  std::string category = "vip";
  pip_table pips;
};

/// How many pips a position has won (or lost: negative) between two prices,
/// from its own side. Exact; a plain decimal without superfluous zeros,
/// rounded half away from zero to at most two decimals. All are plain decimals.
std::string pips_between(position_side side, std::string_view open_price,
                         std::string_view close_price,
                         std::string_view pip_size);

/// What is wrong with a report, as `errc::invalid` with the field and what
/// would be right, if anything. Normalises: a symbol without any capital is
/// put in capitals, others are kept as sent, with a broker's suffix; decimals
/// plain; a price of 0 is none. A close needs its ids alone.
std::optional<problem> prepare_position(position_event& event);

/// What a prepared report changes of what is known. `known` is null for a
/// position that nobody has heard of; one whose signal has failed, or is being
/// made of this very report, counts as such, but keeps its signal, the time it
/// was created, and its silence.
///
///   nothing known   opened, updated, unsaid → created; closed → closed, not
///                   announced
///   open            what changes stop loss, take profit, volume, open price
///                   → updated; closed → closed; an opened (said or unsaid)
///                   without news → duplicate, an updated → unchanged
///   closed          → unchanged; but one whose close was inferred is open
///                   again by any report (updated; created, if it never was
///                   announced), and takes the price and profit of a close
///                   that brings them (closed)
///   touched after the list was taken that the report comes from → unchanged
///
/// With an outcome of duplicate or unchanged the position is as before but for
/// what was heard last (current price, profit, `touched_at_ms`), and a close
/// that is not inferred any more. Symbol and side of a known position never
/// change; side and open price of a close are the position's own, its price and
/// profit the close's, or none.
struct position_decision {
  position_outcome outcome = position_outcome::unchanged;
  position_record position;
  /// In words, e.g. "stop loss 1.1 → 1.2"; none of created, and of closed
  /// only when the close was known and gets its price or profit now.
  std::vector<std::string> changes;
};
/// Whether `known` was heard of after a list was taken, which then says nothing
/// of it. A touch of the future was timed by a wall clock that has been set
/// back since: nothing is known by it.
bool touched_after(const position_record& known, std::int64_t taken_at_ms,
                   std::int64_t now_ms);

position_decision decide_position(const position_record* known,
                                  const position_event& event,
                                  const signal_settings& how,
                                  std::int64_t now_ms);

} // namespace holdfast
