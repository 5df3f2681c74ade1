// The parts that transitions are made of: grant, end, hand over, journal.
// Must not know CAF, storage, the clock or randomness.
#pragma once

#include "rules/lock_rules.hpp"

#include <string>
#include <string_view>

namespace holdfast {

/// A small JSON object for `journal_event::detail`, written in order.
class detail {
public:
  detail& json(std::string_view name, std::string_view value);
  detail& flag_if(std::string_view name, bool value);
  detail& text(std::string_view name, std::string_view value);
  detail& number(std::string_view name, std::int64_t value);
  /// Leaves the member out when `value` is empty.
  detail& text_if(std::string_view name, std::string_view value);
  std::string done() const { return text_.empty() ? text_ : text_ + '}'; }

private:
  void name(std::string_view name);
  std::string text_;
};

/// Collects one transition. Changes neither state nor anything else.
class transition_builder {
public:
  transition_builder(const resource_state& state, const circumstances& at);

  /// Gives the resource to `work`. `entry` is the queue entry it comes from.
  void grant(const transaction& work, entry_id entry, bool claimed,
             std::int64_t requested_at_ms);

  /// Begins `work` beside the lock; `entry` waited for the same, if any did.
  void begin_beside(const transaction& work, const entry_record* entry);

  /// Puts a transaction into the queue under an entry number.
  void enqueue(const transaction& work, std::uint64_t number, bool lasting);

  /// How the holder ends.
  struct ending {
    lock_status status = lock_status::released;
    std::string result;
    std::string error;
    std::string actor;
    bool bury = false;        ///< a failed task becomes a dead letter
    std::string failure = {}; ///< JSON object
  };

  /// Ends a flight. After the holder the resource goes to whoever is first: the
  /// best waiter, or `joiner` if the work did not succeed and it ranks before.
  void end(const lock_record& flight, const ending& how,
           const std::optional<flight_joiner>& joiner);

  /// The flight goes on like this.
  void go_on(lock_record flight);

  /// The act under `flight`, if one was begun, came to this. Before `end`.
  void settle_effect(const lock_record& flight, effect_state state,
                     const std::string& outcome, const std::string& actor);

  /// What the report behind a signal's lock came to. Before `end`.
  void change_signal(const signal_change& change);

  /// Takes an entry out of the queue without a grant.
  void cancel(const entry_record& entry, const std::string& actor,
              const std::string& reason);

  /// Starts the holder's lease anew, now.
  static void start_lease(lock_record& lock, const circumstances& at);

  void journal(event_kind kind, const transaction& work, lock_id lock,
               const std::string& actor, std::string detail_json);

  void bury(std::string kind, const transaction& work, const lock_record& lock,
            std::string reason);

  transition step;

  /// Numbers the version; the builder is used up.
  transition finish();

  /// What came of a trade, for the journal, too, if the exchange decided it.
  void end_trade(trade_record trade);

private:
  void queue_message(const message_draft& draft, position_record& of);
  void fail_signal(const transaction& work);
  void settle_key(const transaction& work, lock_status status, lock_id lock);
  void hand_over(const std::optional<flight_joiner>& joiner);

  const resource_state& state_;
  const circumstances& at_;
};

} // namespace holdfast
