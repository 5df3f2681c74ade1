// Takes reports of many positions, or of a whole account, to their owners, and
// answers when all of them are durable.
// Must not know where the reports come from.
#pragma once

#include "actors/internal.hpp"

#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <vector>

namespace holdfast {

class position_desk : public positions_actor::base {
public:
  position_desk(caf::actor_config& cfg, surroundings_ptr around,
                locks_actor locks, queries_actor queries);

  behavior_type make_behavior() override;
  void on_exit() override;
  const char* name() const override { return "position_desk"; }

private:
  /// Reports on their way, and what came of them.
  struct round {
    std::vector<position_event> events;
    std::string bound_to;
    std::vector<position_row> rows;
    std::size_t next = 0;
    std::size_t open = 0;
    std::function<void(round&)> done;
  };
  using round_ptr = std::shared_ptr<round>;

  void start(std::vector<position_event> events, std::string bound_to,
             std::function<void(round&)> done);
  void go_on();
  void ask(const round_ptr& all, std::size_t row);
  void answered(const round_ptr& all);
  caf::result<snapshot_reported> snapshot(report_snapshot& what);
  void find_missing(report_snapshot what, std::vector<position_row> rows,
                    caf::typed_response_promise<snapshot_reported> to);

  surroundings_ptr around_;
  locks_actor locks_;
  queries_actor queries_;
  std::size_t asking_ = 0;
  std::deque<round_ptr> waiting_; ///< have reports left to ask about
};

} // namespace holdfast
