// Lists, history and numbers: reads committed state beside the writer.
// Runs on a thread of its own, since a long list reads for long.
#pragma once

#include "actors/internal.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <optional>
#include <string>
#include <vector>

namespace holdfast {

class reader : public reader_actor::base {
public:
  reader(caf::actor_config& cfg, surroundings_ptr around);

  behavior_type make_behavior() override;
  void on_exit() override;
  const char* name() const override { return "reader"; }

private:
  /// A `read_journal` that waits for a row.
  struct poll {
    caf::typed_response_promise<journal_page> to;
    read_journal what;
    std::int64_t deadline_boot_us = 0;
  };

  caf::result<journal_page> journal(const read_journal& what);
  void advance();
  void end_overdue();
  void schedule();
  stats numbers() const;
  node_metrics metrics() const;
  alert_facts look_around() const;
  struct health health() const;

  surroundings_ptr around_;
  std::vector<poll> polls_;
  bool ticking_ = false;
};

// The lists, on one snapshot. Throw storage_error, or std::invalid_argument
// for a cursor that is none.
lock_record find_lock(const store& db, const get_lock& what, bool& found);
effect_record find_effect(const store& db, const get_effect& what, bool& found);
lock_page list(const store& db, const list_locks& what);
resource_view view(const store& db, const get_resource& what);
entry_page list(const store& db, const list_queue& what);
dead_letter_page list(const store& db, const list_dead_letters& what);
trade_page list(const store& db, const list_trades& what);
effect_page list(const store& db, const list_effects& what);
journal_page list(const store& db, const read_journal& what);
// Positions and messages (reader_positions.cpp).
position_page list(const store& db, const list_positions& what);
position_page list(const store& db, const list_open_positions& what);
outbox_page list(const store& db, const list_outbox& what);
std::optional<position_record> find_position(const store& db,
                                             const get_position& what);

/// Where a list of what is newest first begins.
inline constexpr auto from_newest = std::uint64_t(-1);

/// The number in a cursor; `absent` for an empty one.
/// @throws std::invalid_argument
std::uint64_t cursor_number(const std::string& cursor, std::uint64_t absent);

} // namespace holdfast
