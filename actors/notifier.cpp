#include "actors/notifier.hpp"

#include "rules/outbox_rules.hpp"
#include "rules/retry_policy.hpp"
#include "storage/records.hpp"

#include <algorithm>

namespace holdfast {

namespace {

/// Messages on their way at one time; one while the service is not there.
constexpr std::size_t busy_max = 16;
/// Positions known to have something to send; the rest stays in the store.
constexpr std::size_t ready_max = 10'000;
/// Not further down the list is looked for one that may leave now.
constexpr std::size_t look_max = 1000;
/// The actor clock stands still while the machine sleeps.
constexpr std::int64_t nap_max_us = 1'000'000;
constexpr std::int64_t end_again_after_us = 500'000;
constexpr std::chrono::seconds load_again_after{2};
constexpr std::string_view moved_prefix = "chat_moved:";

/// Where the service takes messages from, another node than this may have sent
/// it: after a restore, or when this one died between sending and writing.
message_report lost(std::string why) {
  message_report report;
  report.kind = message_report::unknown;
  report.message = std::move(why);
  return report;
}

message_report not_sent(std::string why) {
  auto report = lost(std::move(why));
  report.kind = message_report::unavailable;
  return report;
}

} // namespace

notifier::notifier(caf::actor_config& cfg, surroundings_ptr around, channel of,
                   locks_actor locks, queries_actor queries,
                   persistence_actor persistence)
    : notifier_actor::base(cfg), around_(std::move(around)), of_(of),
      locks_(std::move(locks)), queries_(std::move(queries)),
      persistence_(std::move(persistence)), pace_(how_) {}

void notifier::on_exit() {
  let_go(locks_);
  let_go(queries_);
  let_go(persistence_);
  let_go(messenger_);
  ready_.clear();
  order_.clear();
  finished_.clear();
}

notifier::behavior_type notifier::make_behavior() {
  return {
      [this](const message_ready& what) {
        if (messenger_)
          add(what.resource, what.effect, what.chat);
        drive();
      },
      [this](register_messenger& what) {
        messenger_ = std::move(what.to);
        how_ = what.how;
        pace_ = send_pace{how_};
        read_moves();
        load();
      },
      [this](tick) {
        wake_at_us_ = 0;
        for (auto& how : std::exchange(unwritten_, {}))
          end(how.resource, how);
        load();
        drive();
      },
      [this](const finish_sending&) -> caf::result<bool> {
        stopping_ = true;
        if (busy_ == 0)
          return true;
        finished_.push_back(make_response_promise<bool>());
        return finished_.back();
      },
  };
}

/// Chats that have moved, as an earlier run has heard.
void notifier::read_moves() {
  if (of_ != channel::telegram)
    return;
  try {
    around_->db.read()->scan(
        table::meta, moved_prefix,
        [&](std::string_view key, std::string_view to) {
          if (!key.starts_with(moved_prefix))
            return false;
          moved_[std::string{key.substr(moved_prefix.size())}] = to;
          return true;
        });
  } catch (const storage_error& why) {
    // Then the service says so again.
    around_->warn(std::string{"cannot read which chats have moved: "} +
                  why.what());
  }
}

/// Reads on in the outbox, where there is room for more.
void notifier::load() {
  if (!messenger_ || loading_ || all_loaded_ || stopping_ ||
      ready_.size() > ready_max / 2)
    return;
  loading_ = true;
  request(queries_, caf::infinite, list_outbox{of_, cursor_, 1000})
      .then([this](const outbox_page& page) { loaded(page); },
            [this](const caf::error& why) {
              loading_ = false;
              around_->warn("cannot read the outbox: " +
                            to_problem(why).detail);
              delayed_send(this, load_again_after, tick{});
            });
}

void notifier::loaded(const outbox_page& page) {
  loading_ = false;
  for (const auto& effect : page.items) {
    auto known = ready_.contains(effect.resource);
    auto restored = effect.kind == telegram_send &&
                    effect.id.number < around_->restored_below;
    if (effect.state == effect_state::unknown || known)
      continue;
    if (effect.state == effect_state::sending ||
        (restored && effect.state == effect_state::pending))
      found_sending(effect);
    else
      add(effect.resource, effect.id, chat_of(effect));
  }
  cursor_ = page.next_after;
  all_loaded_ = cursor_.empty() && !missed_;
  if (cursor_.empty())
    missed_ = false;
  if (!all_loaded_ && ready_.size() <= ready_max / 2)
    load();
  drive();
}

/// Begun by a node that is gone: it may have left.
void notifier::found_sending(const effect_record& effect) {
  auto& what = ready_[effect.resource];
  what.effect = effect.id;
  what.chat = chat_of(effect);
  what.busy = true;
  ++busy_;
  end(effect.resource,
      {effect.resource, effect.id,
       lost("the node was restarted while the message was on its way"),
       may_resend(effect), false});
}

/// What is harmless to repeat, or is to be repeated whatever comes of it.
bool notifier::may_resend(const effect_record& effect) const {
  return how_.resend_unknown || effect.kind == telegram_edit;
}

void notifier::add(const std::string& resource, effect_id effect,
                   const std::string& chat) {
  auto known = ready_.find(resource);
  if (known == ready_.end()) {
    if (ready_.size() >= ready_max) {
      missed_ = true;
      all_loaded_ = false;
      return;
    }
    known = ready_.try_emplace(resource).first;
  } else if (known->second.busy) {
    known->second.next = effect;
    known->second.next_chat = chat;
    return;
  } else {
    order_.erase(known->second.effect.number);
  }
  known->second.effect = effect;
  known->second.chat = chat;
  order_[effect.number] = resource;
  quiet_until_us_ = 0;
}

/// Begins what may leave now, oldest first.
void notifier::drive() {
  if (!messenger_ || stopping_ || order_.empty())
    return;
  auto now_us = around_->time->now().boot_us;
  if (around_->paused.load())
    return wake_in(nap_max_us);
  if (auto held = std::max(held_until_us_, quiet_until_us_); held > now_us)
    return wake_in(held - now_us);
  std::int64_t shortest = nap_max_us;
  std::size_t looked = 0;
  for (auto i = order_.begin();
       i != order_.end() && busy_ < (failures_ > 0 ? 1 : busy_max) &&
       looked < look_max;
       ++looked) {
    auto& what = ready_.at(i->second);
    auto wait = std::max(what.not_before_us - now_us,
                         pace_.wait_us(moved(what.chat), now_us));
    if (wait > 0) {
      shortest = std::min(shortest, wait);
      ++i;
      continue;
    }
    auto resource = i->second;
    i = order_.erase(i);
    pace_.take(moved(what.chat), now_us);
    begin(resource, what);
  }
  if (order_.empty())
    return;
  if (busy_ == 0)
    quiet_until_us_ = now_us + shortest;
  wake_in(shortest);
}

void notifier::begin(const std::string& resource, entry& what) {
  what.busy = true;
  ++busy_;
  request(locks_, caf::infinite, begin_message{resource, what.effect})
      .then([this, resource](
                const begun_message& begun) { this->begun(resource, begun); },
            [this, resource](const caf::error& why) {
              auto p = to_problem(why);
              if (p.code == errc::stale_lock || p.code == errc::not_found)
                return over(resource, 0); // not its turn any more
              // It may stand in the store as being sent, and nobody has heard:
              // it surely was not.
              end(resource, {resource, ready_.at(resource).effect,
                             not_sent("the node could not write down that the "
                                      "message is being sent"),
                             false, false});
            });
}

/// It stands in the store as being sent: now it is.
void notifier::begun(const std::string& resource, const begun_message& what) {
  if (stopping_)
    return end(resource, {resource, what.effect.id,
                          not_sent("the node is stopping"), false, false});
  deliver_message message;
  message.effect = what.effect.id;
  message.kind = what.effect.kind;
  message.intent = what.effect.intent;
  message.message = what.message;
  auto chat = ready_.at(resource).chat;
  if (moved(chat) != chat)
    message.chat_id = moved(chat);
  auto effect = what.effect;
  request(messenger_, caf::infinite, std::move(message))
      .then(
          [this, resource, effect](message_report& report) {
            heard(resource, effect, std::move(report));
          },
          [this, resource, effect](const caf::error& why) {
            heard(resource, effect, lost(to_problem(why).detail));
          });
}

void notifier::heard(const std::string& resource, const effect_record& effect,
                     message_report report) {
  auto now_us = around_->time->now().boot_us;
  auto& what = ready_.at(resource);
  auto again = report.kind == message_report::unavailable ||
               report.kind == message_report::unknown;
  if (!again) {
    failures_ = 0;
    what.failures = 0;
  } else if (report.chat_moved) {
    move_chat(what.chat, report.chat_id);
  } else if (report.retry_after_ms > 0) {
    pace_.hold(moved(what.chat), now_us + report.retry_after_ms * 1000);
  } else if (report.kind == message_report::unavailable) {
    // Nobody else would get through either.
    held_until_us_ = now_us + backoff_us(++failures_);
  } else {
    what.not_before_us = now_us + backoff_us(++what.failures);
  }
  // A service that is not there is waited for; one that answers in no sensible
  // way, again and again, needs somebody to look.
  auto give_up = report.kind == message_report::unknown &&
                 how_.attempts_max > 0 && effect.attempts >= how_.attempts_max;
  end(resource,
      {resource, effect.id, std::move(report), may_resend(effect), give_up});
}

/// For good: the service says so once, and the old chat is gone.
void notifier::move_chat(const std::string& from, const std::string& to) {
  moved_[from] = to;
  around_->warn("chat " + from + " is now " + to +
                ": set telegram.chat_id to that");
  step s;
  s.writes.push_back({table::meta, std::string{moved_prefix} + from, to});
  request(persistence_, caf::infinite, commit_step{std::move(s)})
      .then([](std::uint64_t) {},
            [this](const caf::error& why) {
              around_->warn("cannot remember which chat has moved: " +
                            to_problem(why).detail);
            });
}

void notifier::end(const std::string& resource, const end_message& how) {
  request(locks_, caf::infinite, how)
      .then([this, resource](const effect_record&) { over(resource, 0); },
            [this, resource, how](const caf::error& why) {
              auto p = to_problem(why);
              if (p.code == errc::stale_lock || p.code == errc::not_found)
                return over(resource, 0);
              // What has happened has to be written down, some time.
              unwritten_.push_back(how);
              wake_in(end_again_after_us);
            });
}

/// Done with this one; its position may have another.
void notifier::over(const std::string& resource, std::int64_t retry_after_ms) {
  auto i = ready_.find(resource);
  auto& what = i->second;
  what.busy = false;
  --busy_;
  if (what.next) {
    what.effect = what.next;
    what.chat = what.next_chat;
    what.next = {};
    if (retry_after_ms > 0)
      what.not_before_us = around_->time->now().boot_us + retry_after_ms * 1000;
    order_[what.effect.number] = resource;
    quiet_until_us_ = 0;
  } else {
    ready_.erase(i);
  }
  if (stopping_ && busy_ == 0)
    for (auto& to : std::exchange(finished_, {}))
      to.deliver(true);
  load();
  drive();
}

void notifier::wake_in(std::int64_t us) {
  auto at_us = around_->time->now().boot_us +
               std::clamp<std::int64_t>(us, 1000, nap_max_us);
  if (wake_at_us_ != 0 && wake_at_us_ <= at_us)
    return;
  wake_at_us_ = at_us;
  delayed_send(this,
               std::chrono::microseconds{at_us - around_->time->now().boot_us},
               tick{});
}

std::int64_t notifier::backoff_us(std::uint32_t failures) const {
  return retry_delay(failures, how_.retry_base_ms, how_.retry_max_ms, 0,
                     around_->random()) *
         1000;
}

const std::string& notifier::moved(const std::string& chat) const {
  auto found = moved_.find(chat);
  return found == moved_.end() ? chat : found->second;
}

} // namespace holdfast
