// The only writer: groups what is waiting into one commit, then answers all.
// Runs on a thread of its own, since a commit blocks until the disk has it.
#pragma once

#include "actors/internal.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <vector>

namespace holdfast {

// The first request after a commit sends `commit_now` to the actor itself. It
// queues behind everything that waits at that moment, so that one transaction
// takes all of it; while that is synced, the mailbox fills again.
class persistence : public persistence_actor::base {
public:
  /// `journal_feed` hears of new rows.
  persistence(caf::actor_config& cfg, surroundings_ptr around,
              reader_actor journal_feed);

  behavior_type make_behavior() override;
  void on_exit() override;
  const char* name() const override { return "persistence"; }

private:
  using commit_promise = caf::typed_response_promise<std::uint64_t>;
  struct load {
    std::string resource;
    directory_actor asker;
  };

  void arm();
  void commit();
  void count(std::uint64_t took_us, const std::vector<commit_result>& results);
  void answer_loads();
  void failing(const storage_error& why);

  surroundings_ptr around_;
  reader_actor journal_feed_;
  std::vector<step> steps_;
  std::vector<commit_promise> promises_;
  std::vector<load> loads_;
  bool armed_ = false;
  bool probing_ = false;
};

/// Kinds of the events in a step, for the counters of /v1/stats.
recent_counts::totals count_events(const std::vector<std::string>& events);

} // namespace holdfast
