// What happens to a position's resource: reports become signals, signals ask
// for messages, messages leave in order, each at most once.
// Must not know CAF, storage, the clock or randomness: all are handed in.
#pragma once

#include "rules/lock_rules.hpp"
#include "rules/position_rules.hpp"

#include <string_view>

namespace holdfast {

/// True while a signal is being made of an earlier report, or waits for its
/// turn: later reports wait for that.
bool signal_under_way(const resource_state& state);

/// Takes the position's lock, or a place in its queue, for the task that makes
/// a signal of `event`. `queue_full`.
decision<transition> decide_report(const resource_state& state,
                                   const position_event& event,
                                   const circumstances& at);

/// What was heard of a position besides news, to be kept.
transition decide_heard(const resource_state& state,
                        const position_record& heard, const circumstances& at);

/// The first message of a channel that has not ended; null when there is none.
const effect_record* head_of(const resource_state& state, channel of);

/// True for a message of its own that answers the signal's: its fate is not
/// that of the signal's message.
bool is_reply(const effect_record& effect);

/// The chat that a message is meant for; empty: the channel has none.
std::string chat_of(const effect_record& effect);

// A message's life:
//
//   pending ──begin──► sending ──► done | failed (a dead letter)
//     ▲ ▲                 │ └────► unknown ──resolve──► done | failed | pending
//     │ └──surely not sent┘
//     └──requeue── failed

/// A message is about to be sent. An edit of a message that is not there
/// becomes the sending of it.
decision<transition> decide_begin_message(const resource_state& state,
                                          const begin_message& cmd,
                                          const circumstances& at);

decision<transition> decide_end_message(const resource_state& state,
                                        const end_message& cmd,
                                        const circumstances& at);

decision<transition> decide_resolve_message(const resource_state& state,
                                            const resolve_message& cmd,
                                            const circumstances& at);

/// Puts a failed message back. `failed` is its effect as it ended.
decision<transition> decide_requeue_message(const resource_state& state,
                                            const dead_letter& letter,
                                            const effect_record& failed,
                                            const std::string& actor,
                                            const circumstances& at);

} // namespace holdfast
