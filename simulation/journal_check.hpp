// Follows the journal row by row and says what cannot be true: a naive reading
// of the guarantees that shares nothing with rules or actors.
#pragma once

#include "messages/journal.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>

namespace holdfast::simulation {

/// One holder, tokens that rise, strict order, no waiter forgotten, each lock
/// ended once, each dead letter written once, each alert fires once and is over
/// once.
class journal_check {
public:
  /// Takes in the next row.
  void row(const journal_event& event);

  /// After a commit: nobody waits for a free resource.
  void committed();

  /// Empty when all is well.
  const std::string& fault() const { return fault_; }
  std::uint64_t grants() const { return grants_; }

private:
  struct resource {
    std::uint64_t holder = 0;
    /// Priority and number of the entries: serving order.
    std::set<std::pair<std::int64_t, std::uint64_t>> waiting;
  };

  void granted(resource& r, const journal_event& event);
  void dequeue(resource& r, const journal_event& event, bool first);

  std::map<std::string, resource> resources_;
  std::set<std::string> touched_;
  std::set<std::uint64_t> ended_;
  std::set<std::uint64_t> dead_;
  std::set<std::string> firing_; ///< alerts, by their resource
  std::uint64_t last_token_ = 0;
  std::uint64_t grants_ = 0;
  std::string fault_;
};

} // namespace holdfast::simulation
