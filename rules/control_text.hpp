// What operators are answered in a chat, in Telegram's HTML.
// Must not know who asks, and of a transaction neither data nor result: others
// may read along.
#pragma once

#include "messages/queries.hpp"
#include "rules/control_command.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast {

// Every text has at most 4096 characters (UTF-16) as Telegram counts them after
// parsing. A list that does not fit says how many rows are left; `more` says
// that there are others beyond those given. `now_ms` is the wall clock's.

std::string control_help();

std::string control_status(const stats& now, const health& of);

std::string control_locks(const std::vector<lock_record>& locks, bool more,
                          std::int64_t now_ms);

std::string control_queue(const std::vector<entry_view>& entries, bool more,
                          std::int64_t now_ms);

std::string control_doubts(const std::vector<effect_record>& effects, bool more,
                           std::int64_t now_ms);

/// Whether this lock is to be ended.
std::string ask_release(const lock_record& lock, const control_command& what,
                        std::int64_t now_ms);

/// Whether this is what came of the effect.
std::string ask_resolve(const effect_record& effect,
                        const control_command& what, std::int64_t now_ms);

/// Whether tasks are to be stopped, or to start again.
std::string ask_pause(bool pause);

/// A question with how it is confirmed within so many seconds.
std::string with_code(const std::string& question, std::string_view code,
                      std::int64_t within_s);

/// Anything else, as it is said.
std::string control_answer(std::string_view text);

} // namespace holdfast
