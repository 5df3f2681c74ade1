// When an alert fires, when it is over, and what is said of it.
// Must not know CAF, storage, the clock or randomness: all are handed in.
#pragma once

#include "messages/alert.hpp"
#include "rules/lock_rules.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace holdfast {

struct alert_settings {
  /// More than so many that wait for one resource.
  std::int64_t queue_depth = 10;
  /// An effect is unknown for longer than this.
  std::int64_t unknown_after_ms = 60'000;
  /// More than so many leases that ran out within a minute.
  std::int64_t expired_per_minute = 5;
  /// More than so many of a thousand locks that ended within a minute failed.
  std::int64_t failed_permille = 100;
  /// What has been well for so long is over.
  std::int64_t resolved_after_ms = 30'000;
  /// Where alerts are told; empty: nowhere.
  std::string telegram_chat_id;
  /// Whether they are posted.
  bool webhook = false;
};

/// What is looked at, of one moment.
struct alert_facts {
  std::uint64_t deepest_queue = 0;
  std::string deepest_resource;
  std::uint64_t unknown = 0;          ///< effects
  std::string oldest_unknown;         ///< the id of one of them
  std::int64_t oldest_unknown_ms = 0; ///< how long it has been unknown
  std::uint64_t released = 0;         ///< within the last minute, all three
  std::uint64_t failed = 0;
  std::uint64_t expired = 0;
  std::string commit_trouble; ///< empty: commits work
  std::string feed_trouble;   ///< empty: all feeds answer
  std::uint64_t dead_letters = 0;
  std::uint64_t store_used_bytes = 0;
  std::uint64_t store_limit_bytes = 0; ///< 0: none
};

/// Between `over` and `under` lies what changes nothing, so that a value at the
/// limit does not fire again and again.
struct alert_level {
  bool over = false;  ///< it should fire
  bool under = false; ///< it may be over
  std::string text;   ///< one sentence
};

alert_level level_of(alert which, const alert_facts& facts,
                     const alert_settings& how);

/// One alert through time.
class alert_watch {
public:
  /// `text`: what was told of one that fires.
  explicit alert_watch(alert which, std::string text = {}, bool firing = false)
      : which_(which), firing_(firing), text_(std::move(text)) {}

  /// What should be told now: true for firing, false for over. Asked again
  /// until `told`, though what was wrong may have passed meanwhile: what has
  /// fired is told.
  std::optional<bool> look(const alert_level& now, std::int64_t now_us,
                           const alert_settings& how);
  void told(bool firing);

  alert which() const { return which_; }
  bool firing() const { return firing_; }
  bool owed() const { return owed_.has_value(); }   ///< asked for, not told
  const std::string& text() const { return text_; } ///< of what fires

private:
  alert which_;
  bool firing_;
  std::string text_;
  std::optional<bool> owed_;
  std::int64_t since_us_ = 0; ///< how long it tends to change; 0: it does not
};

/// The messages that a change asks for.
std::vector<message_draft> messages_for(const alert_state& to,
                                        const alert_settings& how);

/// The change of an alert that is as in `cmd` from now on.
transition decide_alert(const resource_state& state, const change_alert& cmd,
                        const circumstances& at);

} // namespace holdfast
