// One trade from its request to its outcome, or to its place in the queue.
// Internal to the routes; must not know Boost or how trades are done.
#pragma once

#include "gateway/api_call.hpp"

#include <functional>
#include <optional>
#include <string>

namespace holdfast {

struct trade_answer {
  trade_record trade; ///< settled, queued, or still executing
  bool replayed = false;
  std::optional<entry_view> entry; ///< when it is queued
};

using trade_handler = std::function<void(answer_or_problem<trade_answer>)>;

/// Asks for `cmd`, which has a trade as its task, and waits for what comes of
/// it: up to `cmd.wait_ms` for its turn, if it waits for that, and as long
/// again until it is done. With `join` an equal trade under way is waited for
/// as if it were this one. A caller who hangs up takes a waiting request with
/// him, but no trade that is under way.
void run_trade(const api_call& call, acquire_lock cmd, bool join,
               trade_handler then);

/// Appends a trade's members into an open object.
void append_members(json_writer& to, const trade_record& x);

/// Why there is no order, if the trade is settled without one.
std::optional<problem> failure_of(const trade_record& trade);

/// What the exchange called its refusal; empty when it has not refused.
std::string exchange_code_of(const trade_record& trade);

} // namespace holdfast
