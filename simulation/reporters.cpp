#include "simulation/reporters.hpp"

#include "storage/records.hpp"

#include <algorithm>
#include <set>

namespace holdfast::simulation {

namespace {

/// Positions that replicas report; those beyond are the feed's alone.
constexpr std::uint64_t reported = 4;
constexpr std::uint64_t followed_alone = 2;

} // namespace

reporters::reporters(world& in, bool followed)
    : workload(in), followed_(followed), messenger_(in), hook_(in),
      bridge_(in, {[this] { return open_positions(); },
                   [this](const std::string& id) {
                     return broker_.at(id).close_price;
                   }}) {}

void reporters::come() {
  world_.notify_on(channel::telegram, messenger_.connect(), {});
  notifier_settings repeats;
  repeats.resend_unknown = true;
  for (auto of : {channel::webhook, channel::alerts})
    world_.notify_on(of, hook_.connect(), repeats);
  if (followed_)
    world_.feed_from(bridge_.connect(), {"acc-1", 5'000, true});
}

void reporters::count(fault_counts& to) const {
  to.add(messenger_.met());
  to.add(hook_.met());
  if (followed_)
    to.add(bridge_.met());
}

std::string reporters::some_id() {
  return std::to_string(
      random().pick(followed_ ? reported + followed_alone : reported));
}

std::vector<position_event> reporters::open_positions() const {
  std::vector<position_event> all;
  for (const auto& [id, known] : broker_)
    if (known.open)
      all.push_back(event_of(id));
  return all;
}

std::size_t reporters::unanswered() const {
  return std::size_t(std::ranges::count_if(
      open_, [](const auto& pending) { return pending(); }));
}

void reporters::act() {
  auto id = some_id();
  switch (random().pick(8)) {
  case 0:
  case 1:
  case 2:
    return change(id);
  case 3:
    return operate();
  case 4:
    if (random().pick(4) == 0)
      expect(world_.ask<bool>(world_.locks(),
                              set_paused{random().chance(50), "ann"}));
    return;
  default:
    if (broker_.contains(id))
      for (auto replicas = 1 + random().pick(3); replicas > 0; --replicas)
        report(id);
  }
}

void reporters::change(const std::string& id) {
  auto [at, opened] = broker_.try_emplace(id);
  auto& now = at->second;
  if (opened || !now.open)
    return;
  auto digit = std::to_string(1 + random().pick(9));
  if (random().chance(65)) {
    now.stop_loss = "1.0" + digit;
  } else {
    now.open = false;
    now.close_price = "1.2" + digit;
  }
}

position_event reporters::event_of(const std::string& id) const {
  const auto& known = broker_.at(id);
  position_event event;
  event.change = known.open ? position_change::unsaid : position_change::closed;
  event.account_id = "acc-1";
  event.position_id = id;
  event.symbol = "EURUSD";
  event.side = position_side::buy;
  event.volume = "1";
  event.open_price = "1.1";
  event.stop_loss = known.stop_loss;
  event.close_price = known.close_price;
  return event;
}

void reporters::report(const std::string& id) {
  if (std::stoull(id) >= reported)
    return;
  expect(world_.ask<position_reported>(world_.locks(),
                                       report_position{{}, event_of(id)}));
}

/// An operator looks into the chat and says what he sees.
void reporters::operate() {
  each_row(table::effects, [&](std::uint64_t, std::string_view row) {
    auto effect = decode_effect(row);
    if (effect.kind == "order" || effect.state != effect_state::unknown)
      return;
    resolve_message how;
    how.effect = effect.id;
    how.actor = "ann";
    how.reason = "looked";
    how.message_id =
        std::max(messenger_.arrived(effect.id), hook_.arrived(effect.id));
    how.outcome = how.message_id ? resolution::done : resolution::retry;
    expect(world_.ask<effect_record>(world_.locks(), how));
  });
}

/// At no time has a position two messages, or a change of an alert.
void reporters::look() {
  if (messages_seen_ == messenger_.chat().size())
    return;
  for (auto i = messenger_.chat().upper_bound(std::int64_t(messages_seen_));
       i != messenger_.chat().end(); ++i) {
    const auto& shown = i->second;
    if (shown.signal.empty()) {
      if (!told_.insert(shown.effect.number).second)
        world_.blame("'" + shown.text + "' was told twice");
    } else if (!message_of_.emplace(shown.signal, i->first).second) {
      world_.blame(shown.signal + " has two messages");
    }
  }
  messages_seen_ = messenger_.chat().size();
}

void reporters::calm() {
  messenger_.calm();
  hook_.calm();
  bridge_.calm();
  std::erase_if(open_, [](const auto& pending) { return !pending(); });
  expect(world_.ask<bool>(world_.locks(), set_paused{false, "ann"}));
  operate();
  each_row(table::dead_letters, [&](std::uint64_t number, std::string_view) {
    dead_letter_id id{world_.disk().tag(), number};
    expect(world_.ask<entry_view>(world_.locks(),
                                  requeue_dead_letter{{}, id, "ann"}));
  });
  for (const auto& [id, x] : broker_)
    report(id);
}

void reporters::judge() {
  std::set<std::string> known;
  each_row(table::positions, [&](std::uint64_t, std::string_view row) {
    auto x = decode_position(row);
    known.insert(x.position_id);
    judge_position(x);
  });
  if (followed_)
    for (const auto& [id, real] : broker_)
      if (real.open && !known.contains(id))
        world_.blame("position " + id + " is open, and the feed missed it");
  each_row(table::effects, [&](std::uint64_t number, std::string_view row) {
    auto x = decode_effect(row);
    if (x.kind == "order")
      return;
    auto is = "the message effect " + std::to_string(number) + " is ";
    if (x.state != effect_state::done && x.state != effect_state::failed)
      world_.blame(is + "still " + std::string{to_string(x.state)});
    auto posted = x.kind == signal_webhook || x.kind == alert_post;
    if (posted && x.state == effect_state::done && !hook_.arrived(x.id))
      world_.blame(is + "done, and never arrived");
  });
}

void reporters::judge_position(const position_record& x) {
  const auto& real = broker_.at(x.position_id);
  auto is = "position " + x.position_id + " ";
  if (x.open != real.open)
    world_.blame(is + "is not as at the broker");
  // Its deal was asked for in vain for too long, or is still asked for.
  auto unpriced = !real.open && x.close_price.empty();
  if (!x.announced || (followed_ && unpriced))
    return;
  const auto& expected = real.open ? real.stop_loss : real.close_price;
  auto found = message_of_.find(to_string(x.signal));
  if (found == message_of_.end())
    return world_.blame(is + "has no message");
  const auto& text = messenger_.chat().at(found->second).text;
  if (text.find(expected) == std::string::npos)
    world_.blame(is + "is told as '" + text + "', not with " + expected);
}

} // namespace holdfast::simulation
