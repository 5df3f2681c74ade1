// The event streams of one I/O thread: reads the journal once for all of them.
// Internal to the gateway; must not know Boost or who may listen.
#pragma once

#include "actors/interfaces.hpp"
#include "gateway/actor_bridge.hpp"
#include "gateway/event_batch.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace holdfast {

/// Counted over all I/O threads.
struct event_streams {
  std::atomic<std::size_t> open{0};
  std::atomic<std::uint64_t> too_slow{0}; ///< dropped for not reading
};

// A stream's life:
//
//   opening ──first page──► catching up ──the page reaches the head──► live
//                               └──the client has taken it──► next page
//
// One long poll on the journal serves all live streams; `head_` is how far it
// has come. It reads on from the store, so that what is behind is never kept
// here. All functions on the I/O thread, but for the constructor.
class event_hub {
public:
  event_hub(actor_bridge& bridge, queries_actor queries,
            std::shared_ptr<task_queue> io, event_streams& counted);

  event_hub(const event_hub&) = delete;
  event_hub& operator=(const event_hub&) = delete;

  /// Answers with a stream of the events after the number `after`, or from now.
  /// The stream has to be counted in `event_streams::open` already.
  void open(const reply& to, event_filter filter,
            std::optional<std::uint64_t> after);

  /// Ends all streams; their readers come back.
  void end_all();

private:
  struct listener {
    explicit listener(reply r) : to(std::move(r)) {}

    reply to;
    event_filter filter;
    std::uint64_t place = 0; ///< everything up to here is written, or not meant
    bool behind = false; ///< reads on as soon as all that is written is taken
    bool live = false;
    bool gone = false;
  };
  using listener_ptr = std::shared_ptr<listener>;
  using page_or_problem = answer_or_problem<journal_page>;

  /// Where the newest row is looked for: from `low` to `high`, if that is
  /// known.
  struct search {
    std::uint64_t low;
    std::optional<std::uint64_t> high;
    std::uint64_t step;
  };

  void seek_newest(const listener_ptr& who, std::optional<std::uint64_t> after,
                   search at);
  void begin(const listener_ptr& who, std::optional<std::uint64_t> after,
             std::uint64_t newest);
  void open_stream(const listener_ptr& who);
  void read_on(const listener_ptr& who);
  void take(const listener_ptr& who, journal_page& page);
  void skip_gap(listener& who, const event_batch& rows);
  void skip_to(listener& who, std::uint64_t place);
  void join(listener& who);
  void remove(const listener_ptr& who);

  void poll();
  void poll_after(task_queue::delay time);
  void polled(page_or_problem& result);
  void spread(journal_page& page);

  actor_bridge& bridge_;
  const queries_actor queries_;
  const std::shared_ptr<task_queue> io_;
  event_streams& counted_;
  std::vector<listener_ptr> listeners_;
  std::size_t live_ = 0;
  std::uint64_t head_ = 0; ///< of the journal, as far as it was heard of
  bool polling_ = false;   ///< or resting between two polls
};

} // namespace holdfast
