// How messages come, and how answers leave.
#include "actors/control_bot.hpp"

#include "rules/control_text.hpp"
#include "rules/retry_policy.hpp"

#include <algorithm>
#include <utility>

namespace holdfast {

namespace {

constexpr std::int64_t poll_retry_ms = 1000;
constexpr std::int64_t empty_pause_ms = 100;
constexpr std::int64_t poll_retry_max_ms = 60'000;
constexpr std::uint32_t writes_max = 5;
constexpr std::int64_t second_us = 1'000'000;
constexpr std::int64_t quiet_us = 60 * second_us;

} // namespace

control_bot::control_bot(caf::actor_config& cfg, surroundings_ptr around,
                         control_links links, control_settings who)
    : control_bot_actor::base(cfg), around_(std::move(around)),
      links_(std::move(links)), who_(std::move(who)) {}

void control_bot::on_exit() {
  links_ = {};
  questions_.clear();
}

control_bot::behavior_type control_bot::make_behavior() {
  send(this, tick{});
  return {
      [this](tick) { writing_ ? write() : poll(); },
  };
}

void control_bot::poll() {
  request(links_.channel, caf::infinite, fetch_chat{offset_})
      .then([this](const fetched_chat& what) { fetched(what); },
            [this](const caf::error& why) { lost(to_problem(why).detail, 0); });
}

void control_bot::fetched(const fetched_chat& what) {
  if (!what.ok)
    return lost(what.why, what.retry_after_ms);
  if (failures_ > 0)
    log("the chat answers again");
  failures_ = 0;
  bot_name_ = what.bot_name;
  next_offset_ = what.next_offset;
  if (what.next_offset == 0) {
    // Whoever answers at once that nothing has come is not asked at once.
    delayed_send(this, std::chrono::milliseconds{empty_pause_ms}, tick{});
    return;
  }
  inbox_.assign(what.messages.begin(), what.messages.end());
  next();
}

/// Nothing is confirmed: what has come meanwhile comes with the next fetch.
void control_bot::lost(const std::string& why, std::int64_t retry_after_ms) {
  if (failures_++ == 0)
    around_->warn("control bot: " + why);
  delayed_send(this,
               std::chrono::milliseconds{std::max(
                   poll_retry_ms,
                   retry_delay(failures_, poll_retry_ms, poll_retry_max_ms,
                               retry_after_ms, around_->random()))},
               tick{});
}

/// Serves the next message of an operator; asks for more when there is none.
void control_bot::next() {
  writing_ = false;
  while (!inbox_.empty()) {
    now_ = std::move(inbox_.front());
    inbox_.pop_front();
    if (is_operator(now_.user_id))
      return serve();
  }
  offset_ = next_offset_;
  send(this, tick{});
}

/// Others are not answered: the bot's name is no secret, and its silence says
/// nothing. Whoever writes a lot fills no log.
bool control_bot::is_operator(std::int64_t user_id) {
  if (who_.user_ids.contains(user_id))
    return true;
  around_->counted.control(control_outcome::foreign);
  auto now_us = boot_us();
  if (told_foreign_us_ != 0 && now_us - told_foreign_us_ < quiet_us) {
    ++foreign_;
    return false;
  }
  auto others = foreign_ == 0 ? std::string{}
                              : "; " + std::to_string(foreign_) +
                                    " other messages of such users were not "
                                    "answered either";
  log("telegram:" + std::to_string(user_id) +
      " is not among control_bot.user_ids and is not answered" + others);
  told_foreign_us_ = now_us;
  foreign_ = 0;
  return false;
}

void control_bot::serve() {
  auto cmd = read_control_command(now_.text, bot_name_, now_.alone);
  verb_ = cmd.verb;
  if (cmd.verb == control_verb::none)
    return next();
  if (auto age_ms = wall_ms() - now_.at_ms; age_ms > control_age_max_ms)
    return too_old(age_ms);
  if (!cmd.wrong.empty())
    return refuse(cmd.wrong);
  serve(cmd);
}

/// One answer a minute is enough for all that has piled up.
void control_bot::too_old(std::int64_t age_ms) {
  around_->counted.control(control_outcome::too_old);
  log(actor_name() + ": /" + std::string{to_string(verb_)} + ": is " +
      std::to_string(age_ms / 1000) + " s old and was not carried out");
  auto now_us = boot_us();
  auto told = told_old_us_.find(now_.user_id);
  if (told != told_old_us_.end() && now_us - told->second < quiet_us)
    return next();
  told_old_us_[now_.user_id] = now_us;
  out_ = {{now_.chat_id,
           control_answer("This came " + std::to_string(age_ms / 1000) +
                          " s after it was written, and was not carried out. "
                          "Send it again if you still want it. (The node or "
                          "its connection was away, or its clock is wrong.)")},
          0};
  write();
}

void control_bot::answer(const std::string& outcome, std::string html) {
  log(actor_name() + ": /" + std::string{to_string(verb_)} + ": " + outcome);
  out_ = {{now_.chat_id, std::move(html)}, 0};
  write();
}

void control_bot::refuse(const std::string& why) {
  around_->counted.control(control_outcome::refused);
  answer("refused: " + why, control_answer(why));
}

void control_bot::write() {
  ++out_.tries;
  request(links_.channel, caf::infinite, out_.what)
      .then([this](const wrote_chat& what) { wrote(what); },
            [this](const caf::error& why) {
              wrote({wrote_chat::unsure, to_problem(why).detail, 0});
            });
}

/// An answer may come twice; what it tells of was done once.
void control_bot::wrote(const wrote_chat& what) {
  if (what.kind == wrote_chat::sent)
    return next();
  if (what.kind == wrote_chat::refused || out_.tries == writes_max ||
      what.retry_after_ms > control_age_max_ms) {
    around_->warn("control bot: an answer to " + actor_name() +
                  " did not leave: " + what.why);
    return next();
  }
  writing_ = true;
  delayed_send(this,
               std::chrono::milliseconds{std::max(
                   poll_retry_ms,
                   retry_delay(out_.tries, poll_retry_ms, poll_retry_max_ms,
                               what.retry_after_ms, around_->random()))},
               tick{});
}

std::string control_bot::actor_name() const {
  return "telegram:" + std::to_string(now_.user_id);
}

void control_bot::log(const std::string& text) const {
  if (who_.log)
    who_.log("control bot: " + text);
}

} // namespace holdfast
