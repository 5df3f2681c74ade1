// Sends the messages of one channel: the next of each position that is
// pending, at its pace, each written down before it leaves and after.
// Holds nothing that a restart would miss.
#pragma once

#include "actors/internal.hpp"
#include "actors/send_pace.hpp"

#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace holdfast {

// A message's way through the notifier:
//
//   ready ──its turn──► begin_message ──durable──► deliver ──► end_message
//     ▲                      │ refused: not its turn      │         │ not
//     │                      ▼ any more                   │         │ durable:
//     └──unavailable, unknown and resent───(gone)─────────┘         └ again
class notifier : public notifier_actor::base {
public:
  /// Sends nothing before a messenger is registered.
  notifier(caf::actor_config& cfg, surroundings_ptr around, channel of,
           locks_actor locks, queries_actor queries,
           persistence_actor persistence);

  behavior_type make_behavior() override;
  void on_exit() override;
  const char* name() const override { return "notifier"; }

private:
  struct entry {
    effect_id effect;
    std::string chat; ///< which it is paced by
    std::int64_t not_before_us = 0;
    bool busy = false; ///< between `begin_message` and the end of it
    effect_id next;    ///< the one that became ready meanwhile
    std::string next_chat;
    std::uint32_t failures = 0; ///< in a row
  };

  void read_moves();
  void load();
  void loaded(const outbox_page& page);
  void found_sending(const effect_record& effect);
  bool may_resend(const effect_record& effect) const;
  void add(const std::string& resource, effect_id effect,
           const std::string& chat);
  void drive();
  void begin(const std::string& resource, entry& what);
  void begun(const std::string& resource, const begun_message& what);
  void heard(const std::string& resource, const effect_record& effect,
             message_report report);
  void move_chat(const std::string& from, const std::string& to);
  void end(const std::string& resource, const end_message& how);
  void over(const std::string& resource, std::int64_t retry_after_ms);
  void wake_in(std::int64_t us);
  std::int64_t backoff_us(std::uint32_t failures) const;
  const std::string& moved(const std::string& chat) const;

  surroundings_ptr around_;
  channel of_;
  locks_actor locks_;
  queries_actor queries_;
  persistence_actor persistence_;
  messenger_actor messenger_;
  notifier_settings how_;
  send_pace pace_;
  std::map<std::string, entry> ready_; ///< by resource
  /// By number, those that are not busy.
  std::map<std::uint64_t, std::string> order_;
  std::map<std::string, std::string> moved_; ///< chat -> where it is now
  std::vector<end_message> unwritten_;       ///< the store could not take them
  std::size_t busy_ = 0;
  std::uint32_t failures_ = 0; ///< of the service, in a row
  std::int64_t held_until_us_ = 0;
  std::int64_t quiet_until_us_ = 0; ///< nothing may leave before
  std::int64_t wake_at_us_ = 0;     ///< 0: no tick is on its way
  std::string cursor_;              ///< how far the outbox was read
  bool loading_ = false;
  bool all_loaded_ = false;
  bool missed_ = false; ///< one had no room since the outbox was begun
  bool stopping_ = false;
  std::vector<caf::typed_response_promise<bool>> finished_;
};

} // namespace holdfast
