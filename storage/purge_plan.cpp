// Judges rows by their age and by what still refers to them.
// Must not know CAF or LMDB.
#include "storage/purge_plan.hpp"

#include "storage/outcome_hash.hpp"
#include "storage/records.hpp"
#include "storage/verify_positions.hpp"

#include <algorithm>
#include <set>
#include <type_traits>

namespace holdfast::storage_impl {

namespace {

class planner {
public:
  planner(const snapshot& view, const purge_request& what)
      : view_(view), what_(what),
        max_rows_(std::max<std::size_t>(what.max_rows, 1)) {}

  purge_plan run() {
    auto& to = plan_.result;
    to.history_from =
        look_at(table::history, what_.history_from,
                [this](auto key, auto value) { judge_lock(key, value); });
    to.entries_from =
        look_at(table::entries, what_.entries_from,
                [this](auto key, auto value) { judge_entry(key, value); });
    to.dead_letters_from = look_at(
        table::dead_letters, what_.dead_letters_from,
        [this](auto key, auto value) { judge_dead_letter(key, value); });
    to.trades_from =
        look_at(table::trades, what_.trades_from, [this](auto key, auto value) {
          auto trade = decode_trade(value);
          if (settled(trade.status) && trade.status != trade_status::in_doubt &&
              trade.updated_at_ms < what_.settled_before_ms)
            erase(table::trades, key);
          return trade.created_at_ms < what_.settled_before_ms;
        });
    to.effects_from = look_at(
        table::effects, what_.effects_from, [this](auto key, auto value) {
          auto effect = decode_effect(value);
          if ((effect.state == effect_state::done ||
               effect.state == effect_state::failed) &&
              effect.updated_at_ms < what_.settled_before_ms)
            erase(table::effects, key);
          return effect.created_at_ms < what_.settled_before_ms;
        });
    to.positions_from = look_at(
        table::positions, what_.positions_from,
        [this](auto key, auto value) { return judge_position(key, value); });
    judge_journal();
    to.removed = plan_.erasures.size();
    return std::move(plan_);
  }

private:
  /// Calls `judge` for the rows from number `from` on; answers where to go on.
  /// A `judge` that answers false knows that all later rows stay.
  template <class Judge>
  std::uint64_t look_at(table t, std::uint64_t from, Judge judge) {
    std::size_t seen = 0;
    view_.scan(t, number_key(from), [&](auto key, auto value) {
      if (seen++ == max_rows_) {
        plan_.result.more = true;
        return false;
      }
      from = key_number(key) + 1;
      if constexpr (std::is_same_v<decltype(judge(key, value)), bool>)
        return judge(key, value);
      else
        judge(key, value);
      return true;
    });
    return from;
  }

  void judge_lock(std::string_view key, std::string_view value) {
    auto lock = decode_lock(value);
    if (lock.released_at_ms >= what_.ended_before_ms)
      return;
    erase(table::history, key);
    if (!lock.work.idempotency_key.empty())
      erase_outcome(lock.work, [&](const outcome_record& x) {
        return x.lock.number == lock.id.number;
      });
  }

  void judge_entry(std::string_view key, std::string_view value) {
    auto entry = decode_entry(value);
    if (entry.status == entry_status::waiting ||
        entry.settled_at_ms >= what_.ended_before_ms)
      return;
    if (entry.granted && !ended_before(entry.granted.number))
      return;
    erase(table::entries, key);
    if (!entry.granted && !entry.work.idempotency_key.empty())
      erase_outcome(entry.work, [&](const outcome_record& x) {
        return !x.lock && x.ended_at_ms < what_.ended_before_ms;
      });
  }

  void judge_dead_letter(std::string_view key, std::string_view value) {
    if (decode_dead_letter(value).at_ms < what_.dead_before_ms)
      erase(table::dead_letters, key);
  }

  /// A closed position whose messages have all ended. False when all later
  /// ones are too young.
  bool judge_position(std::string_view key, std::string_view value) {
    auto x = decode_position(value);
    if (!x.open && x.status != position_status::processing &&
        x.updated_at_ms < what_.settled_before_ms &&
        !has_rows(view_, table::outbox, x.resource)) {
      erase(table::positions, key);
      auto ref = view_.get(table::position_index, x.resource);
      if (ref && decode_position_ref(*ref).number == x.signal.number)
        erase(table::position_index, x.resource);
    }
    return x.created_at_ms < what_.settled_before_ms;
  }

  /// The journal goes from its oldest row on, so that it never has gaps.
  void judge_journal() {
    std::size_t seen = 0;
    std::string oldest; // found old; goes when another row follows
    view_.scan(table::journal, {}, [&](auto key, auto value) {
      if (!oldest.empty())
        erase(table::journal, oldest);
      oldest.clear();
      if (decode_event(key_number(key), value).at_ms >= what_.journal_before_ms)
        return false;
      if (seen++ == max_rows_) {
        plan_.result.more = true;
        return false;
      }
      oldest = key;
      return true;
    });
  }

  bool ended_before(std::uint64_t lock) const {
    auto key = number_key(lock);
    if (view_.get(table::locks, key))
      return false;
    auto ended = view_.get(table::history, key);
    return !ended || decode_lock(*ended).released_at_ms < what_.ended_before_ms;
  }

  template <class Condition>
  void erase_outcome(const transaction& work, Condition goes) {
    auto key = outcome_key_of(work.resource, work.idempotency_key);
    auto value = view_.get(table::outcomes, key);
    if (value && goes(decode_outcome(*value)) && outcomes_.insert(key).second)
      erase(table::outcomes, key);
  }

  void erase(table t, std::string_view key) {
    plan_.erasures.push_back({t, std::string{key}, std::nullopt});
  }

  const snapshot& view_;
  const purge_request& what_;
  const std::size_t max_rows_;
  purge_plan plan_;
  std::set<std::string> outcomes_; ///< those that go already
};

} // namespace

purge_plan plan_purge(const snapshot& view, const purge_request& what) {
  return planner{view, what}.run();
}

} // namespace holdfast::storage_impl
