// Carries out what operators write in a chat: asks the channel for messages,
// one after the other, reads and answers them; asks back before it changes
// anything.
// Must not know any messenger, HTTP, or how a change is decided.
#pragma once

#include "actors/control_channel.hpp"
#include "actors/control_settings.hpp"
#include "actors/internal.hpp"
#include "rules/control_command.hpp"
#include "rules/operators_word.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <variant>

namespace holdfast {

using control_bot_actor = caf::typed_actor<caf::reacts_to<tick>>;

/// Whom the bot talks to.
struct control_links {
  control_channel_actor channel;
  locks_actor locks;
  queries_actor queries;
};

/// A message that is older is not carried out, and a question that is older
/// cannot be confirmed.
inline constexpr std::int64_t control_age_max_ms = 60'000;

// A command that changes something:
//
//   asked ──shown, code──► waits ──/confirm by the same user, in the same
//     │                    │  │     chat, within a minute──► done once
//     └─refused            │  └─another one asked: forgotten
//                          └─a minute, or the end of the node: forgotten
//
// A confirmation that comes again, after a crash too, finds nothing that waits:
// so nothing is done twice.
class control_bot : public control_bot_actor::base {
public:
  control_bot(caf::actor_config& cfg, surroundings_ptr around,
              control_links links, control_settings who);

  behavior_type make_behavior() override;
  void on_exit() override;
  const char* name() const override { return "control_bot"; }

private:
  /// What is done when it is confirmed. An effect is as it was shown.
  struct release_act {
    lock_id lock;
    std::string reason;
  };
  struct resolve_act {
    effect_record shown;
    control_command what;
  };
  struct pause_act {
    bool pause = true;
  };
  using act = std::variant<release_act, resolve_act, pause_act>;

  struct question {
    act what;
    std::string code;
    std::int64_t chat_id = 0;
    std::int64_t asked_us = 0; ///< boot clock
  };

  struct outgoing {
    write_chat what;
    std::uint32_t tries = 0;
  };

  void poll();
  void fetched(const fetched_chat& what);
  void lost(const std::string& why, std::int64_t retry_after_ms);
  void next();
  bool is_operator(std::int64_t user_id);
  void serve();
  void serve(const control_command& cmd);
  void too_old(std::int64_t age_ms);

  void show_status();
  void show_locks(const std::string& key);
  void show_queue(const std::string& key);
  void show_doubts();

  void ask_for_release(const control_command& cmd);
  void found_lock(const control_command& cmd, const lock_record& lock);
  void ask_for_resolve(const control_command& cmd);
  void ask(act what, const std::string& text);
  void confirm(const std::string& code);
  void carry_out(const release_act& what);
  void carry_out(const resolve_act& what);
  void carry_out(const pause_act& what);
  void resolve(const resolve_act& what);

  operators_word word_of(const control_command& cmd) const;

  /// Ends the command: says in the log how, and in the chat what.
  void answer(const std::string& outcome, std::string html);
  void shown(std::string html);
  void done(const std::string& text);
  void refuse(const std::string& why);
  void write();
  void wrote(const wrote_chat& what);

  /// A request of an engine's actor on behalf of the command; refusals are
  /// answered as they are.
  template <class T, class Handle, class Command, class F>
  void engine_does(const Handle& to, Command cmd, F then);

  std::string actor_name() const;
  std::int64_t wall_ms() const { return around_->time->now().wall_ms; }
  std::int64_t boot_us() const { return around_->time->now().boot_us; }
  void log(const std::string& text) const;

  surroundings_ptr around_;
  control_links links_;
  const control_settings who_;
  std::string bot_name_;
  std::int64_t offset_ = 0;
  std::deque<chat_message> inbox_; ///< of one fetch
  std::int64_t next_offset_ = 0;   ///< once the inbox is empty
  chat_message now_;               ///< being served
  control_verb verb_ = control_verb::none;
  outgoing out_;
  bool writing_ = false; ///< the next tick writes; otherwise it polls
  /// By user, who is an operator: one each.
  std::map<std::int64_t, question> questions_;
  std::map<std::int64_t, std::int64_t> told_old_us_; ///< by user, too
  std::uint32_t failures_ = 0;                       ///< in a row
  std::int64_t told_foreign_us_ = 0;                 ///< 0: never
  std::uint64_t foreign_ = 0;                        ///< messages since then
};

} // namespace holdfast
