// A position at a broker, what is reported of it, and the signal it becomes.
// Must not know CAF, HTTP or storage.
#pragma once

#include "messages/effect.hpp"
#include "messages/errc.hpp"
#include "messages/ids.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast {

/// The task that turns what is reported of a position into its signal, and the
/// name under which its executor is registered.
inline constexpr std::string_view signal_task = "signal";

enum class position_side : std::uint8_t { buy, sell };

/// What the reporter says has happened.
enum class position_change : std::uint8_t {
  unsaid, ///< follows from what is known of the position
  opened,
  updated,
  closed,
};

std::string_view to_string(position_side x);   ///< BUY, SELL
std::string_view to_string(position_change x); ///< empty when unsaid
bool from_string(std::string_view text, position_side& x); ///< MT5's, too
bool from_string(std::string_view text, position_change& x);

/// One report of a position's whole state. Amounts are plain decimal texts
/// (see rules/decimal.hpp); what was not given is empty.
struct position_event {
  position_change change = position_change::unsaid;
  std::string account_id;
  std::string position_id;
  std::string symbol;
  position_side side = position_side::buy;
  std::string volume;
  std::string open_price;
  std::string current_price;
  std::string stop_loss;   ///< empty: the position has none
  std::string take_profit; ///< empty: the position has none
  std::string profit; ///< holds swap and commission as far as the broker says
  std::string commission;
  std::string swap;
  std::string close_price;
  std::string time; ///< as the reporter wrote it
  std::string comment;
  /// Where the report comes from: a feed's first contact with an account may
  /// be told not to announce what is open already.
  bool silent = false;
  /// A close that was concluded from the position's absence; a later report
  /// of the position undoes it.
  bool inferred = false;
  /// When the list was taken that this comes from, wall clock; 0: it is news
  /// by itself. A position that was touched later is left alone.
  std::int64_t taken_at_ms = 0;
};

/// The JSON object that a signal's lock carries as its transaction data, and
/// back; false when it is none.
std::string to_json(const position_event& x);
bool from_json(std::string_view text, position_event& x);

enum class position_status : std::uint8_t {
  processing, ///< its signal is being made
  completed,
  failed, ///< no signal came of it; the next report tries again
};

/// What has become of a signal's message.
enum class message_status : std::uint8_t {
  off, ///< there is none, and none is wanted
  pending,
  sent,
  unknown, ///< nobody knows; an operator has to find out
  failed,  ///< it surely was not sent; a later change sends it
};

std::string_view to_string(position_status x);
std::string_view to_string(message_status x);
bool from_string(std::string_view text, position_status& x);
bool from_string(std::string_view text, message_status& x);

/// The message of a signal, where there is one.
struct message_state {
  message_status status = message_status::off;
  std::string chat_id;
  std::int64_t message_id = 0; ///< 0: not known
};

/// A position with its signal, as kept in the store: the signal's number is
/// the position's.
struct position_record {
  std::string resource;
  signal_id signal; ///< reserved from the first report on
  std::string account_id;
  std::string position_id;
  std::string symbol;
  position_side side = position_side::buy;
  position_status status = position_status::processing;
  /// False for a position that was closed before anybody heard of it.
  bool announced = false;
  bool open = true;
  bool inferred_close = false; ///< see `position_event::inferred`
  bool silent = false;         ///< no messages are wanted
  std::string category;
  std::string volume;
  std::string open_price;
  std::string stop_loss;
  std::string take_profit;
  std::string current_price; ///< last heard
  std::string profit;        ///< last heard
  std::string close_price;
  std::string result_pips; ///< of a close with a price
  std::string comment;
  message_state message;
  std::uint64_t newest_text = 0;  ///< number of the effect that has it
  std::int64_t created_at_ms = 0; ///< wall clock, like all `_at_ms`
  std::int64_t updated_at_ms = 0;
  std::int64_t closed_at_ms = 0;  ///< 0: open
  std::int64_t touched_at_ms = 0; ///< when it was last reported
};

/// What came of one report.
enum class position_outcome : std::uint8_t {
  created,
  updated,
  closed,
  duplicate, ///< an open that brings nothing new
  unchanged, ///< anything else that brings nothing new
};

std::string_view to_string(position_outcome x);

// Kinds of effects that are messages: they act under no lock.
inline constexpr std::string_view telegram_send = "telegram_send";
inline constexpr std::string_view telegram_edit = "telegram_edit";
inline constexpr std::string_view signal_webhook = "signal_webhook";
inline constexpr std::string_view alert_post = "alert";

/// Messages of one channel about one position leave in order.
/// `alerts` is a webhook of its own: what is wrong with the node is for others
/// than its signals.
enum class channel : std::uint8_t { telegram, webhook, alerts };
inline constexpr std::array all_channels{channel::telegram, channel::webhook,
                                         channel::alerts};

std::string_view to_string(channel x);
/// False for the kind of an effect that is no message.
bool channel_of(std::string_view effect_kind, channel& x);

/// A message that a change of a signal asks for.
struct message_draft {
  std::string kind; ///< of the effect
  /// JSON object. Telegram: `text` (HTML), `chatId`, `reply` true for a
  /// message of its own that answers the signal's. Webhook: `body`.
  std::string intent;
  /// Takes the place of an equal draft that has not been begun: only the
  /// newest state is worth an edit.
  bool supersedes = false;
};

/// What a signal's executor has decided: the new state and what to tell.
struct signal_change {
  position_outcome outcome = position_outcome::unchanged;
  position_record position; ///< but for `message`, which its owner keeps
  std::vector<message_draft> messages;
};

/// Reports one position. Answered by `position_reported` when what came of it
/// is durable; refused with `errc::invalid`, `queue_full`, and what a task may
/// fail with.
struct report_position {
  std::string resource; ///< filled in by `lock_directory` from the event
  position_event event;
  std::string bound_to = {}; ///< may report this account alone; empty: all
};

struct position_reported {
  position_outcome outcome = position_outcome::unchanged;
  position_record position;
};

/// Reports many, each on its own: one that is refused drops no other. Reports
/// of one position are taken in their order.
struct report_positions {
  std::vector<position_event> events;
  std::string bound_to = {}; ///< see `report_position`
};

/// What came of one of them.
struct position_row {
  std::string account_id;
  std::string position_id;
  position_outcome outcome = position_outcome::unchanged;
  signal_id signal; ///< none for a position that was never announced
  problem why;      ///< unless `errc::none`: it was refused, and has no outcome
};

struct positions_reported {
  std::vector<position_row> rows; ///< in the order of the reports
};

/// Reports the complete list of an account's open positions.
struct report_snapshot {
  std::string account_id;
  std::vector<position_event> events; ///< of this account
  std::int64_t taken_at_ms = 0;       ///< wall clock; 0: now
  /// Closes what is open and not in the list; otherwise that is only told.
  bool close_missing = true;
  std::string bound_to = {}; ///< see `report_position`
};

struct snapshot_reported {
  std::vector<position_row> rows;       ///< in the order of the reports
  std::vector<position_row> closed;     ///< what was missing, and was closed
  std::vector<position_record> missing; ///< unless it was to be closed
};

/// What is known of a message that was to be sent.
struct message_report {
  enum kind_type : std::uint8_t {
    sent,        ///< it is there: `chat_id`, `message_id`
    rejected,    ///< it surely is not, and never will be; code and message
    gone,        ///< there is no message to edit any more
    unavailable, ///< it surely was not sent; trying again may help
    unknown,     ///< it may be there
  };
  kind_type kind = unknown;
  std::string chat_id; ///< where; another one when the chat has moved
  std::int64_t message_id = 0;
  std::string code;                ///< the service's own, with `rejected`
  std::string message;             ///< unless sent
  std::int64_t retry_after_ms = 0; ///< with `unavailable`
  bool chat_moved = false; ///< `unavailable`: to `chat_id`, and not sent
};

/// Writes down that a message is about to be sent. Answered, when that is
/// durable, by what to send; refused with `errc::stale_lock` when it is not
/// the next of its channel, or not pending any more. Sent by notifiers.
struct begin_message {
  std::string resource;
  effect_id effect;
};

struct begun_message {
  effect_record effect;
  message_state message; ///< of the signal: what to edit, or to reply to
};

/// Writes down what came of it. `resend`: an unknown outcome is tried again.
struct end_message {
  std::string resource;
  effect_id effect;
  message_report report;
  bool resend = false;
  bool give_up = false; ///< `unknown` counts as rejected
};

/// The name of a position's resource: `position:{accountId}:{positionId}`,
/// with `%` and `:` inside the position's id percent-encoded, so that no two
/// positions share one: the last colon stands before the position's id.
std::string position_resource(std::string_view account_id,
                              std::string_view position_id);
/// All positions of an account begin with this, and those of accounts whose
/// ids go on with a colon.
std::string account_prefix(std::string_view account_id);

} // namespace holdfast
