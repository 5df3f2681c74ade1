// Many seeds of positions: duplicates, changes, closes, a chat that fails in
// every way, crashes of the node at any step. The chat itself is the judge.
#include "signal_world.hpp"

#include <cstdlib>
#include <set>

using namespace holdfast;
using namespace holdfast::test;

namespace {

/// What the broker knows, whatever becomes of the node.
struct truth {
  bool open = true;
  std::string stop_loss = "1.09";
  std::string close_price;
};

class story : public signal_world {
public:
  explicit story(std::uint64_t seed) : signal_world(with_seed(seed)) {
    log->choose = [this] { return misbehave(); };
  }

  void run() {
    for (int i = 0; i < 150 && trouble.empty(); ++i) {
      act();
      for (auto steps = random()() % 40; steps > 0 && step(); --steps)
        look();
    }
    calm();
    look();
    judge();
  }

  /// What happened, for whoever looks at one seed.
  void trace() const {
    for (const auto& event : journal())
      MESSAGE(event.at_ms << " " << to_string(event.kind) << " "
                          << event.resource << " " << event.detail);
  }

  std::string trouble;

private:
  static settings with_seed(std::uint64_t seed) {
    settings s;
    s.seed = seed;
    s.idle_owner_ms = 500; // owners are put to sleep in between
    return s;
  }

  message_report misbehave() {
    switch (calm_ ? 9 : random()() % 12) {
    case 0:
      return unavailable();
    case 1:
      return unavailable(1000);
    case 2:
      return unknown_send(true);
    case 3:
      return unknown_send(false);
    case 4:
      return rejected_send();
    default: {
      message_report fine;
      fine.kind = message_report::sent;
      return fine;
    }
    }
  }

  position_event event_of(const std::string& id) {
    const auto& known = broker_.at(id);
    auto event = opened(id);
    event.change = position_change::unsaid;
    event.stop_loss = known.stop_loss;
    if (!known.open) {
      event.change = position_change::closed;
      event.close_price = known.close_price;
    }
    return event;
  }

  void act() {
    auto id = std::to_string(random()() % 4);
    switch (random()() % 12) {
    case 0:
      broker_.try_emplace(id);
      break;
    case 1:
    case 2:
      if (auto x = broker_.find(id); x != broker_.end() && x->second.open)
        x->second.stop_loss = "1.0" + std::to_string(1 + random()() % 9);
      break;
    case 3:
      if (auto x = broker_.find(id); x != broker_.end() && x->second.open) {
        x->second.open = false;
        x->second.close_price = "1.2" + std::to_string(1 + random()() % 9);
      }
      break;
    case 4:
      advance(static_cast<std::int64_t>(random()() % 5000));
      return;
    case 5:
      if (random()() % 3 == 0)
        die_and_come_back();
      return;
    case 6:
      operate();
      return;
    case 7:
      if (random()() % 4 == 0)
        ask<bool>(locks(), set_paused{random()() % 2 == 0, "ann"});
      return;
    default:
      break;
    }
    if (broker_.contains(id))
      for (auto replicas = 1 + random()() % 3; replicas > 0; --replicas)
        report(event_of(id));
  }

  /// An operator looks into the chat and says what he sees.
  void operate() {
    for (const auto& effect : effects())
      if (effect.state == effect_state::unknown) {
        resolve_message how;
        how.effect = effect.id;
        how.actor = "ann";
        how.reason = "looked";
        auto there = log->arrived.find(effect.id.number);
        how.outcome =
            there == log->arrived.end() ? resolution::retry : resolution::done;
        if (there != log->arrived.end())
          how.message_id = there->second;
        ask<effect_record>(locks(), how);
      }
  }

  void calm() {
    calm_ = true;
    settle();
    ask<bool>(locks(), set_paused{false, "ann"});
    for (int i = 0; i < 3; ++i) {
      advance(300'000);
      operate();
      for (const auto& letter :
           now(ask<dead_letter_page>(queries(), list_dead_letters{})).items)
        ask<entry_view>(locks(), requeue_dead_letter{{}, letter.id, "ann"});
      for (const auto& [id, x] : broker_)
        report(event_of(id));
      advance(300'000);
    }
  }

  /// At any time: no position has two messages.
  void look() {
    std::set<std::string> seen;
    for (const auto& [id, message] : log->messages)
      if (!seen.insert(message.signal).second)
        trouble = message.signal + " has two messages";
    if (!fault().empty())
      trouble = fault();
  }

  void judge() {
    for (const auto& x : positions()) {
      const auto& real = broker_.at(x.position_id);
      auto is = "position " + x.position_id + " ";
      if (x.open != real.open)
        trouble = is + "is not as at the broker";
      if (!x.announced)
        continue;
      auto expected = real.open ? real.stop_loss : real.close_price;
      auto found = std::string{};
      for (const auto& [id, message] : log->messages)
        if (message.signal == to_string(x.signal))
          found = message.text;
      if (found.empty())
        trouble = is + "has no message";
      else if (found.find(expected) == std::string::npos)
        trouble = is + "is told as '" + found + "', not with " + expected;
    }
    for (const auto& effect : effects())
      if (effect.state == effect_state::pending ||
          effect.state == effect_state::sending ||
          effect.state == effect_state::unknown)
        trouble = to_string(effect.id) + " is still " +
                  std::string{to_string(effect.state)};
    check_tables();
    if (!fault().empty())
      trouble = fault();
    if (in_flight() != 0)
      trouble = "requests are not answered";
  }

  std::map<std::string, truth> broker_;
  bool calm_ = false;
};

std::uint64_t number_from(const char* name, std::uint64_t otherwise) {
  const auto* text = std::getenv(name);
  return text ? std::strtoull(text, nullptr, 10) : otherwise;
}

} // namespace

TEST_CASE("R1-R10: many seeds of positions have one message each, that says "
          "what is so") {
  auto first = number_from("HOLDFAST_SEED", 0);
  auto seeds = first != 0 ? 1 : number_from("HOLDFAST_SEEDS", 200);
  if (first == 0)
    first = 1;
  for (auto seed = first; seed < first + seeds; ++seed) {
    story s{seed};
    s.run();
    INFO("HOLDFAST_SEED=" << seed);
    if (first == seed && seeds == 1)
      s.trace();
    REQUIRE(s.trouble == "");
  }
}
