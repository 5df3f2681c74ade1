// Journal rows as server-sent events, rendered once for all who listen.
// Must not know connections, CAF or Boost.
#pragma once

#include "gateway/http_types.hpp"
#include "messages/queries.hpp"

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast {

/// All kinds, and what there is none of, are numbers below this.
inline constexpr std::size_t event_kinds = 64;

/// Reads the name of a kind; false when there is no such kind.
bool from_string(std::string_view text, event_kind& x);

/// The names of all kinds, in a row.
std::string event_kind_names();

/// Which events a listener wants. What is empty asks for everything.
struct event_filter {
  std::string resource;
  std::string owner_id;
  std::bitset<event_kinds> kinds;

  bool takes_all() const {
    return resource.empty() && owner_id.empty() && kinds.none();
  }
  bool takes(const journal_event& x) const;
};

/// The rows of one read, in order.
class event_batch {
public:
  explicit event_batch(std::vector<journal_event> rows)
      : rows_(std::move(rows)), texts_(rows_.size()) {}

  /// The number of the first row; 0: there is none.
  std::uint64_t first() const { return rows_.empty() ? 0 : rows_.front().seq; }

  /// What `filter` takes of the rows with larger numbers than `after`. Who
  /// takes all of them shares one text with others.
  shared_text select(const event_filter& filter, std::uint64_t after);

private:
  const std::string& text(std::size_t i);

  std::vector<journal_event> rows_;
  std::vector<std::string> texts_; ///< empty: not rendered yet
  shared_text whole_;
};

/// Says where a stream stands, so that its reader can resume there though
/// nothing has happened yet. Readers see no event.
std::string place_text(std::uint64_t seq);

/// Whoever has heard everything up to `after` goes on behind `place`: the rows
/// between are removed, or the journal is shorter than its reader thinks.
std::string gap_text(std::uint64_t after, std::uint64_t place);

} // namespace holdfast
