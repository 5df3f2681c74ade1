// A messenger that misbehaves in every way that an adapter can tell of, and
// whose chat is the judge.
#pragma once

#include "actors/messenger.hpp"
#include "simulation/world.hpp"

#include <cstdint>
#include <map>
#include <string>

namespace holdfast::simulation {

/// Lives outside the node: what has arrived stays.
class faulty_messenger {
public:
  struct message {
    std::string text;   ///< as it is shown now
    std::string signal; ///< empty: it tells of an alert
    effect_id effect;
    std::size_t edits = 0;
  };

  /// `trouble`: of a hundred requests, so many meet a fault.
  explicit faulty_messenger(world& in, std::uint64_t trouble = 40);

  /// The node's way to it; spawn one for each start of a node, and give it to
  /// `world::notify_on`.
  messenger_actor connect();

  /// No more faults.
  void calm() { trouble_ = 0; }

  /// What the chat shows, by message id.
  const std::map<std::int64_t, message>& chat() const { return chat_; }
  /// The message that this effect has become; 0: none.
  std::int64_t arrived(effect_id effect) const;
  /// Faults made so far, by kind.
  const fault_counts& met() const { return met_; }

  // -- for the actor ----------------------------------------------------------

  struct answer {
    message_report report;
    std::int64_t after_ms = 0;
  };
  answer deliver(const deliver_message& what);

private:
  message_report show(const deliver_message& what);
  /// The chat `from` is another one now, and says so for ever.
  message_report move(const std::string& from);

  world& world_;
  std::uint64_t trouble_;
  std::map<std::int64_t, message> chat_;
  std::map<std::uint64_t, std::int64_t> arrived_;
  std::map<std::string, std::string> moved_; ///< chat -> where it is now
  std::int64_t last_id_ = 0;
  fault_counts met_;
};

} // namespace holdfast::simulation
