// Updates that wait for a bot to fetch and confirm them.
// Must not know calls.
#pragma once

#include "tests/fakes/fake_http.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace fake {

/// One getUpdates while it waits.
struct update_poll {
  std::uint64_t number = 0;
  std::int64_t until_ms = 0; ///< steady
};

class update_queue {
public:
  /// Each that is allowed gets the next `update_id` unless it has one, which
  /// must be larger than those before. @throws std::invalid_argument; then none
  /// was added
  void add(const json& updates);

  /// From then on only updates of these kinds are kept; of all kinds when the
  /// set is empty.
  void allow(std::set<std::string> kinds) { allowed_ = std::move(kinds); }

  /// Confirms what is below `offset`; all but the last ones when it is
  /// negative. Ends the poll before.
  update_poll begin(std::int64_t offset, std::int64_t timeout_ms);

  /// False once another poll began.
  bool is_newest(const update_poll& poll) const {
    return poll.number == polls_;
  }

  /// The first ones, if there are any or the poll's time is over.
  std::optional<json> take(const update_poll& poll, std::size_t limit) const;

  json waiting() const { return waiting_; }

private:
  bool is_allowed(const json& update) const;

  std::deque<json> waiting_;      ///< not confirmed
  std::set<std::string> allowed_; ///< kinds; empty: all
  std::int64_t last_id_ = 0;
  std::uint64_t polls_ = 0;
};

} // namespace fake
