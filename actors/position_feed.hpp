// Asks a broker's bridge for an account's positions, again and again, and
// reports them: opens and changes at once, closes when the position was absent
// twice, with the price of the deal that closed it.
// Must not know any bridge, HTTP or how signals are made.
#pragma once

#include "actors/feed_settings.hpp"
#include "actors/internal.hpp"
#include "actors/position_source.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace holdfast {

using position_feed_actor = caf::typed_actor<caf::reacts_to<tick>>;

/// Whom a feed talks to.
struct feed_links {
  position_source_actor source;
  positions_actor desk;
  locks_actor locks;
  queries_actor queries;
  persistence_actor persistence;
};

// A position that is missing:
//
//   absent once ──absent again──► its deal is asked for ──there──► closed
//        │                              │ not in time
//        └─there again: forgotten       ▼
//                            closed without a price ──the deal──► price added
class position_feed : public position_feed_actor::base {
public:
  position_feed(caf::actor_config& cfg, surroundings_ptr around,
                feed_links links, feed_settings how);

  behavior_type make_behavior() override;
  void on_exit() override;
  const char* name() const override { return "position_feed"; }

private:
  /// A position whose closing deal is looked for.
  struct missing {
    position_record position;
    std::uint32_t polls = 0;     ///< in a row that lacked it
    std::uint32_t questions = 0; ///< for its deal
    bool closed = false;         ///< without a price; the deal may still come
    std::int64_t next_us = 0;    ///< boot clock; no question before
  };

  void poll();
  void listed(const fetched_positions& what, std::int64_t taken_at_ms);
  void reported(const snapshot_reported& what);
  void connected();
  void disconnected(const std::string& why, std::int64_t retry_after_ms);
  void load_unpriced();
  void ask_deals();
  void ask_deal(const std::string& position_id);
  void heard(const std::string& position_id, const fetched_close& deal);
  void close(const std::string& position_id, const fetched_close& deal);
  void remember_account();
  void journal(event_kind kind, const std::string& why);
  void sleep(std::int64_t ms);

  surroundings_ptr around_;
  feed_links links_;
  feed_settings how_;
  std::string name_;
  std::map<std::string, missing> missing_; ///< by position id
  enum class link : std::uint8_t { unknown, up, down } link_ = link::unknown;
  bool known_account_ = false; ///< it was seen before, also by an earlier run
  bool unpriced_loaded_ = false;
  std::uint32_t failures_ = 0; ///< in a row
};

} // namespace holdfast
