// A world whose positions become signals, with a messenger of the test's own.
#pragma once

#include "actors/notifier_settings.hpp"
#include "messages/position.hpp"
#include "simulation/world.hpp"

#include <caf/send.hpp>
#include <doctest/doctest.h>

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace holdfast::test {

using namespace simulation;

/// What a chat shows, and how the messenger is going to behave.
struct chat_log {
  struct shown {
    std::string text;
    std::int64_t reply_to = 0;
    std::size_t edits = 0;
    std::string signal;
  };
  std::map<std::int64_t, shown> messages;
  std::map<std::uint64_t, std::int64_t> arrived; ///< effect -> message
  std::vector<deliver_message> asked;
  /// The next answers; then everything works. A report `unknown` with the
  /// message "arrived" did arrive.
  std::deque<message_report> answers;
  std::function<message_report()> choose; ///< when there are none
  bool hold = false; ///< takes messages; answers when it gets a report
  std::int64_t last_id = 0;

  message_report show(const deliver_message& what);
};

/// A text inside an intent.
std::string member_of(const std::string& intent, std::string_view name);

using scripted_messenger =
    messenger_actor::extend<caf::reacts_to<message_report>>;

scripted_messenger::behavior_type chat(scripted_messenger::pointer self,
                                       std::shared_ptr<chat_log> log);

message_report unavailable(std::int64_t retry_after_ms = 0);
message_report unknown_send(bool arrived);
message_report rejected_send();

struct signal_world : world {
  signal_world() : signal_world(settings{}) {}
  explicit signal_world(settings s);
  ~signal_world();

  /// A messenger is there; it lets positions have messages.
  void come();
  void go();
  void die_and_come_back();

  static position_event opened(const std::string& id = "1",
                               const std::string& account = "acc-1");
  static position_event updated(const std::string& stop_loss,
                                const std::string& id = "1");
  static position_event closed(const std::string& price,
                               const std::string& id = "1");

  reply_ptr<position_reported> report(const position_event& event);
  /// Reports, and runs until nothing is left to do now.
  position_reported tell(const position_event& event);
  position_record position(const std::string& id = "1",
                           const std::string& account = "acc-1");
  std::vector<position_record> positions();
  std::vector<effect_record> effects();
  /// Nothing is wrong with tables and journal, and nobody waits.
  void check();

  std::shared_ptr<chat_log> log = std::make_shared<chat_log>();
  scripted_messenger messenger;
  notifier_settings how;
};

} // namespace holdfast::test
