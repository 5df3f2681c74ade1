// What each command does.
#include "actors/control_bot.hpp"
#include "rules/control_text.hpp"
#include "rules/operators_word.hpp"

#include <utility>

namespace holdfast {

namespace {

/// Enough to count what does not fit into a message.
constexpr std::uint32_t listed_max = 200;

/// Of a million. The six digits are no secret: who may use them is known.
constexpr std::uint64_t codes = 1'000'000;

std::string digits_from(std::uint64_t random) {
  auto text = std::to_string(random % codes);
  return std::string(6 - text.size(), '0') + text;
}

} // namespace

template <class T, class Handle, class Command, class F>
void control_bot::engine_does(const Handle& to, Command cmd, F then) {
  request(to, caf::infinite, std::move(cmd))
      .then([then = std::move(then)](const T& result) { then(result); },
            [this](const caf::error& why) { refuse(to_problem(why).detail); });
}

void control_bot::serve(const control_command& cmd) {
  switch (cmd.verb) {
  case control_verb::status:
    return show_status();
  case control_verb::locks:
    return show_locks(cmd.subject);
  case control_verb::queue:
    return show_queue(cmd.subject);
  case control_verb::doubts:
    return show_doubts();
  case control_verb::release:
    return ask_for_release(cmd);
  case control_verb::resolve:
    return ask_for_resolve(cmd);
  case control_verb::pause:
    return ask(pause_act{true}, ask_pause(true));
  case control_verb::resume:
    return ask(pause_act{false}, ask_pause(false));
  case control_verb::confirm:
    return confirm(cmd.subject);
  case control_verb::help:
    return shown(control_help());
  default:
    return refuse("That is no command. /help lists them.");
  }
}

void control_bot::shown(std::string html) {
  around_->counted.control(control_outcome::answered);
  answer("answered", std::move(html));
}

void control_bot::show_status() {
  engine_does<stats>(links_.queries, get_stats{}, [this](const stats& now) {
    engine_does<health>(
        links_.queries, get_health{},
        [this, now](const health& of) { shown(control_status(now, of)); });
  });
}

void control_bot::show_locks(const std::string& key) {
  list_locks held;
  held.resource = key;
  held.any_status = false;
  held.page.limit = listed_max;
  auto doubtful = held;
  doubtful.status = lock_status::in_doubt;
  engine_does<lock_page>(
      links_.queries, doubtful, [this, held](const lock_page& doubts) {
        engine_does<lock_page>(
            links_.queries, held, [this, all = doubts](const lock_page& page) {
              auto locks = all.items;
              locks.insert(locks.end(), page.items.begin(), page.items.end());
              auto more = !page.next_cursor.empty() || !all.next_cursor.empty();
              shown(control_locks(locks, more, wall_ms()));
            });
      });
}

void control_bot::show_queue(const std::string& key) {
  list_queue all;
  all.resource = key;
  all.page.limit = listed_max;
  engine_does<entry_page>(links_.queries, all, [this](const entry_page& page) {
    shown(control_queue(page.items, !page.next_cursor.empty(), wall_ms()));
  });
}

void control_bot::show_doubts() {
  list_effects unknown;
  unknown.any_state = false;
  unknown.state = effect_state::unknown;
  unknown.page.limit = listed_max;
  engine_does<effect_page>(
      links_.queries, unknown, [this](const effect_page& page) {
        shown(control_doubts(page.items, !page.next_cursor.empty(), wall_ms()));
      });
}

void control_bot::ask_for_release(const control_command& cmd) {
  if (auto id = parse_id<id_kind::lock>(cmd.subject))
    return engine_does<lock_record>(
        links_.queries, get_lock{*id},
        [this, cmd](const lock_record& lock) { found_lock(cmd, lock); });
  engine_does<resource_view>(links_.queries, get_resource{cmd.subject},
                             [this, cmd](const resource_view& found) {
                               if (!found.locked)
                                 return refuse("Nobody holds '" + cmd.subject +
                                               "'.");
                               found_lock(cmd, found.lock);
                             });
}

void control_bot::found_lock(const control_command& cmd,
                             const lock_record& lock) {
  if (lock.status == lock_status::in_doubt)
    return refuse("That lock is in doubt: say with /resolve what came of its "
                  "effect. /unknown lists it.");
  if (!lock.holds())
    return refuse("That lock has ended; it is '" +
                  std::string{to_string(lock.status)} + "'.");
  ask(release_act{lock.id, cmd.reason}, ask_release(lock, cmd, wall_ms()));
}

void control_bot::ask_for_resolve(const control_command& cmd) {
  auto id = parse_id<id_kind::effect>(cmd.subject);
  engine_does<effect_record>(
      links_.queries, get_effect{*id}, [this, cmd](const effect_record& found) {
        auto command = to_command(word_of(cmd), found);
        if (auto refused = std::get_if<problem>(&command))
          return refuse(refused->detail);
        ask(resolve_act{found, cmd}, ask_resolve(found, cmd, wall_ms()));
      });
}

/// Takes the place of what this user was asked before.
void control_bot::ask(act what, const std::string& text) {
  auto& asked = questions_[now_.user_id];
  asked = {std::move(what), digits_from(around_->random()), now_.chat_id,
           boot_us()};
  around_->counted.control(control_outcome::asked);
  answer("asked for a confirmation",
         with_code(text, asked.code, control_age_max_ms / 1000));
}

void control_bot::confirm(const std::string& code) {
  auto found = questions_.find(now_.user_id);
  if (found == questions_.end() || found->second.code != code ||
      found->second.chat_id != now_.chat_id)
    return refuse("Nothing waits for this code here, and nothing was done now. "
                  "A code is for who was asked, in that chat, once, until he "
                  "is asked something else or the node starts anew. /locks, "
                  "/unknown and /status show how things stand.");
  // It is over, whatever comes of it.
  auto asked = std::move(found->second);
  questions_.erase(found);
  if (boot_us() - asked.asked_us > control_age_max_ms * 1000)
    return refuse("This code was good for " +
                  std::to_string(control_age_max_ms / 1000) +
                  " s; nothing was done. Ask again.");
  std::visit([this](const auto& what) { carry_out(what); }, asked.what);
}

void control_bot::done(const std::string& text) {
  around_->counted.control(control_outcome::done);
  answer(text, control_answer(text));
}

void control_bot::carry_out(const release_act& what) {
  force_release cmd;
  cmd.id = what.lock;
  cmd.actor = actor_name();
  cmd.reason = what.reason;
  engine_does<force_released>(
      links_.locks, cmd, [this, id = what.lock](const force_released& came) {
        if (came.released == 0)
          return refuse("The lock " + to_string(id) +
                        " had ended meanwhile; nothing was done.");
        done("Released " + to_string(id) + '.');
      });
}

void control_bot::carry_out(const resolve_act& what) {
  engine_does<effect_record>(
      links_.queries, get_effect{what.shown.id},
      [this, what](const effect_record& now) {
        auto& then = what.shown;
        if (now.state != then.state || now.attempts != then.attempts ||
            now.updated_at_ms != then.updated_at_ms)
          return refuse("The effect " + to_string(now.id) +
                        " has changed since it was shown; it is '" +
                        std::string{to_string(now.state)} +
                        "'. Nothing was done.");
        resolve(what);
      });
}

void control_bot::resolve(const resolve_act& what) {
  auto text = "Resolved " + to_string(what.shown.id) + " as " +
              std::string{to_string(what.what.outcome)} + '.';
  auto command = to_command(word_of(what.what), what.shown);
  if (auto of_lock = std::get_if<resolve_lock>(&command))
    return engine_does<lock_record>(
        links_.locks, *of_lock,
        [this, text](const lock_record&) { done(text); });
  if (auto of_message = std::get_if<resolve_message>(&command))
    return engine_does<effect_record>(
        links_.locks, *of_message,
        [this, text](const effect_record&) { done(text); });
  refuse(std::get<problem>(command).detail);
}

void control_bot::carry_out(const pause_act& what) {
  engine_does<bool>(links_.locks, set_paused{what.pause, actor_name()},
                    [this, pause = what.pause](bool before) {
                      std::string now = pause ? "paused" : "running";
                      done(before == pause ? "It was " + now + " already."
                           : pause ? "Paused: no new task starts until /resume."
                                   : "Resumed: tasks start again.");
                    });
}

operators_word control_bot::word_of(const control_command& cmd) const {
  operators_word word;
  word.outcome = cmd.outcome;
  word.reason = cmd.reason;
  word.reference = cmd.reference;
  word.actor = actor_name();
  return word;
}

} // namespace holdfast
